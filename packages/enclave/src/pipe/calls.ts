import {
  address,
  BatchDataCodec,
  bool,
  bytes,
  ChainProofCodec,
  type Codec,
  type Decoded,
  fixed,
  hash,
  KeyRequestBundleCodec,
  KeyRequestCodec,
  KeyStatementCodec,
  list,
  MAX_CODE_BYTES,
  MAX_DELTA_BYTES,
  MAX_ENVELOPE_BYTES,
  MAX_SEALED_QUERY_ANSWER_BYTES,
  MAX_SEALED_QUERY_BYTES,
  NetworkConfigCodec,
  option,
  QueuedRecordCodec,
  SealedKeyAnswerCodec,
  SignedBatchCodec,
  StorageReceiptCodec,
  struct,
  TaskResultCodec,
  u16,
  u32,
  u64,
  WrappedKeyCodec,
} from "@enigma-discovery/protocol"
import {
  MAX_CONTRACTS_PER_VIEW,
  MAX_DELTAS_PER_CALL,
  MAX_KEY_ANSWERS,
  MAX_RECORDS_PER_CALL,
  MAX_SEALED_SHARE_BYTES,
  MAX_STORAGE_RECEIPTS,
  MAX_TASKS_PER_CALL,
  MAX_WORKERS_PER_VIEW,
} from "../constants.ts"

/** One question a host may ask: its number on the pipe, what it carries each way, and how long the host waits. */
export interface Call<Q, A> {
  readonly id: number
  readonly request: Codec<Q>
  readonly answer: Codec<A>
  readonly timeoutMs: number
}
export type Calls = Readonly<Record<string, Call<never, never> | Call<unknown, unknown>>>
export type RequestOf<C> = C extends { readonly request: infer Q } ? Decoded<Q> : never
export type AnswerOf<C> = C extends { readonly answer: infer A } ? Decoded<A> : never
/** What a program answers with, one function a call. */
export type Handlers<T> = {
  readonly [N in keyof T]: (request: RequestOf<T[N]>) => AnswerOf<T[N]> | Promise<AnswerOf<T[N]>>
}

const SHORT_MS = 10_000
const LONG_MS = 120_000
/** A task may spend its whole gas limit: about a quarter of an hour at the highest. */
const EXECUTE_MS = 1_200_000

const call = <Q, A>(id: number, request: Codec<Q>, answer: Codec<A>, timeoutMs = SHORT_MS): Call<Q, A> => ({
  id,
  request,
  answer,
  timeoutMs,
})

const nothing = struct("nothing", {})
const ofContract = struct("contract", { contract: address })
const records = list(QueuedRecordCodec, MAX_RECORDS_PER_CALL)
const results = struct("results", { results: list(TaskResultCodec, MAX_TASKS_PER_CALL) })

const identity = struct("enclave identity", { signer: address, encryptionKey: hash })
const viewStatus = struct("view status", {
  blockNumber: u64,
  blockHash: hash,
  confirmations: u16,
  epoch: u32,
  nextScheduledStart: u64,
})
const queueStatus = struct("queue status", {
  contract: address,
  submitted: u32,
  committed: u32,
  proven: u32,
  executed: u32,
  head: hash,
  anchoredHead: hash,
  drawn: bool,
  hasCode: bool,
  hasKeys: bool,
  inSync: bool,
})
const codeOrigin = struct("code origin", {
  deployer: address,
  codeHash: hash,
  userSalt: hash,
  accountImplementation: address,
})
const taskInput = struct("task input", {
  queued: QueuedRecordCodec,
  envelope: option(bytes(MAX_ENVELOPE_BYTES, "envelope")),
})
const preparedBatch = struct("prepared batch", { data: BatchDataCodec, receiptsRoot: hash, hasCallback: bool })

const COMMON_CALLS = {
  configure: call(1, struct("configure", { config: NetworkConfigCodec }), identity),
  /** Report data of a quote for this operator, for the quoting hardware to sign. */
  report: call(2, struct("report", { operator: address }), struct("report data", { reportData: hash })),
} as const

