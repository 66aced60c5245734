/** Free private reads of a contract's state (PROTOCOL §6.6), answered by the drawn worker's enclave to the permit's reader alone. */
import { latestBlock } from "@enigma-discovery/chain/follow"
import {
  fromHex,
  GATEWAY_ERROR,
  GATEWAY_METHODS,
  type Hex,
  QUERY_RESULT,
  type QueryAnswerBody,
  type QueryBody,
  toHex,
} from "@enigma-discovery/protocol"
import type { Abi, FunctionArgs, FunctionResult, ViewName } from "./abi.ts"
import type { Client } from "./client.ts"
import { DEFAULT_QUERY_AGE_BLOCKS } from "./constants.ts"
import { contractKey } from "./contract-key.ts"
import { clientErrors } from "./errors.ts"
import { decodeResult, resolveView } from "./functions.ts"
import { waitFor } from "./internal/wait.ts"
import { covers, permitFor, type ReadPermit } from "./permits.ts"
import { checkFresh, type Freshness } from "./query-freshness.ts"
import { MAX_INPUT_BYTES } from "./seal.ts"
import { sealQuery } from "./seal-query.ts"

export interface QueryOptions {
  /** A task whose effect must be seen: reads one's own writes. */
  readonly after?: { readonly index: number } | undefined
  /** Records that the state must stand after, at least; `after` is the usual way to say it. */
  readonly minRecords?: number | undefined
  /** The enclave's proven block must be this one or newer. */
  readonly minBlock?: bigint | undefined
  /** And at most so many blocks behind the newest; 32 when left out. */
  readonly maxAgeBlocks?: number | undefined
  /** Left out: the one signed for this contract before, or one prompt for a new one, good for all its views for an hour. */
  readonly permit?: ReadPermit | undefined
  readonly signal?: AbortSignal | undefined
  /** Until the state is as new as asked for; the client's `queryMs` when left out. */
  readonly timeoutMs?: number | undefined
}

/** What is asked. */
export interface ViewCall<A extends Abi, F extends ViewName<A>> extends QueryOptions {
  readonly fn: F
  readonly args: FunctionArgs<A, F>
}
export interface QueryParameters<A extends Abi, F extends ViewName<A>> extends ViewCall<A, F> {
  readonly contract: string
  readonly abi: A
}

export interface QueryAnswer<Result = unknown> {
  readonly value: Result
  /** The state read stands after this many records of the contract, and this is its head. */
  readonly records: number
  readonly head: Hex
  /** Newest block that the enclave had a proof of. */
  readonly blockNumber: bigint
}

/**
 * Asks a view function privately: no transaction, no fee. Question and answer are sealed between this client and the drawn
 * worker's attested enclave. What comes back is checked to be as new as asked for, and asked again until it is.
 * RPC: as `contractKey`, and `eth_signTypedData_v4` once an hour; gateway: `enigma_keyStatement`, `enigma_query`.
 * @throws CLIENT_QUERY_STALE at the deadline, CLIENT_QUERY_REFUSED, CLIENT_QUERY_INVALID, CLIENT_QUERY_REVERTED, CLIENT_QUERY_OUT_OF_GAS,
 * CLIENT_QUERY_TRAPPED, CLIENT_PERMIT_UNFIT, CLIENT_NOT_A_VIEW, CLIENT_GATEWAYS_FAILED and those of `contractKey` and `signPermit`
 */
export async function queryContract<const A extends Abi, F extends ViewName<A>>(
  client: Client,
  parameters: QueryParameters<A, F>,
): Promise<QueryAnswer<FunctionResult<A, F>>> {
  const { contract, abi, fn, args, signal, timeoutMs = client.timeouts.queryMs } = parameters
  const view = resolveView(abi, fn)
  const calldata = view.encode(args as readonly unknown[])
  // The permit beside the calldata is below 512 bytes.
  if (calldata.length > MAX_INPUT_BYTES - 512)
    throw clientErrors.make("INPUT_TOO_LARGE", { got: calldata.length, max: MAX_INPUT_BYTES - 512 })
  const address = fromHex(contract, 20, "contract")
  const permit = await usablePermit(client, address, calldata, parameters)
  const minRecords = Math.max(
    parameters.minRecords ?? 0,
    parameters.after === undefined ? 0 : parameters.after.index + 1,
  )
  const question = { address, calldata, permit, minRecords, ...boundsOf(parameters) }
  const what = { what: "An answer as new as asked for", hint: "Wait for the worker, or ask for less." }
  const wait = { ...what, timeoutMs, intervalMs: client.pollIntervalMs, signal, passing: mayPass }
  const body = await waitFor(wait, (until) => ask(client, question, until))
  if (body.result !== QUERY_RESULT.returned) throw failure(toHex(address), body)
  return Object.freeze({
    value: decodeResult(view.signature, body.data) as FunctionResult<A, F>,
    records: body.records,
    head: toHex(body.head),
    blockNumber: body.blockNumber,
  })
}

