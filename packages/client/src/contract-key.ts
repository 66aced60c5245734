/** Which key a contract's inputs are encrypted to, and why it may be believed. */
import {
  attestationInterface,
  type BlockHeader,
  callView,
  latestBlock,
  readBlock,
} from "@enigma-discovery/chain/follow"
import {
  DevQuoteCodec,
  decode,
  fromHex,
  GATEWAY_METHODS,
  type Hex,
  isZero,
  type KeyStatement,
  MAX_QUOTE_BYTES,
  REQUESTS,
  toHex,
  type WorkerInfo,
} from "@enigma-discovery/protocol"
import {
  type Assignment,
  assignmentClaim,
  attestedWorkerClaim,
  type Claim,
  checkKeyStatement,
  epochStateClaim,
  type QuotePolicy,
  readEpochEntry,
  SLOT,
  type VerifiedQuote,
} from "@enigma-discovery/verify"
import type { Client } from "./client.ts"
import { clientErrors } from "./errors.ts"
import { readAt, unfit } from "./internal/claims.ts"
import { unlessAborted } from "./internal/wait.ts"
import { checkNetwork, parametersOf } from "./network.ts"

/** The worker drawn for a contract: found by this client's own draw, registered, attested, its quote checked. */
export interface VerifiedWorker {
  readonly workerId: number
  readonly operator: Hex
  readonly signer: Hex
  /** SHA-256 of the program its enclave runs. */
  readonly measurement: Hex
  readonly securityVersion: number
  /** Unix seconds. */
  readonly quoteIssuedAtS: bigint
}

export interface VerifiedKey {
  readonly contract: Hex
  /** Epoch the key belongs to; an envelope under it is good for records of this epoch and the next one opened. */
  readonly epoch: number
  /** X25519, 32 bytes. */
  readonly ioPublicKey: Uint8Array
  readonly worker: VerifiedWorker
}

export interface ContractKeyParameters {
  readonly contract: string
  readonly signal?: AbortSignal | undefined
}

/**
 * The key of a contract in the epoch in force: draws the worker from chain data, asks gateways for its key statement, and checks
 * draw, registration, quote (root, program, report data with the trust hash) and signature. Remembered for the epoch.
 * RPC: `eth_getBlockByNumber`, `eth_getStorageAt`, `eth_call`; gateway: `enigma_keyStatement`.
 * @throws CLIENT_NO_EPOCH, CLIENT_NO_WORKER, CLIENT_WORKER_UNFIT, CLIENT_GATEWAYS_FAILED (causes: CLIENT_GATEWAY_LIED with VERIFY_*)
 */
export async function contractKey(client: Client, { contract, signal }: ContractKeyParameters): Promise<VerifiedKey> {
  const address = fromHex(contract, 20, "contract")
  const hex = toHex(address)
  await unlessAborted(checkNetwork(client), signal)
  const block = await latestBlock(client.rpc, signal)
  const known = await knownKey(client, hex, block, signal)
  if (known !== undefined) return known
  const draw = { block, assignment: await drawAt(client, address, block, signal) }
  const key = await client.gateways.ask({
    method: GATEWAY_METHODS.keyStatement,
    params: [hex],
    accept: (raw) => acceptStatement(client, address, raw, draw, signal),
    signal,
  })
  client.memory.keys.set(hex, key)
  return key
}

/** The remembered key while its epoch is in force and its worker may still act. */
async function knownKey(client: Client, contract: Hex, block: BlockHeader, signal: AbortSignal | undefined) {
  const known = client.memory.keys.get(contract)
  if (known === undefined) return undefined
  const { epoch } = await readAt(client, epochStateClaim(), block, signal)
  if (epoch !== known.epoch) return undefined
  try {
    await readAt(client, attestedWorkerClaim(known.worker.workerId, nowOf(block)), block, signal)
    return known
  } catch (error) {
    throw unfit(error, contract, epoch)
  }
}

interface Draw {
  readonly block: BlockHeader
  readonly assignment: Assignment
}

/** Who is drawn for the contract under the newest block, by this client's own computation. */
async function presentDraw(client: Client, contract: Uint8Array, signal: AbortSignal | undefined): Promise<Draw> {
  const block = await latestBlock(client.rpc, signal)
  return { block, assignment: await drawAt(client, contract, block, signal) }
}

/** The draw as it stood at the end of a block; remembered, so that a result of that epoch can be judged later. */
async function drawAt(
  client: Client,
  contract: Uint8Array,
  block: BlockHeader,
  signal: AbortSignal | undefined,
): Promise<Assignment> {
  let epoch = 0
  function* claim(): Claim<Assignment | undefined> {
    epoch = (yield* epochStateClaim()).epoch
    return epoch === 0 ? undefined : yield* assignmentClaim(contract, nowOf(block))
  }
  try {
    const assignment = await readAt(client, claim(), block, signal)
    if (assignment === undefined) throw clientErrors.make("NO_EPOCH")
    const { workerId, signer } = assignment.worker
    client.memory.draws.set(`${toHex(contract)} ${epoch}`, { workerId, signer })
    return assignment
  } catch (error) {
    throw unfit(error, toHex(contract), epoch)
  }
}

