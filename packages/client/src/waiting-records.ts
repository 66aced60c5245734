/** The records of a contract that wait for a batch, rebuilt from events and proven by the newest stored link (PROTOCOL §2). */
import { type BlockRef, chainErrors, readBlock } from "@enigma-discovery/chain/follow"
import { bytesToBigint, equalBytes, LINK_RING_SIZE, type QueuedRecord } from "@enigma-discovery/protocol"
import {
  type Claim,
  foldRecords,
  genesisLink,
  linkClaim,
  type PlacedRecord,
  type ProvenQueue,
  type QueuePosition,
  SLOT,
} from "@enigma-discovery/verify"
import type { Client } from "./client.ts"
import { BLOCKS_READ_AT_ONCE, LOG_RANGE_BLOCKS } from "./constants.ts"
import { readAt } from "./internal/claims.ts"
import { type EventOf, recordsBetween } from "./internal/enigma-events.ts"

export interface WaitingRecords {
  /** Link before the first of them. */
  readonly previousLink: Uint8Array
  /** All of them, in order. */
  readonly placed: readonly PlacedRecord[]
}

/**
 * Every record from the first uncommitted one on. Where the link before them is no longer in the ring (32 or more wait), the queue is
 * rebuilt from the contract's first record on, so that no archive of old states is needed.
 * RPC: `eth_getLogs`, `eth_getBlockByNumber`, `eth_getStorageAt`. @throws CHAIN_BAD_RESPONSE when events and links disagree
 */
export async function waitingRecords(
  client: Client,
  contract: Uint8Array,
  queue: ProvenQueue,
  head: BlockRef,
  signal?: AbortSignal,
): Promise<WaitingRecords> {
  const stored = await readAt(client, linkClaim(contract, queue.submitted - 1, queue), head, signal)
  const foldFrom = async (start: QueuePosition): Promise<WaitingRecords | undefined> => {
    const placed = foldRecords(start, await queuedFrom(client, contract, start, head.number, signal))
    if (placed.length === 0 || !equalBytes(placed.at(-1)!.taskId, stored)) return undefined
    const before = placed.find(({ index }) => index === queue.committed - 1)
    return {
      previousLink: before?.taskId ?? start.previousLink,
      placed: placed.filter(({ index }) => index >= queue.committed),
    }
  }
  const start = await readAt(client, startClaim(client, contract, queue), head, signal)
  const found = (start && (await foldFrom(start))) ?? (await foldFrom(firstRecord(client, contract)))
  if (found === undefined)
    throw chainErrors.make("BAD_RESPONSE", { what: "records that do not fold to the stored link" })
  return found
}

const firstRecord = ({ chainId, enigma }: Client, contract: Uint8Array): QueuePosition => ({
  index: 0,
  previousLink: genesisLink(chainId, enigma, contract),
  previousCumGrains: 0n,
})

/** The place after the last committed record, if its link may still be in the ring; folding onto it shows whether it is. */
function* startClaim(client: Client, contract: Uint8Array, queue: ProvenQueue): Claim<QueuePosition | undefined> {
  const { committed: index, submitted, cumCommittedGrains: previousCumGrains } = queue
  if (index === 0) return firstRecord(client, contract)
  if (submitted - index >= LINK_RING_SIZE) return undefined
  const [word] = yield [SLOT.link(contract, index - 1)]
  if (word === 0n) return undefined
  return { index, previousLink: yield* linkClaim(contract, index - 1, queue), previousCumGrains }
}

/** Records from a place on, in order, searched backwards from the newest block. */
async function queuedFrom(
  client: Client,
  contract: Uint8Array,
  start: QueuePosition,
  head: number,
  signal?: AbortSignal,
): Promise<readonly QueuedRecord[]> {
  let events: readonly EventOf<"record">[] = []
  for (let to = head; to >= 0 && (events[0]?.index ?? start.index + 1) > start.index; to -= LOG_RANGE_BLOCKS) {
    const from = Math.max(0, to - LOG_RANGE_BLOCKS + 1)
    events = [...(await recordsBetween(client, contract, from, to, signal)), ...events]
  }
  const wanted = events.filter(({ index }) => index >= start.index)
  const times = await timesOf(client, wanted, signal)
  let cumLockedGrains = start.previousCumGrains
  return wanted.map(({ record, lockedGrains, blockNumber }): QueuedRecord => {
    cumLockedGrains = BigInt.asUintN(64, cumLockedGrains + lockedGrains)
    return { record: { ...record, timestampS: BigInt(times.get(blockNumber)!) }, cumLockedGrains }
  })
}

/** An event does not tell the time of its block, and the leaf has it. @throws CHAIN_BAD_RESPONSE when a re-org came in between */
async function timesOf(
  { rpc }: Client,
  events: readonly EventOf<"record">[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, number>> {
  const blocks = [...new Map(events.map((event) => [event.blockNumber, event.blockHash]))]
  const times = new Map<number, number>()
  for (let i = 0; i < blocks.length; i += BLOCKS_READ_AT_ONCE) {
    const some = blocks.slice(i, i + BLOCKS_READ_AT_ONCE)
    const read = await Promise.all(some.map(([number]) => readBlock(rpc, number, signal)))
    read.forEach((block, at) => {
      const [number, hash] = some[at]!
      if (block === undefined || !equalBytes(block.hash, hash))
        throw chainErrors.make("BAD_RESPONSE", { what: "records of a block that is no longer there" })
      times.set(number, block.timestampS)
    })
  }
  return times
}

/**
 * The records after `last` up to the first whose link Enigma still stores: a group keeps its last link alone, and the ring the newest 32.
 * RPC: `eth_getStorageAt`.
 */
export async function laterRecords(
  client: Client,
  contract: Uint8Array,
  placed: readonly PlacedRecord[],
  last: number,
  head: BlockRef,
  signal?: AbortSignal,
): Promise<readonly PlacedRecord[]> {
  const stored = await readAt(client, storedClaim(contract, placed, last), head, signal)
  return placed.filter(({ index }) => index > last && index <= stored)
}

function* storedClaim(contract: Uint8Array, placed: readonly PlacedRecord[], last: number): Claim<number> {
  const candidates = placed.filter(({ index }) => index >= last).slice(-LINK_RING_SIZE)
  const words = yield candidates.map(({ index }) => SLOT.link(contract, index))
  const at = candidates.findIndex(({ taskId }, i) => bytesToBigint(taskId) === words[i])
  return (candidates[at] ?? candidates.at(-1)!).index
}