const boundsOf = ({ minBlock = 0n, maxAgeBlocks = DEFAULT_QUERY_AGE_BLOCKS }: QueryOptions) => ({
  minBlock,
  maxAgeBlocks: BigInt(maxAgeBlocks),
})

/** The given permit where it covers the call, else one of this client. @throws CLIENT_PERMIT_UNFIT */
async function usablePermit(
  client: Client,
  contract: Uint8Array,
  calldata: Uint8Array,
  { permit, signal }: QueryOptions,
): Promise<ReadPermit> {
  if (permit === undefined) return await permitFor(client, contract, calldata, signal)
  const unfit = (why: string) => clientErrors.make("PERMIT_UNFIT", { why })
  if (permit.contract !== toHex(contract)) throw unfit("it is for another contract")
  const block = await latestBlock(client.rpc, signal)
  if (permit.expiryS <= BigInt(block.timestampS)) throw unfit("it has expired")
  if (!covers({ ...permit, expiryS: 2n ** 64n }, calldata, 0n)) throw unfit("it names other functions or arguments")
  return permit
}

interface Question {
  readonly address: Uint8Array
  readonly calldata: Uint8Array
  readonly permit: ReadPermit
  readonly minRecords: number
  readonly minBlock: bigint
  readonly maxAgeBlocks: bigint
}

/** One try. @throws CLIENT_QUERY_STALE, CLIENT_QUERY_REFUSED, CLIENT_QUERY_INVALID */
async function ask(client: Client, question: Question, signal: AbortSignal): Promise<QueryAnswerBody> {
  const { address, calldata, permit, minRecords, maxAgeBlocks } = question
  const contract = toHex(address)
  const { epoch: keyEpoch, ioPublicKey } = await contractKey(client, { contract, signal })
  const newest = BigInt((await latestBlock(client.rpc, signal)).number)
  const minBlock = [question.minBlock, newest - maxAgeBlocks, 0n].reduce((a, b) => (a > b ? a : b))
  const { chainId, enigma } = client
  const context = { chainId, enigma, contract: address, keyEpoch, ioPublicKey, reader: permit.reader }
  const { sealed, open } = sealQuery(context, bodyOf(permit, calldata, minRecords, minBlock))
  const answer = await client.gateways.ask({
    method: GATEWAY_METHODS.query,
    params: [contract, toHex(sealed)],
    accept: (raw) => open(fromHex(raw as string, undefined, "query answer")),
    signal,
  })
  if (answer.result === QUERY_RESULT.refused)
    throw clientErrors.make("QUERY_REFUSED", { contract, why: answer.message })
  const wanted: Freshness = { contract: address, minRecords, minBlock, newest }
  await checkFresh(client, answer, wanted, signal)
  return answer
}

const bodyOf = (permit: ReadPermit, calldata: Uint8Array, minRecords: number, minBlock: bigint): QueryBody => ({
  permit: {
    contract: fromHex(permit.contract, 20),
    methods: permit.methods.map((method) => fromHex(method, 4)),
    argumentsHash: fromHex(permit.argumentsHash, 32),
    readerKey: permit.reader.publicKey,
    expiryS: permit.expiryS,
  },
  permitSignature: fromHex(permit.signature, 65),
  calldata,
  minRecords,
  minBlock,
})

/** The worker gets there by itself: its state, its keys, or its view of a new epoch are on their way. */
const WAITING: readonly number[] = [GATEWAY_ERROR.refused, GATEWAY_ERROR.unavailable, GATEWAY_ERROR.limit]
function mayPass(error: unknown): boolean {
  if (clientErrors.is(error, "QUERY_STALE")) return true
  if (!clientErrors.is(error, "GATEWAYS_FAILED")) return false
  const faults = error.cause instanceof AggregateError ? error.cause.errors : []
  return faults.some((one) => clientErrors.is(one, "GATEWAY_REFUSED") && WAITING.includes(Number(one.data?.rpcCode)))
}

function failure(contract: Hex, { result, message }: QueryAnswerBody): Error {
  switch (result) {
    case QUERY_RESULT.reverted:
      return clientErrors.make("QUERY_REVERTED", { message })
    case QUERY_RESULT.outOfGas:
      return clientErrors.make("QUERY_OUT_OF_GAS")
    case QUERY_RESULT.trapped:
      return clientErrors.make("QUERY_TRAPPED", { message })
    case QUERY_RESULT.badInput:
      return clientErrors.make("QUERY_BAD_INPUT", { message })
    default:
      return clientErrors.make("QUERY_INVALID", { contract, why: `a query can't end as ${result}` })
  }
}
