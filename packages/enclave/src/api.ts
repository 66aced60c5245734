/**
 * What the untrusted host can ask of the two enclave programs. The same interface is served by a child process over a
 * pipe and, for fast tests, in-process. Every argument is checked inside: the host is hostile.
 */
import type {
  BatchData,
  ChainProof,
  KeyRequest,
  KeyRequestBundle,
  KeyStatement,
  NetworkConfig,
  QueuedRecord,
  SealedKeyAnswer,
  SignedBatch,
  StorageReceipt,
  TaskResult,
} from "@enigma-discovery/protocol"

/** Public identity of an enclave, fresh at every start: `signer` 20-byte address, `encryptionKey` X25519 public key. */
export interface EnclaveIdentity {
  readonly signer: Uint8Array
  readonly encryptionKey: Uint8Array
}

/** What shows that code belongs to a contract: the parts of its CREATE2 address (PROTOCOL §2.4). */
export interface CodeOrigin {
  readonly deployer: Uint8Array
  readonly codeHash: Uint8Array
  readonly userSalt: Uint8Array
  readonly accountImplementation: Uint8Array
}

/** The verified view after a proof was accepted. */
export interface ViewStatus {
  readonly blockNumber: bigint
  readonly blockHash: Uint8Array
  readonly confirmations: number
  readonly epoch: number
  readonly nextScheduledStart: bigint
}

/** A queue as the enclave knows it. `executed` counts records executed here beyond the committed ones. */
export interface QueueStatus {
  readonly contract: Uint8Array
  readonly submitted: number
  readonly committed: number
  /** Records from `committed` on that are authenticated here (see `proveRecords`). */
  readonly proven: number
  readonly executed: number
  /** Head of the state held here: after `executed` records. */
  readonly head: Uint8Array
  /** Committed head on chain. */
  readonly anchoredHead: Uint8Array
  /** This worker is the draw for the epoch in force. */
  readonly drawn: boolean
  readonly hasCode: boolean
  /** Keys for (contract, epoch in force) are here. */
  readonly hasKeys: boolean
  /** The state held here equals the anchored head or stands on it: execution can go on. */
  readonly inSync: boolean
}

/** A record to execute with its envelope; no envelope: the host never received one (see InputsMissing). */
export interface TaskInput {
  readonly queued: QueuedRecord
  readonly envelope: Uint8Array | undefined
}

/** A batch ready to be stored by others and signed. `hasCallback`: the last task calls Ethereum, commit at once. */
export interface PreparedBatch {
  readonly data: BatchData
  readonly receiptsRoot: Uint8Array
  readonly hasCallback: boolean
}

export interface IsolationStatus {
  /** "process" or "in-process" (tests only). */
  readonly form: "process" | "in-process"
  /** Whether an empty network namespace is in force, and why not when it isn't. */
  readonly network: "none" | "host"
  readonly filesystem: "none" | "host"
  readonly notes: readonly string[]
}

/** What an enclave is, for whoever must decide whether to trust it. */
export interface EnclaveStatus {
  readonly measurement: Uint8Array
  readonly isolation: IsolationStatus
  /** What makes a header true to it: "witness 2 of 3"; "none yet" before `configure`. */
  readonly headerTrust: string
}

interface Enclave {
  /** SHA-256 of the program file, 32 bytes. */
  readonly measurement: Uint8Array
  readonly isolation: IsolationStatus
  status(): EnclaveStatus
  /** First call: tells which network is served; fixed until the enclave ends. */
  configure(config: NetworkConfig): Promise<EnclaveIdentity>
  /** A quote over report data that the enclave itself builds for `operator` (20 bytes; zero for a key manager). */
  quote(operator: Uint8Array): Promise<Uint8Array>
  stop(): Promise<void>
  /** Settles when the enclave has ended, expected or not. */
  readonly ended: Promise<{ readonly expected: boolean; readonly detail: string }>
}

