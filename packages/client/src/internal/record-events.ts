/** Records as Enigma's events tell them, put at their places in the contract's queue (PROTOCOL §2). */
import {
  equalBytes,
  fromHex,
  type Hex,
  type QueuedRecord,
  type TaskRecord,
  toHex,
  unpackTerms,
} from "@enigma-discovery/protocol"
import {
  type Claim,
  foldRecords,
  genesisLink,
  linkClaim,
  type PlacedRecord,
  queueClaim,
} from "@enigma-discovery/verify"
import type { Client } from "../client.ts"
import { clientErrors } from "../errors.ts"
import type { ChainBlock, ChainLog } from "./chain.ts"
import { readAt } from "./claims.ts"
import { enigmaInterface } from "./enigma-abi.ts"

const topicOf = (event: string): Hex => enigmaInterface.getEvent(event)!.topicHash as Hex
const TASK_RECORDED = topicOf("TaskRecorded")
const TASKS_RECORDED = topicOf("TasksRecorded")
const TASK_PAID = topicOf("TaskPaid")
const RECORD_TOPICS: readonly Hex[] = [TASK_RECORDED, TASKS_RECORDED, TASK_PAID]

export const addressTopic = (address: Uint8Array): Hex => `0x${toHex(address).slice(2).padStart(64, "0")}`

/** A record as an event tells it; without its place's link. */
export interface SeenRecord {
  readonly index: number
  readonly lockedGrains: bigint
  readonly record: Omit<TaskRecord, "blockNumber" | "timestampS">
  readonly log: ChainLog
}

/** The records in logs of one contract, in chain order. @throws CLIENT_RPC_ANSWER_INVALID */
export function recordsIn(logs: readonly ChainLog[]): readonly SeenRecord[] {
  const paid = new Map<number, { token: Uint8Array; amount: bigint }>()
  return [...logs].sort(inChainOrder).flatMap((log) => {
    if (!RECORD_TOPICS.includes(log.topics[0] as Hex)) return []
    const event = parsed(log)
    if (event.name === "TaskPaid") {
      paid.set(Number(event.args.index), { token: fromHex(event.args.token, 20), amount: BigInt(event.args.amount) })
      return []
    }
    const group: readonly [string, bigint][] =
      event.name === "TaskRecorded"
        ? [[event.args.inputsHash, event.args.terms]]
        : event.args.inputsHashes.map((hash: string, i: number) => [hash, event.args.terms[i]])
    return group.map(([inputsHash, terms]) => seen(fromHex(event.args.sender, 20), inputsHash, terms, paid, log))
  })
}

const inChainOrder = (a: ChainLog, b: ChainLog): number =>
  a.blockNumber === b.blockNumber ? a.logIndex - b.logIndex : a.blockNumber < b.blockNumber ? -1 : 1

function parsed(log: ChainLog) {
  try {
    const event = enigmaInterface.parseLog(log)
    if (event !== null) return event
  } catch {
    // falls through: what Enigma did not emit in this form is no event of it
  }
  throw clientErrors.make("RPC_ANSWER_INVALID", { method: "eth_getLogs", why: "an event of Enigma does not decode" })
}

function seen(
  sender: Uint8Array,
  inputsHash: string,
  word: bigint,
  paid: ReadonlyMap<number, { token: Uint8Array; amount: bigint }>,
  log: ChainLog,
): SeenRecord {
  const { index, lockedGrains, flags, gasLimit, gasPriceGrains, callbackGas, callbackPriceGrains } = unpackTerms(word)
  const payment = paid.get(index) ?? { token: new Uint8Array(20), amount: 0n }
  const prices = { gasLimit, gasPriceGrains, callbackGas, callbackPriceGrains }
  const record = { sender, inputsHash: fromHex(inputsHash, 32), ...prices, flags, ...payment }
  return { index, lockedGrains, record, log }
}

/** Logs of a contract's records from one block to another. RPC: `eth_getLogs`. */
export const recordLogs = (
  client: Client,
  contract: Uint8Array,
  fromBlock: bigint,
  toBlock: bigint,
  signal?: AbortSignal,
): Promise<readonly ChainLog[]> =>
  client.chain.logs(
    { address: client.enigmaAddress, topics: [RECORD_TOPICS, addressTopic(contract)], fromBlock, toBlock },
    signal,
  )

/**
 * All records of a contract in one block, each with its task id: folded onto the link before the block, and compared with the
 * link that Enigma stores after it. RPC: `eth_getLogs`, `eth_getStorageAt`.
 * @throws CLIENT_HISTORY_UNAVAILABLE, CLIENT_RPC_ANSWER_INVALID, VERIFY_RECORD, VERIFY_LINK_GONE
 */
export async function placedRecords(
  client: Client,
  contract: Uint8Array,
  block: ChainBlock,
  signal?: AbortSignal,
): Promise<readonly PlacedRecord[]> {
  const [before, logs] = await Promise.all([
    readAt(client, positionClaim(client, contract), block.number - 1n, signal),
    recordLogs(client, contract, block.number, block.number, signal),
  ])
  let cumLockedGrains = before.previousCumGrains
  const queued = recordsIn(logs).map(({ record, lockedGrains, log }): QueuedRecord => {
    if (log.blockHash !== block.hash)
      throw clientErrors.make("RPC_ANSWER_INVALID", { method: "eth_getLogs", why: "another block" })
    cumLockedGrains = BigInt.asUintN(64, cumLockedGrains + lockedGrains)
    return { record: { ...record, blockNumber: block.number, timestampS: block.timestampS }, cumLockedGrains }
  })
  const placed = foldRecords(before, queued)
  const last = placed.at(-1)
  if (last !== undefined) {
    const stored = await readAt(client, storedLinkClaim(contract, last.index), block.number, signal)
    if (!equalBytes(stored, last.taskId))
      throw clientErrors.make("RPC_ANSWER_INVALID", {
        method: "eth_getLogs",
        why: "its records do not fold to the stored link",
      })
  }
  return placed
}

function* positionClaim({ chainId, enigma }: Client, contract: Uint8Array) {
  const queue = yield* queueClaim(contract)
  const { submitted: index, cumLockedGrains: previousCumGrains } = queue
  const previousLink =
    index === 0 ? genesisLink(chainId, enigma, contract) : yield* linkClaim(contract, index - 1, queue)
  return { index, previousLink, previousCumGrains }
}

function* storedLinkClaim(contract: Uint8Array, index: number): Claim<Uint8Array> {
  return yield* linkClaim(contract, index, yield* queueClaim(contract))
}
