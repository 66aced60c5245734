import { recoverAddress } from "@enigma-discovery/crypto"
import { type BatchData, equalBytes, type StorageReceipt, WORKER_STATUS } from "@enigma-discovery/protocol"
import { type EpochState, type RegisteredWorker, storageDigest } from "@enigma-discovery/verify"
import { enclaveErrors } from "../errors.ts"
import type { Domain } from "./domain.ts"

/** Who may vouch for a batch's data, as the proven block shows it. */
export interface StorageQuorum {
  /** Asked of every batch, as far as there are others. */
  readonly wanted: number
  readonly state: EpochState
  readonly self: RegisteredWorker
  readonly others: readonly RegisteredWorker[]
  /** Time of the proven block, unix seconds. */
  readonly nowS: bigint
}

/**
 * A batch is signed only when min(wanted, other active workers) distinct others have it (PROTOCOL §8.2).
 * @throws ENCLAVE_STORAGE_RECEIPTS_MISSING
 */
export function checkStorageReceipts(
  domain: Domain,
  quorum: StorageQuorum,
  data: BatchData,
  root: Uint8Array,
  receipts: readonly StorageReceipt[],
): void {
  const { state, self } = quorum
  const otherActive = state.activeCount - (self.status === WORKER_STATUS.LoggedIn ? 1 : 0)
  const want = Math.min(quorum.wanted, Math.max(0, otherActive))
  const digest = storageDigest(domain, data, root)
  const valid = new Set(receipts.filter((receipt) => isValid(quorum, digest, receipt)).map(({ workerId }) => workerId))
  if (valid.size < want) throw enclaveErrors.make("STORAGE_RECEIPTS_MISSING", { got: valid.size, want })
}

function isValid(
  { self, others, nowS }: StorageQuorum,
  digest: Uint8Array,
  { workerId, signature }: StorageReceipt,
): boolean {
  const signer = others.find((worker) => worker.workerId === workerId)
  if (signer === undefined || equalBytes(signer.signer, self.signer)) return false
  if (
    signer.status === WORKER_STATUS.None ||
    signer.status === WORKER_STATUS.Banned ||
    signer.attestationExpiryS <= nowS
  )
    return false
  try {
    return equalBytes(recoverAddress(digest, signature), signer.signer)
  } catch {
    return false
  }
}