export const WORKER_CALLS = {
  ...COMMON_CALLS,
  advance: call(
    10,
    struct("advance", {
      proof: ChainProofCodec,
      workerId: u32,
      contracts: list(address, MAX_CONTRACTS_PER_VIEW),
      otherWorkers: list(u32, MAX_WORKERS_PER_VIEW),
    }),
    viewStatus,
    LONG_MS,
  ),
  queue: call(11, ofContract, queueStatus),
  keyRequest: call(12, ofContract, struct("wanted keys", { request: option(KeyRequestCodec) })),
  keyAnswers: call(
    13,
    struct("key answers", { contract: address, answers: list(SealedKeyAnswerCodec, MAX_KEY_ANSWERS) }),
    nothing,
    LONG_MS,
  ),
  keyStatement: call(14, ofContract, KeyStatementCodec),
  loadCode: call(
    15,
    struct("code", { contract: address, origin: codeOrigin, code: bytes(MAX_CODE_BYTES, "code") }),
    nothing,
  ),
  proveRecords: call(16, struct("records", { contract: address, previousLink: hash, records }), queueStatus, LONG_MS),
  replay: call(
    17,
    struct("replay", {
      contract: address,
      deltas: list(bytes(MAX_DELTA_BYTES, "delta"), MAX_DELTAS_PER_CALL),
      /** Of deltas that come with later calls: keys are followed from the newest epoch back, deltas taken from the oldest on. */
      wrappedKeys: list(
        struct("wrapped key of", { keyEpoch: u32, wrapped: option(WrappedKeyCodec) }),
        MAX_DELTAS_PER_CALL,
      ),
    }),
    queueStatus,
    LONG_MS,
  ),
  execute: call(
    18,
    struct("execute", { contract: address, tasks: list(taskInput, MAX_TASKS_PER_CALL) }),
    results,
    EXECUTE_MS,
  ),
  collect: call(19, ofContract, results),
  prepareBatch: call(20, ofContract, struct("prepared", { batch: option(preparedBatch) }), LONG_MS),
  signBatch: call(
    21,
    struct("sign", { contract: address, receipts: list(StorageReceiptCodec, MAX_STORAGE_RECEIPTS) }),
    SignedBatchCodec,
    LONG_MS,
  ),
  attestStorage: call(
    22,
    struct("attest storage", { data: BatchDataCodec, origin: option(codeOrigin) }),
    StorageReceiptCodec,
    LONG_MS,
  ),
  query: call(
    23,
    struct("query", { contract: address, query: bytes(MAX_SEALED_QUERY_BYTES, "sealed query") }),
    struct("query answer", { answer: bytes(MAX_SEALED_QUERY_ANSWER_BYTES, "sealed query answer") }),
    LONG_MS,
  ),
} as const

const managerKeys = struct("manager keys", {
  beaconKey: fixed(256, "beacon key"),
  contractKey: fixed(256, "contract key"),
  sealed: bytes(MAX_SEALED_SHARE_BYTES, "sealed share"),
})

export const KEY_MANAGER_CALLS = {
  ...COMMON_CALLS,
  /** `sealingKey` stands for the key that hardware derives from itself and the measurement. */
  generate: call(
    30,
    struct("generate", {
      sealingKey: hash,
      sealed: option(bytes(MAX_SEALED_SHARE_BYTES, "sealed share")),
    }),
    managerKeys,
  ),
  advance: call(31, struct("advance", { proof: ChainProofCodec }), viewStatus, LONG_MS),
  beacon: call(
    32,
    struct("beacon", { proof: ChainProofCodec }),
    struct("partial beacon", { managerIndex: u16, epoch: u32, partial: fixed(128, "partial beacon") }),
    LONG_MS,
  ),
  releaseKeys: call(33, KeyRequestBundleCodec, SealedKeyAnswerCodec, LONG_MS),
} as const

export type WorkerHandlers = Handlers<typeof WORKER_CALLS>
export type KeyManagerHandlers = Handlers<typeof KEY_MANAGER_CALLS>
