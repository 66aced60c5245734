import { keccak256 } from "@enigma-discovery/crypto"
import {
  equalBytes,
  gasLockGrains,
  genesisLinkPreimage,
  leafPreimage,
  linkPreimage,
  MAX_LOCK_GRAINS,
  type QueuedRecord,
  type TaskRecord,
} from "@enigma-discovery/protocol"
import type { Claim } from "./claim.ts"
import { verifyErrors } from "./errors.ts"
import { SLOT } from "./storage.ts"
import { type QueueCounters, readQueueCounters, wordBytes } from "./storage-words.ts"

/** PROTOCOL §2.1. */
export const leafHash = (record: TaskRecord): Uint8Array => keccak256(leafPreimage(record))
/** PROTOCOL §2.2: the link before record 0. */
export const genesisLink = (chainId: bigint, enigma: Uint8Array, contract: Uint8Array): Uint8Array =>
  keccak256(genesisLinkPreimage(chainId, enigma, contract))
/** PROTOCOL §2.2: the link, which is also the task id of record `index`. */
export const linkHash = (previous: Uint8Array, leaf: Uint8Array, index: number, cumLockedGrains: bigint): Uint8Array =>
  keccak256(linkPreimage(previous, leaf, index, cumLockedGrains))

/** A record at its place in a contract's queue. */
export interface PlacedRecord {
  readonly index: number
  /** The link of this record, 32 bytes. */
  readonly taskId: Uint8Array
  readonly record: TaskRecord
  readonly cumLockedGrains: bigint
  /** All this record locked. */
  readonly lockedGrains: bigint
  /** What the lock holds besides gas and callback gas at their prices. */
  readonly baseFeeGrains: bigint
}

/** Where a stretch of records begins. */
export interface QueuePosition {
  readonly index: number
  /** Link of the record before; the genesis link for index 0. */
  readonly previousLink: Uint8Array
  /** `cumLocked` of the record before; 0 for index 0. */
  readonly previousCumGrains: bigint
}

/**
 * Folds records onto a link. The result means nothing until its last task id is found on chain: only then are all records,
 * their order, the start and the sums authentic. @throws VERIFY_RECORD
 */
export function foldRecords(from: QueuePosition, records: readonly QueuedRecord[]): readonly PlacedRecord[] {
  let { index, previousLink, previousCumGrains } = from
  return records.map(({ record, cumLockedGrains }) => {
    const lockedGrains = BigInt.asUintN(64, cumLockedGrains - previousCumGrains) // sums wrap (PROTOCOL §2.5)
    const baseFeeGrains = lockedGrains - gasLockGrains(record)
    if (lockedGrains > MAX_LOCK_GRAINS || baseFeeGrains < 0n) {
      throw verifyErrors.make("RECORD", { index, why: "its lock" })
    }
    const taskId = linkHash(previousLink, leafHash(record), index, cumLockedGrains)
    const placed = Object.freeze({ index, taskId, record, cumLockedGrains, lockedGrains, baseFeeGrains })
    index += 1
    previousLink = taskId
    previousCumGrains = cumLockedGrains
    return placed
  })
}

export interface ProvenQueue extends QueueCounters {
  /** State head after the last committed record; zero before the first. */
  readonly head: Uint8Array
}

export function* queueClaim(contract: Uint8Array): Claim<ProvenQueue> {
  const [counters, head] = yield [SLOT.queueCounters(contract), SLOT.queueHead(contract)]
  return Object.freeze({ ...readQueueCounters(counters!), head: wordBytes(head!) })
}

/**
 * The link in a record's place of the ring, 32 bytes. Where a later record, or a group that keeps only its last link, passed
 * over it, that is another record's link: compare it. @throws VERIFY_LINK_GONE when there can be none
 */
export function* linkClaim(contract: Uint8Array, index: number, queue: QueueCounters): Claim<Uint8Array> {
  const { submitted } = queue
  const [link] = yield [SLOT.link(contract, index)]
  if (index < 0 || index >= submitted || link === 0n) throw verifyErrors.make("LINK_GONE", { index, submitted })
  return wordBytes(link!)
}

/**
 * Records from the first uncommitted one on, proven by the link of the last of them. No records prove nothing and are no
 * error. @throws VERIFY_RECORD, VERIFY_LINK_GONE, VERIFY_LINK_MISMATCH
 */
export function* waitingRecordsClaim(
  contract: Uint8Array,
  queue: QueueCounters,
  previousLink: Uint8Array,
  records: readonly QueuedRecord[],
): Claim<readonly PlacedRecord[]> {
  const from = { index: queue.committed, previousLink, previousCumGrains: queue.cumCommittedGrains }
  const placed = foldRecords(from, records)
  const last = placed.at(-1)
  if (last === undefined) return placed
  const link = yield* linkClaim(contract, last.index, queue)
  if (!equalBytes(link, last.taskId)) throw verifyErrors.make("LINK_MISMATCH", { index: last.index })
  return placed
}
