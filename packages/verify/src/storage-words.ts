import { bigintToBytes } from "@enigma-discovery/protocol"

/** Words of Enigma's storage as typed values (PROTOCOL §5.5); each field sits where `storage-layout.ts` lists it. */
function fields(word: bigint): (bits: number) => bigint {
  let rest = word
  return (bits) => {
    const value = rest & ((1n << BigInt(bits)) - 1n)
    rest >>= BigInt(bits)
    return value
  }
}

export const wordBytes = (word: bigint): Uint8Array => bigintToBytes(word, 32)

export interface EpochState {
  /** Epoch in force; 0 before the first opening. */
  readonly epoch: number
  readonly openedAtBlock: bigint
  readonly scheduledStartBlock: bigint
  readonly workerCount: number
  readonly treeDepth: number
  /** Workers logged in. */
  readonly activeCount: number
  readonly treasuryGrains: bigint
}

export function readEpochState(word: bigint): EpochState {
  const take = fields(word)
  return Object.freeze({
    epoch: Number(take(32)),
    openedAtBlock: take(48),
    scheduledStartBlock: take(48),
    workerCount: Number(take(24)),
    treeDepth: Number(take(8)),
    activeCount: Number(take(32)),
    treasuryGrains: take(64),
  })
}

export interface EpochEntry {
  readonly epoch: number
  readonly openedAtBlock: bigint
  readonly scheduledStartBlock: bigint
}

export function readEpochEntry(word: bigint): EpochEntry {
  const take = fields(word)
  return Object.freeze({ epoch: Number(take(32)), openedAtBlock: take(48), scheduledStartBlock: take(48) })
}

export interface QueueCounters {
  /** Records so far; the next index. */
  readonly submitted: number
  /** Records resolved by batches or settlement. */
  readonly committed: number
  readonly cumLockedGrains: bigint
  readonly cumCommittedGrains: bigint
  /** Epoch of the last committed delta; its worker was `drawnWorker`. */
  readonly drawEpoch: number
  readonly drawnWorker: number
  /** Batches so far, modulo the ring's size. */
  readonly batchSequence: number
  readonly flags: number
}

export function readQueueCounters(word: bigint): QueueCounters {
  const take = fields(word)
  return Object.freeze({
    submitted: Number(take(32)),
    committed: Number(take(32)),
    cumLockedGrains: take(64),
    cumCommittedGrains: take(64),
    drawEpoch: Number(take(32)),
    drawnWorker: Number(take(24)),
    batchSequence: Number(take(5)),
    flags: Number(take(3)),
  })
}

export interface RegisteredWorker {
  readonly workerId: number
  /** 20-byte address of the enclave's signing key. */
  readonly signer: Uint8Array
  /** Unix seconds. */
  readonly attestationExpiryS: bigint
  /** One of `WORKER_STATUS`. */
  readonly status: number
  readonly earningsGrains: bigint
  readonly operator: Uint8Array
  /** X25519 public key of the enclave, 32 bytes. */
  readonly encryptionKey: Uint8Array
}

export function readWorker(
  workerId: number,
  identity: bigint,
  account: bigint,
  encryptionKey: bigint,
): RegisteredWorker {
  const take = fields(identity)
  return Object.freeze({
    workerId,
    signer: bigintToBytes(take(160), 20),
    attestationExpiryS: take(32),
    status: Number(take(8)),
    earningsGrains: take(56),
    operator: bigintToBytes(fields(account)(160), 20),
    encryptionKey: wordBytes(encryptionKey),
  })
}
