import type { KeyRequestBundle, NetworkConfig } from "@enigma-discovery/protocol"
import {
  epochOfBlockClaim,
  epochStateClaim,
  type FetchWords,
  keyRequestClaim,
  readFetched,
} from "@enigma-discovery/verify"
import { type WorkerView, workerViewClaim } from "../core/worker-view.ts"

/** What an `advance` is going to speak of. */
export interface ProofSubject {
  readonly workerId: number
  readonly contracts: readonly Uint8Array[]
  readonly otherWorkers: readonly number[]
  /** Block of the oldest record that `proveRecords` will be called with under this proof: its epoch must be shown. */
  readonly oldestRecordBlock?: bigint
}

/** Storage slots to have proven at one block, and what stands there: the enclave will read the same from the proof. */
export interface ProofPlan {
  readonly slots: readonly bigint[]
  readonly view: WorkerView
}

/** What a worker enclave's `advance` (and `proveRecords` after it) will read, asked of an RPC at the same block. */
export async function proofSlots(subject: ProofSubject, fetchWords: FetchWords): Promise<ProofPlan> {
  const { workerId, contracts, otherWorkers, oldestRecordBlock } = subject
  const { value, slots } = await readFetched(workerViewClaim(workerId, contracts, otherWorkers), fetchWords)
  if (oldestRecordBlock === undefined) return { slots, view: value }
  const epochs = await readFetched(epochOfBlockClaim(oldestRecordBlock, value.state), fetchWords)
  return { slots: [...new Set([...slots, ...epochs.slots])], view: value }
}

/** What a key manager's `advance` and `beacon` will read. */
export const managerProofSlots = async (fetchWords: FetchWords): Promise<readonly bigint[]> =>
  (await readFetched(epochStateClaim(), fetchWords)).slots

/** What a key manager's `releaseKeys` will read; fails as the manager would. `nowS`: the block's time. @throws VERIFY_* */
export const keyRequestProofSlots = async (
  config: Pick<NetworkConfig, "chainId" | "enigma">,
  bundle: Pick<KeyRequestBundle, "request" | "records" | "previousLink">,
  nowS: bigint,
  fetchWords: FetchWords,
): Promise<readonly bigint[]> => (await readFetched(keyRequestClaim(config, bundle, nowS), fetchWords)).slots
