/** Enigma's events about one contract, and its records at their places in the queue (PROTOCOL §2). */
import {
  type BlockHeader,
  type ChainLog,
  chainErrors,
  enigmaEvents,
  enigmaInterface,
  logsOfBlock,
  logsOfRange,
  type TopicFilter,
} from "@enigma-discovery/chain/follow"
import { bigintToBytes, bytesToBigint, equalBytes, fromHex, type QueuedRecord } from "@enigma-discovery/protocol"
import {
  type Claim,
  foldRecords,
  genesisLink,
  linkClaim,
  type PlacedRecord,
  queueClaim,
} from "@enigma-discovery/verify"
import type { Client } from "../client.ts"
import { LOG_RANGE_BLOCKS } from "../constants.ts"
import { readAt } from "./claims.ts"

type Event = ReturnType<typeof enigmaEvents>[number]
export type EventOf<T extends Event["type"]> = Extract<Event, { readonly type: T }>

const topicOf = (event: string): Uint8Array => fromHex(enigmaInterface.getEvent(event)!.topicHash)
const TOPICS = {
  record: ["TaskRecorded", "TasksRecorded", "TaskPaid"].map(topicOf),
  ending: ["BatchCommitted", "RecordsSettled"].map(topicOf),
  deployment: ["DeploymentRecorded"].map(topicOf),
} as const
const about = (contract: Uint8Array, topics: readonly Uint8Array[]): TopicFilter => [
  topics,
  bigintToBytes(bytesToBigint(contract), 32),
]

/** Events of some types about a contract among logs that may hold anything. The logs' time is not known here: 0. */
export function eventsAbout<T extends Event["type"]>(
  logs: readonly ChainLog[],
  contract: Uint8Array,
  types: readonly T[],
  timestampS = 0,
): readonly EventOf<T>[] {
  const events = enigmaEvents({ logs, timestampS }) as readonly EventOf<T>[]
  return events.filter(
    (event) => types.includes(event.type as T) && "contract" in event && equalBytes(event.contract, contract),
  )
}

/** Records of a contract from one block to another, in chain order. RPC: `eth_getLogs`. */
export async function recordsBetween(
  { rpc, enigma }: Client,
  contract: Uint8Array,
  fromBlock: number,
  toBlock: number,
  signal?: AbortSignal,
): Promise<readonly EventOf<"record">[]> {
  const logs = await logsOfRange(rpc, enigma, fromBlock, toBlock, signal, about(contract, TOPICS.record))
  return eventsAbout(logs, contract, ["record"])
}

/**
 * The event that resolved a record, found by the chain alone: searched block range by block range, from the record on.
 * RPC: `eth_getLogs`.
 */
export async function endingOf(
  { rpc, enigma }: Client,
  contract: Uint8Array,
  index: number,
  fromBlock: number,
  head: number,
  signal?: AbortSignal,
): Promise<EventOf<"batch" | "settled"> | undefined> {
  for (let from = fromBlock; from <= head; from += LOG_RANGE_BLOCKS) {
    const to = Math.min(from + LOG_RANGE_BLOCKS - 1, head)
    const logs = await logsOfRange(rpc, enigma, from, to, signal, about(contract, TOPICS.ending))
    const found = eventsAbout(logs, contract, ["batch", "settled"]).find((event) => covers(event, index))
    if (found !== undefined) return found
  }
  return undefined
}

/** How a contract came to be, searched block range by block range from the newest on. RPC: `eth_getLogs`. */
export async function deploymentOf(
  { rpc, enigma }: Client,
  contract: Uint8Array,
  head: number,
  signal?: AbortSignal,
): Promise<EventOf<"deployment"> | undefined> {
  for (let to = head; to >= 0; to -= LOG_RANGE_BLOCKS) {
    const from = Math.max(0, to - LOG_RANGE_BLOCKS + 1)
    const logs = await logsOfRange(rpc, enigma, from, to, signal, about(contract, TOPICS.deployment))
    const [found] = enigmaEvents({ logs, timestampS: 0 }).filter((event) => event.type === "deployment")
    if (found?.type === "deployment") return found
  }
  return undefined
}

export const covers = ({ fromIndex, toIndex }: EventOf<"batch" | "settled">, index: number): boolean =>
  fromIndex <= index && index < toIndex

/**
 * All records of a contract in one block, each with its task id: folded onto the link before the block, and compared with the
 * link that Enigma stores after it. RPC: `eth_getLogs`, `eth_getStorageAt`.
 * @throws CLIENT_HISTORY_UNAVAILABLE, CHAIN_BAD_RESPONSE, VERIFY_RECORD, VERIFY_LINK_GONE
 */
export async function placedRecords(
  client: Client,
  contract: Uint8Array,
  block: BlockHeader,
  signal?: AbortSignal,
): Promise<readonly PlacedRecord[]> {
  const [before, logs] = await Promise.all([
    readAt(client, positionClaim(client, contract), { number: block.number - 1 }, signal),
    logsOfBlock(client.rpc, client.enigma, block.hash, signal),
  ])
  let cumLockedGrains = before.previousCumGrains
  const queued = eventsAbout(logs, contract, ["record"], block.timestampS).map(
    ({ record, lockedGrains }): QueuedRecord => {
      cumLockedGrains = BigInt.asUintN(64, cumLockedGrains + lockedGrains)
      return { record, cumLockedGrains }
    },
  )
  const placed = foldRecords(before, queued)
  const last = placed.at(-1)
  if (last === undefined) return placed
  const stored = await readAt(client, storedLinkClaim(contract, last.index), block, signal)
  if (equalBytes(stored, last.taskId)) return placed
  throw chainErrors.make("BAD_RESPONSE", { what: "records that do not fold to the stored link" })
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
