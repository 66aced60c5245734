/** What a node keeps, as typed tables over one byte store. */
import {
  address,
  type BatchData,
  BatchDataCodec,
  bool,
  bytes,
  concatBytes,
  type Decoded,
  encode,
  hash,
  MAX_CODE_BYTES,
  MAX_ENVELOPE_BYTES,
  type SignedBatch,
  SignedBatchCodec,
  struct,
  TaskRecordCodec,
  type TaskResult,
  TaskResultCodec,
  u32,
  u64,
} from "@enigma-discovery/protocol"
import type { ByteStore } from "./byte-store.ts"
import { type Repository, repository } from "./repository.ts"

const RecordRowCodec = struct("record row", {
  record: TaskRecordCodec,
  cumLockedGrains: u64,
  /** The record's link. */
  taskId: hash,
  transactionHash: hash,
})
/** A record with what follows from all records before it. */
export type RecordRow = Decoded<typeof RecordRowCodec>

const ContractRowCodec = struct("contract row", {
  contract: address,
  deployer: address,
  codeHash: hash,
  userSalt: hash,
  blockNumber: u64,
})
export type ContractRow = Decoded<typeof ContractRowCodec>

const BatchRowCodec = struct("batch row", {
  contract: address,
  fromIndex: u32,
  toIndex: u32,
  workerId: u32,
  receiptsRoot: hash,
  /** State head after it. */
  head: hash,
  callbacksFailed: bool,
  /** Ended by settlement after expiry: no receipts, the head did not move. */
  settled: bool,
  transactionHash: hash,
  blockNumber: u64,
})
export type BatchRow = Decoded<typeof BatchRowCodec>

const EpochRowCodec = struct("epoch row", { epoch: u32, openedAtBlock: u64, scheduledStartBlock: u64, seed: hash })
export type EpochRow = Decoded<typeof EpochRowCodec>

const EnvelopeRowCodec = struct("envelope row", {
  contract: address,
  sender: address,
  envelope: bytes(MAX_ENVELOPE_BYTES, "envelope"),
  receivedAtMs: u64,
})
export type EnvelopeRow = Decoded<typeof EnvelopeRowCodec>

export interface Placed {
  readonly contract: Uint8Array
  readonly index: number
}
export const placedKey = ({ contract, index }: Placed): Uint8Array => concatBytes(contract, encode(u32, index))
export interface DataKey extends Placed {
  readonly receiptsRoot: Uint8Array
}
const same = (key: Uint8Array) => key

export interface Tables {
  readonly store: ByteStore
  readonly meta: Repository<string, Uint8Array>
  readonly envelopes: Repository<Uint8Array, EnvelopeRow>
  readonly codes: Repository<Uint8Array, Uint8Array>
  /** By the batch's first index and root: several may wait for one place until the chain decides. */
  readonly batchData: Repository<DataKey, BatchData>
  readonly results: Repository<Placed, TaskResult>
  readonly records: Repository<Placed, RecordRow>
  readonly batches: Repository<Placed, BatchRow>
  readonly ledger: Repository<number, Uint8Array>
  readonly contracts: Repository<Uint8Array, ContractRow>
  readonly epochs: Repository<number, EpochRow>
  readonly journal: Repository<Uint8Array, Uint8Array>
  readonly signedBatches: Repository<Placed, SignedBatch>
}

export function createTables(store: ByteStore): Tables {
  const utf8 = new TextEncoder()
  const number = (n: number) => encode(u32, n)
  return {
    store,
    meta: repository(store, "meta", (name) => utf8.encode(name), bytes(1_048_576, "meta value")),
    envelopes: repository(store, "envelope", same, EnvelopeRowCodec),
    codes: repository(store, "code", same, bytes(MAX_CODE_BYTES, "code")),
    batchData: repository(store, "batchData", (key) => concatBytes(placedKey(key), key.receiptsRoot), BatchDataCodec),
    results: repository(store, "result", placedKey, TaskResultCodec),
    records: repository(store, "record", placedKey, RecordRowCodec),
    batches: repository(store, "batch", placedKey, BatchRowCodec),
    ledger: repository(store, "ledger", number, bytes(4_194_304, "ledger entry")),
    contracts: repository(store, "contract", same, ContractRowCodec),
    epochs: repository(store, "epoch", number, EpochRowCodec),
    journal: repository(store, "journal", same, bytes(256, "journal entry")),
    signedBatches: repository(store, "signedBatch", placedKey, SignedBatchCodec),
  }
}