export interface WorkerEnclave extends Enclave {
  /**
   * Takes a newer chain view. The bag of nodes must hold the paths to: epoch state and ring entries needed, this
   * worker's and the listed workers' records, and for each listed contract its queue words and its draw's tree path:
   * `proofSlots` of the host door says which storage slots these are. `workerId` 0: not registered yet. The header needs
   * at least `depth` confirmations.
   * @throws ENCLAVE_* on a header without enough witnesses, an older header, a forged or incomplete proof.
   */
  advance(
    proof: ChainProof,
    workerId: number,
    contracts: readonly Uint8Array[],
    otherWorkers: readonly number[],
  ): Promise<ViewStatus>
  queue(contract: Uint8Array): Promise<QueueStatus>
  /** The keys this worker lacks for (contract, epoch in force); undefined when it has all. */
  keyRequest(contract: Uint8Array): Promise<KeyRequest | undefined>
  keyAnswers(contract: Uint8Array, answers: readonly SealedKeyAnswer[]): Promise<void>
  keyStatement(contract: Uint8Array): Promise<KeyStatement>
  loadCode(contract: Uint8Array, origin: CodeOrigin, code: Uint8Array): Promise<void>
  /** Applies committed deltas in order, up to the anchored head at most; refuses what does not chain. */
  replay(contract: Uint8Array, deltas: readonly Uint8Array[]): Promise<QueueStatus>
  /**
   * Authenticates records that follow the ones known here: they fold from `previousLink` (the link before the first of
   * them; the genesis link of PROTOCOL §2.2 before record 0) to a link in the proven ring. The first is record `committed` after a start or
   * when others committed in between, else `committed + proven`. Any number of them, without envelopes, so that
   * `execute` may follow in portions. The last of them must have its link in the ring; the newest submitted always has.
   * @throws ENCLAVE_QUEUE_NOT_PROVEN, with nothing kept.
   */
  proveRecords(contract: Uint8Array, previousLink: Uint8Array, records: readonly QueuedRecord[]): Promise<QueueStatus>
  /**
   * Executes proven records in queue order from `executed` on (`tasks[0]` is record `committed + executed`), and stops
   * after a task with callbacks: what follows depends on their outcome, which the chain decides. Returns the results of
   * those it executed. The output of a task with callbacks comes by `collect` once the kept head is proven.
   */
  execute(contract: Uint8Array, tasks: readonly TaskInput[]): Promise<readonly TaskResult[]>
  /** Results (and outputs of finished callbacks) that have become releasable since. */
  collect(contract: Uint8Array): Promise<readonly TaskResult[]>
  /** The batch of all executed, releasable, uncommitted tasks (up to and including the first with a callback). */
  prepareBatch(contract: Uint8Array): Promise<PreparedBatch | undefined>
  /** Signs the prepared batch when the storage receipts suffice. @throws ENCLAVE_STORAGE_RECEIPTS_MISSING */
  signBatch(contract: Uint8Array, receipts: readonly StorageReceipt[]): Promise<SignedBatch>
  /** As another worker's neighbour: checks all bytes of a batch and signs a storage receipt. `origin` where it has code. */
  attestStorage(data: BatchData, origin?: CodeOrigin): Promise<StorageReceipt>
  /**
   * Answers a sealed query under its permit (PROTOCOL §6.6); free, at most about 50 ms of computing. What host and network
   * learn is that there was one, its size class and time. Refusals are sealed as answers are, but for a query that does not
   * open or is under another epoch's key. @throws ENCLAVE_QUERY_REFUSED, ENCLAVE_OUT_OF_SYNC, PROTOCOL_*
   */
  query(contract: Uint8Array, sealedQuery: Uint8Array): Promise<Uint8Array>
}

export interface KeyManagerEnclave extends Enclave {
  /** Before configure: makes (or, given what `seal` returned earlier on this machine, restores) the key shares. */
  generate(
    sealed: Uint8Array | undefined,
  ): Promise<{ readonly beaconKey: Uint8Array; readonly contractKey: Uint8Array; readonly sealed: Uint8Array }>
  advance(proof: ChainProof): Promise<ViewStatus>
  /** Partial beacon of the next epoch: the proof's header is the last block before a scheduled start, at depth. */
  beacon(
    proof: ChainProof,
  ): Promise<{ readonly managerIndex: number; readonly epoch: number; readonly partial: Uint8Array }>
  releaseKeys(bundle: KeyRequestBundle): Promise<SealedKeyAnswer>
}
