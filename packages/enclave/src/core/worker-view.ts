import {
  type ChainView,
  type Claim,
  drawClaim,
  type EpochState,
  epochStateClaim,
  linkClaim,
  type ProvenQueue,
  queueClaim,
  type RegisteredWorker,
  readWorker,
  SLOT,
  seedClaim,
  verifyErrors,
} from "@enigma-discovery/verify"

/** A contract as one proven block shows it. */
export interface ContractView {
  readonly contract: Uint8Array
  readonly queue: ProvenQueue
  /** Drawn in the epoch in force; undefined where nobody can be. */
  readonly drawnWorker: number | undefined
  /** Link of the newest record, 32 bytes; undefined when none waits. */
  readonly newestLink: Uint8Array | undefined
}

/** All that a worker's enclave takes from one proven block. */
export interface WorkerView {
  readonly state: EpochState
  /** This worker's own registration; undefined before it registered. */
  readonly worker: RegisteredWorker | undefined
  readonly otherWorkers: readonly RegisteredWorker[]
  readonly contracts: readonly ContractView[]
}

/** What `advance` reads. The host runs the same claim against an RPC to learn which slots to have proven. */
export function* workerViewClaim(
  workerId: number,
  contracts: readonly Uint8Array[],
  otherWorkers: readonly number[],
): Claim<WorkerView> {
  const state = yield* epochStateClaim()
  const worker = workerId === 0 ? undefined : yield* registrationClaim(workerId)
  const others: RegisteredWorker[] = []
  for (const id of otherWorkers) others.push(yield* registrationClaim(id))
  const seed = state.epoch === 0 ? undefined : yield* seedClaim(state.epoch, state.epoch)
  const views: ContractView[] = []
  for (const contract of contracts) views.push(yield* contractViewClaim(contract, state, seed))
  return Object.freeze({ state, worker, otherWorkers: others, contracts: views })
}

function* contractViewClaim(
  contract: Uint8Array,
  state: EpochState,
  seed: Uint8Array | undefined,
): Claim<ContractView> {
  const queue = yield* queueClaim(contract)
  const isWaiting = queue.submitted > queue.committed
  const newestLink = isWaiting ? yield* linkClaim(contract, queue.submitted - 1, queue) : undefined
  const drawnWorker = seed === undefined ? undefined : yield* drawOrNobody(contract, state, seed)
  return Object.freeze({ contract, queue, drawnWorker, newestLink })
}

function* drawOrNobody(contract: Uint8Array, state: EpochState, seed: Uint8Array): Claim<number | undefined> {
  try {
    return yield* drawClaim({ seed, contract, epoch: state.epoch, treeDepth: state.treeDepth })
  } catch (error) {
    if (verifyErrors.is(error, "NO_WORKERS")) return undefined
    throw error
  }
}

/** A worker's record as it is; one that never registered has status None. */
function* registrationClaim(workerId: number): Claim<RegisteredWorker> {
  const [identity, account, encryptionKey] = yield SLOT.worker(workerId)
  return readWorker(workerId, identity!, account!, encryptionKey!)
}

/** The proven block that a contract was last listed in. */
export interface ListedView {
  readonly chain: ChainView
  readonly state: EpochState
  readonly contract: ContractView
}
