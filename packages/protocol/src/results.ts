/** What workers say about tasks before and at a batch (PROTOCOL §8). */
import { words } from "./bytes.ts"
import { address, bytes, type Decoded, hash, list, option, signature, struct, u32 } from "./codec.ts"
import {
  MAX_CHECKPOINT_LINKS,
  MAX_CODE_BYTES,
  MAX_DELTA_BYTES,
  MAX_QUEUE_LENGTH,
  MAX_SEALED_OUTPUT_BYTES,
} from "./limits.ts"
import { ReceiptCodec, SignedBatchCodec } from "./receipts.ts"
import { TAG } from "./tags.ts"

/** Levels of the tree over the results that one signature covers: as many as a queue holds. */
export const MAX_RESULT_PROOF_LENGTH = 11
/**
 * §8.1: a task's result before its batch: the receipt as it will be committed if nothing re-orgs, with the delta and the
 * sealed output it speaks of. The drawn worker's enclave signs the root over the leaves (keccak256 of `resultPreimage`) of
 * the results it made in one run; `proof` leads from this one's leaf to it.
 */
export const TaskResultCodec = struct("task result", {
  contract: address,
  epoch: u32,
  workerId: u32,
  receipt: ReceiptCodec,
  previousHead: hash,
  signature,
  proof: list(hash, MAX_RESULT_PROOF_LENGTH, "result proof"),
  delta: option(bytes(MAX_DELTA_BYTES, "delta")),
  /** Hashes of the links of the checkpoint that follows the delta, if one does; the links come with the batch. */
  checkpointHashes: list(hash, MAX_CHECKPOINT_LINKS, "checkpoint hashes"),
  output: option(bytes(MAX_SEALED_OUTPUT_BYTES, "sealed output")),
})
export type TaskResult = Decoded<typeof TaskResultCodec>
/** §8.1: 7 words; `receiptLeaf` is the receipt's leaf hash. */
export const resultPreimage = (
  chainId: bigint,
  enigma: Uint8Array,
  contract: Uint8Array,
  epoch: number,
  previousHead: Uint8Array,
  receiptLeaf: Uint8Array,
): Uint8Array => words(TAG.RESULT, chainId, enigma, contract, epoch, previousHead, receiptLeaf)

/** §8.2: everything of a batch that must outlive its worker. */
export const BatchDataCodec = struct("batch data", {
  contract: address,
  epoch: u32,
  fromIndex: u32,
  toIndex: u32,
  previousHead: hash,
  newHead: hash,
  receipts: list(ReceiptCodec, MAX_QUEUE_LENGTH),
  deltas: list(bytes(MAX_DELTA_BYTES, "delta"), 2 * MAX_QUEUE_LENGTH),
  outputs: list(bytes(MAX_SEALED_OUTPUT_BYTES, "sealed output"), 2 * MAX_QUEUE_LENGTH),
  /** The contract's code, in the batch that resolves record 0. */
  code: option(bytes(MAX_CODE_BYTES, "code")),
})
export type BatchData = Decoded<typeof BatchDataCodec>

/** §8.2: storage receipt, 8 words: the signer's enclave saw all bytes of the batch and its host keeps them. */
export const storagePreimage = (
  chainId: bigint,
  enigma: Uint8Array,
  contract: Uint8Array,
  fromIndex: number,
  toIndex: number,
  newHead: Uint8Array,
  receiptsRoot: Uint8Array,
): Uint8Array => words(TAG.STORAGE, chainId, enigma, contract, fromIndex, toIndex, newHead, receiptsRoot)
export const StorageReceiptCodec = struct("storage receipt", { workerId: u32, signature })
export type StorageReceipt = Decoded<typeof StorageReceiptCodec>

/** A batch with what followers keep of it. */
export const CommittedBatchCodec = struct("committed batch", {
  signed: SignedBatchCodec,
  receipts: list(ReceiptCodec, MAX_QUEUE_LENGTH),
})