async function acceptStatement(
  client: Client,
  contract: Uint8Array,
  raw: unknown,
  draw: Draw,
  signal: AbortSignal | undefined,
): Promise<VerifiedKey> {
  const { response, maxResponseBytes } = REQUESTS.keyStatement
  const { statement, worker } = decode(response, fromHex(raw as string, undefined, "key statement"), maxResponseBytes)
  const at = await drawForStatement(client, contract, statement, draw, signal)
  const quote = checkKeyStatement(client, statement, worker, {
    contract,
    assignment: at.assignment,
    trustHash: await trustHashOf(client),
    quotePolicy: await quotePolicyOf(client, worker, at.block, signal),
  })
  if (isZero(statement.ioPublicKey))
    throw clientErrors.make("STATEMENT_INVALID", { contract: toHex(contract), why: "its key is zero" })
  return verifiedKey(statement, at.assignment, quote)
}

/**
 * The draw that a statement must fit. Besides the epoch in force, the one before is good (PROTOCOL §3.4): its draw is read as
 * it stood in the last block of that epoch. A newer epoch than ours means that one opened since we looked.
 */
async function drawForStatement(
  client: Client,
  contract: Uint8Array,
  { epoch }: KeyStatement,
  draw: Draw,
  signal: AbortSignal | undefined,
): Promise<Draw> {
  const { state } = draw.assignment
  if (epoch === state.epoch) return draw
  if (epoch > state.epoch) return await presentDraw(client, contract, signal)
  if (epoch !== state.epoch - 1 || epoch === 0)
    throw clientErrors.make("STATEMENT_STALE", { got: epoch, inForce: state.epoch })
  const block = await blockBefore(client, state.openedAtBlock, signal)
  return { block, assignment: await drawAt(client, contract, block, signal) }
}

/** As pinned; else as Enigma holds it, which then vouches for the network. */
async function trustHashOf(client: Client): Promise<Uint8Array> {
  return client.trust.trustHash ?? (await parametersOf(client)).trustHash
}

async function quotePolicyOf(
  client: Client,
  worker: WorkerInfo,
  block: BlockHeader,
  signal: AbortSignal | undefined,
): Promise<QuotePolicy> {
  const { devRoot, minSecurityVersion, maxQuoteAgeS: maxAgeS, measurements } = client.trust
  const allowed = measurements === "chain" ? await allowedOnChain(client, worker, signal) : measurements
  const { chainId } = client
  return { chainId, devRoot, measurements: allowed, minSecurityVersion, maxAgeS, nowS: nowOf(block) }
}

/** The quote's own measurement when Enigma's verifier allows it, else nothing. */
async function allowedOnChain(
  client: Client,
  { quote }: WorkerInfo,
  signal: AbortSignal | undefined,
): Promise<readonly Uint8Array[]> {
  const { measurement } = decode(DevQuoteCodec, quote, MAX_QUOTE_BYTES)
  const { verifier } = await parametersOf(client)
  const asked = [client.rpc, verifier, attestationInterface, "isAllowed", [measurement], "latest", signal] as const
  return (await callView(...asked))[0] === true ? [measurement] : []
}

function verifiedKey(statement: KeyStatement, { worker }: Assignment, quote: VerifiedQuote): VerifiedKey {
  return Object.freeze({
    contract: toHex(statement.contract),
    epoch: statement.epoch,
    ioPublicKey: statement.ioPublicKey,
    worker: Object.freeze({
      workerId: worker.workerId,
      operator: toHex(worker.operator),
      signer: toHex(worker.signer),
      measurement: toHex(quote.measurement),
      securityVersion: quote.securityVersion,
      quoteIssuedAtS: quote.issuedAtS,
    }),
  })
}

/**
 * The enclave key of the worker that is, or was, drawn for a contract in an epoch: whose signature makes a result believable.
 * `isFresh`: not from memory. @throws CLIENT_HISTORY_UNAVAILABLE, VERIFY_EPOCH_GONE, CLIENT_NO_WORKER, CLIENT_WORKER_UNFIT
 */
export async function drawnSigner(
  client: Client,
  contract: Uint8Array,
  epoch: number,
  signal?: AbortSignal,
  isFresh = false,
) {
  const key = `${toHex(contract)} ${epoch}`
  const known = client.memory.draws.get(key)
  if (known !== undefined && !isFresh) return known
  const block = await latestBlock(client.rpc, signal)
  const state = await readAt(client, epochStateClaim(), block, signal)
  const last = epoch >= state.epoch ? block : await lastBlockOf(client, epoch, block, signal)
  const { worker, state: then } = await drawAt(client, contract, last, signal)
  if (then.epoch !== epoch) throw clientErrors.make("STATEMENT_STALE", { got: epoch, inForce: state.epoch })
  return { workerId: worker.workerId, signer: worker.signer }
}

/** The block before the next epoch's opening: until its end, `epoch` was in force. */
async function lastBlockOf(client: Client, epoch: number, head: BlockHeader, signal: AbortSignal | undefined) {
  return await blockBefore(client, await readAt(client, openedAtClaim(epoch + 1), head, signal), signal)
}

async function blockBefore({ rpc }: Client, number: bigint, signal: AbortSignal | undefined): Promise<BlockHeader> {
  const block = await readBlock(rpc, Number(number) - 1, signal)
  if (block === undefined) throw clientErrors.make("HISTORY_UNAVAILABLE", { block: number - 1n })
  return block
}

const nowOf = ({ timestampS }: BlockHeader): bigint => BigInt(timestampS)

function* openedAtClaim(epoch: number): Claim<bigint> {
  const [word] = yield [SLOT.epoch(epoch)[0]]
  const entry = readEpochEntry(word!)
  if (entry.epoch !== epoch) throw clientErrors.make("HISTORY_UNAVAILABLE", { block: entry.openedAtBlock })
  return entry.openedAtBlock
}
