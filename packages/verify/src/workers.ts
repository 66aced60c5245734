import { WORKER_STATUS } from "@enigma-discovery/protocol"
import type { Claim } from "./claim.ts"
import { drawClaim } from "./draw.ts"
import { epochStateClaim, seedClaim } from "./epochs.ts"
import { verifyErrors } from "./errors.ts"
import { SLOT } from "./storage.ts"
import { type EpochState, type RegisteredWorker, readWorker } from "./storage-words.ts"

/** @throws VERIFY_NOT_REGISTERED */
export function* workerClaim(workerId: number): Claim<RegisteredWorker> {
  const [identity, account, encryptionKey] = yield SLOT.worker(workerId)
  const worker = readWorker(workerId, identity!, account!, encryptionKey!)
  if (worker.status === WORKER_STATUS.None) throw verifyErrors.make("NOT_REGISTERED", { workerId })
  return worker
}

/** A worker that may act at `nowS` (a header's time, unix seconds). @throws VERIFY_NOT_REGISTERED, VERIFY_WORKER_BANNED, VERIFY_ATTESTATION_EXPIRED */
export function* attestedWorkerClaim(workerId: number, nowS: bigint): Claim<RegisteredWorker> {
  const worker = yield* workerClaim(workerId)
  if (worker.status === WORKER_STATUS.Banned) throw verifyErrors.make("WORKER_BANNED", { workerId })
  if (worker.attestationExpiryS <= nowS) {
    throw verifyErrors.make("ATTESTATION_EXPIRED", { workerId, expiryS: worker.attestationExpiryS, nowS })
  }
  return worker
}

export interface Assignment {
  readonly state: EpochState
  /** Seed of the epoch in force. */
  readonly seed: Uint8Array
  /** The drawn worker: registered, attested, not banned. */
  readonly worker: RegisteredWorker
}

/**
 * Who is drawn for a contract in the epoch in force, and may act at `nowS`. With `workerId`, that it is this worker.
 * @throws VERIFY_EPOCH_GONE before the first epoch, VERIFY_NO_WORKERS, VERIFY_TREE, VERIFY_NOT_DRAWN and those of
 * `attestedWorkerClaim`
 */
export function* assignmentClaim(contract: Uint8Array, nowS: bigint, workerId?: number): Claim<Assignment> {
  const state = yield* epochStateClaim()
  const seed = yield* seedClaim(state.epoch, state.epoch)
  const drawn = yield* drawClaim({ seed, contract, epoch: state.epoch, treeDepth: state.treeDepth })
  if (workerId !== undefined && workerId !== drawn) {
    throw verifyErrors.make("NOT_DRAWN", { got: workerId, epoch: state.epoch, drawn })
  }
  return Object.freeze({ state, seed, worker: yield* attestedWorkerClaim(drawn, nowS) })
}
