/** Typed reads of the chain: every answer of the node is checked for its form before it is used. */
import { fromHex, type Hex, toHex } from "@enigma-discovery/protocol"
import { clientErrors } from "../errors.ts"
import type { Rpc } from "./rpc.ts"

export type BlockTag = bigint | "latest"

export interface ChainBlock {
  readonly number: bigint
  readonly hash: Hex
  readonly timestampS: bigint
}
export interface ChainLog {
  readonly address: Hex
  readonly topics: readonly Hex[]
  readonly data: Hex
  readonly blockNumber: bigint
  readonly blockHash: Hex
  readonly transactionHash: Hex
  readonly logIndex: number
}
export interface TransactionOutcome {
  readonly blockNumber: bigint
  readonly blockHash: Hex
  readonly ok: boolean
  readonly gasUsed: bigint
  readonly logs: readonly ChainLog[]
}
export interface LogFilter {
  readonly address: Hex
  readonly topics: readonly (Hex | readonly Hex[] | null)[]
  readonly fromBlock: bigint
  readonly toBlock: BlockTag
}
export interface CallRequest {
  readonly to: Hex
  readonly data: Hex
  readonly from?: Hex
  readonly value?: bigint
}

/** Reads of one Ethereum node. All throw CLIENT_RPC_FAILED or CLIENT_RPC_ANSWER_INVALID. */
export interface Chain {
  readonly rpc: Rpc
  chainId(signal?: AbortSignal): Promise<bigint>
  blockNumber(signal?: AbortSignal): Promise<bigint>
  /** Undefined: no such block (yet). */
  block(tag: BlockTag, signal?: AbortSignal): Promise<ChainBlock | undefined>
  code(address: Hex, signal?: AbortSignal): Promise<Uint8Array>
  storage(address: Hex, slot: bigint, tag: BlockTag, signal?: AbortSignal): Promise<bigint>
  call(request: CallRequest, tag: BlockTag, signal?: AbortSignal): Promise<Hex>
  estimateGas(request: CallRequest, signal?: AbortSignal): Promise<bigint>
  logs(filter: LogFilter, signal?: AbortSignal): Promise<readonly ChainLog[]>
  /** Undefined: not mined. */
  transaction(hash: Hex, signal?: AbortSignal): Promise<TransactionOutcome | undefined>
  pendingNonce(account: Hex, signal?: AbortSignal): Promise<bigint>
}

export const quantity = (value: bigint): Hex => `0x${value.toString(16)}`
const tagOf = (tag: BlockTag): string => (typeof tag === "bigint" ? quantity(tag) : tag)
const requestOf = ({ value, ...rest }: CallRequest) => ({ ...rest, ...(value ? { value: quantity(value) } : {}) })

/** `timeoutMs` bounds each read. */
export function createChain(rpc: Rpc, timeoutMs: number): Chain {
  const ask = async <T>(
    method: string,
    params: readonly unknown[],
    parse: (raw: unknown) => T,
    signal?: AbortSignal,
  ) => {
    const raw = await bounded(rpc, method, params, timeoutMs, signal)
    try {
      return parse(raw)
    } catch (error) {
      throw clientErrors.make("RPC_ANSWER_INVALID", { method, why: (error as Error).message })
    }
  }
  return Object.freeze<Chain>({
    rpc,
    chainId: (signal) => ask("eth_chainId", [], asQuantity, signal),
    blockNumber: (signal) => ask("eth_blockNumber", [], asQuantity, signal),
    block: (tag, signal) => ask("eth_getBlockByNumber", [tagOf(tag), false], optional(asBlock), signal),
    code: (address, signal) => ask("eth_getCode", [address, "latest"], (raw) => fromHex(asText(raw)), signal),
    storage: (address, slot, tag, signal) =>
      ask("eth_getStorageAt", [address, wordHex(slot), tagOf(tag)], (raw) => BigInt(asText(raw)), signal),
    call: (request, tag, signal) => ask("eth_call", [requestOf(request), tagOf(tag)], asBytesHex, signal),
    estimateGas: (request, signal) => ask("eth_estimateGas", [requestOf(request)], asQuantity, signal),
    logs: ({ fromBlock, toBlock, ...rest }, signal) =>
      ask("eth_getLogs", [{ ...rest, fromBlock: tagOf(fromBlock), toBlock: tagOf(toBlock) }], asLogs, signal),
    transaction: (hash, signal) => ask("eth_getTransactionReceipt", [hash], optional(asOutcome), signal),
    pendingNonce: (account, signal) => ask("eth_getTransactionCount", [account, "pending"], asQuantity, signal),
  })
}

async function bounded(
  rpc: Rpc,
  method: string,
  params: readonly unknown[],
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const deadline = AbortSignal.timeout(timeoutMs)
  try {
    return await rpc(method, params, signal === undefined ? deadline : AbortSignal.any([signal, deadline]))
  } catch (error) {
    signal?.throwIfAborted()
    if (!deadline.aborted) throw error
    throw clientErrors.make("RPC_FAILED", { method, why: `no answer within ${timeoutMs} ms` })
  }
}

const wordHex = (value: bigint): Hex => `0x${value.toString(16).padStart(64, "0")}`
const refuse = (what: string): never => {
  throw new TypeError(`${what} is missing or malformed`)
}
const asText = (raw: unknown): string => (typeof raw === "string" && raw.startsWith("0x") ? raw : refuse("hex"))
const asBytesHex = (raw: unknown): Hex => toHex(fromHex(asText(raw)))
const asHash = (raw: unknown): Hex => toHex(fromHex(asText(raw), 32, "hash"))
const asAddress = (raw: unknown): Hex => toHex(fromHex(asText(raw), 20, "address"))
const asQuantity = (raw: unknown): bigint => {
  const text = asText(raw)
  return /^0x[0-9a-f]{1,64}$/i.test(text) ? BigInt(text) : refuse("quantity")
}
const asFields = (raw: unknown): Record<string, unknown> =>
  typeof raw === "object" && raw !== null ? (raw as Record<string, unknown>) : refuse("object")
const optional =
  <T>(parse: (raw: unknown) => T) =>
  (raw: unknown): T | undefined =>
    raw === null || raw === undefined ? undefined : parse(raw)

function asBlock(raw: unknown): ChainBlock {
  const at = asFields(raw)
  return { number: asQuantity(at.number), hash: asHash(at.hash), timestampS: asQuantity(at.timestamp) }
}

function asLogs(raw: unknown): readonly ChainLog[] {
  if (!Array.isArray(raw)) return refuse("list of logs")
  // A log that a re-org took back is no log (filters never show one, subscriptions do).
  return raw.filter((entry) => asFields(entry).removed !== true).map(asLog)
}

function asLog(raw: unknown): ChainLog {
  const at = asFields(raw)
  const topics = at.topics
  if (!Array.isArray(topics)) return refuse("topics")
  return {
    address: asAddress(at.address),
    topics: topics.map(asHash),
    data: asBytesHex(at.data),
    blockNumber: asQuantity(at.blockNumber),
    blockHash: asHash(at.blockHash),
    transactionHash: asHash(at.transactionHash),
    logIndex: Number(asQuantity(at.logIndex)),
  }
}

function asOutcome(raw: unknown): TransactionOutcome {
  const at = asFields(raw)
  return {
    blockNumber: asQuantity(at.blockNumber),
    blockHash: asHash(at.blockHash),
    ok: asQuantity(at.status) === 1n,
    gasUsed: asQuantity(at.gasUsed),
    logs: asLogs(at.logs),
  }
}
