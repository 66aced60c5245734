/** Receipts and batches (PROTOCOL §4). */
import { bigintToBytes, bytesToBigint, concatBytes, words } from "./bytes.ts"
import { address, bytes, type Decoded, hash, list, oneOf, signature, struct, u32, u64, u128 } from "./codec.ts"
import { protocolErrors } from "./errors.ts"
import { MAX_CALLBACK_DATA_BYTES, MAX_CALLBACKS, MAX_QUEUE_LENGTH } from "./limits.ts"
import { TAG } from "./tags.ts"
import { RECEIPT_STATUSES } from "./tasks.ts"

/**
 * What is public of one finished task. `outputHash` is the Keccak-256 of the sealed output (zero: none);
 * `fallbackOutputHash` that of the output released if the callbacks fail (zero: the task has no callback);
 * `headAfter` the state head after the task, callbacks succeeding.
 */
export const ReceiptCodec = struct("receipt", {
  index: u32,
  taskId: hash,
  status: oneOf("receipt status", RECEIPT_STATUSES),
  gasClass: u64,
  feeGrains: u64,
  outputHash: hash,
  fallbackOutputHash: hash,
  headAfter: hash,
})
export type Receipt = Decoded<typeof ReceiptCodec>

/** §4.1: receipt leaf, 10 words. Not 64 bytes long, so no inner node of the tree can pass for a leaf. */
export const receiptLeafPreimage = (contract: Uint8Array, r: Receipt): Uint8Array =>
  words(
    TAG.RECEIPT,
    contract,
    r.index,
    r.taskId,
    r.status,
    r.gasClass,
    r.feeGrains,
    r.outputHash,
    r.fallbackOutputHash,
    r.headAfter,
  )

/** A call that the secret contract's account makes on Ethereum. */
export const CallbackCodec = struct("callback", {
  target: address,
  gasLimit: u64,
  data: bytes(MAX_CALLBACK_DATA_BYTES, "callback data"),
})
export type Callback = Decoded<typeof CallbackCodec>

/** A user's share of what was locked and not spent. */
export const RefundCodec = struct("refund", { user: address, amountGrains: u64 })
export type Refund = Decoded<typeof RefundCodec>

/**
 * A payable task's token, moved in the internal ledger: to the contract's account, or back to the sender. `fallbackTo`: whose
 * it is if the batch's callbacks fail, the sender of the task that makes them; zero for every other task.
 */
export const PayoutCodec = struct("payout", { token: address, to: address, amount: u128, fallbackTo: address })
export type Payout = Decoded<typeof PayoutCodec>

/** One item of a commit: everything the enclave signed, besides what the chain knows itself. */
export const BatchCodec = struct("batch", {
  contract: address,
  epoch: u32,
  fromIndex: u32,
  toIndex: u32,
  link: hash,
  cumLockedGrains: u64,
  previousHead: hash,
  newHead: hash,
  fallbackHead: hash,
  receiptsRoot: hash,
  feeGrains: u64,
  forfeitedGrains: u64,
  refunds: list(RefundCodec, MAX_QUEUE_LENGTH),
  payouts: list(PayoutCodec, MAX_QUEUE_LENGTH),
  missing: list(u32, MAX_QUEUE_LENGTH),
  callbacks: list(CallbackCodec, MAX_CALLBACKS),
  validUntilBlock: u64,
})
export type Batch = Decoded<typeof BatchCodec>
export const SignedBatchCodec = struct("signed batch", { batch: BatchCodec, signature })
export type SignedBatch = Decoded<typeof SignedBatchCodec>

/** §4.2: a refund as one word on chain: user in the high 160 bits, grains in the low 96. */
export const refundWord = (r: Refund): Uint8Array => concatBytes(r.user, bigintToBytes(r.amountGrains, 12))
/** §4.3: what `refundsHash` is the Keccak-256 of: the words one after the other. */
export const refundsPreimage = (refunds: readonly Refund[]): Uint8Array => concatBytes(...refunds.map(refundWord))
/** §4.3: four words a payout. */
export const payoutsPreimage = (payouts: readonly Payout[]): Uint8Array =>
  concatBytes(...payouts.map((p) => words(p.token, p.to, p.amount, p.fallbackTo)))
/** §4.3: one word a missing index, ascending. */
export const missingPreimage = (missing: readonly number[]): Uint8Array => words(...missing)
/** §4.3: three words a callback; `dataHashes` are the Keccak-256 of each callback's data. */
export const callbacksPreimage = (callbacks: readonly Callback[], dataHashes: readonly Uint8Array[]): Uint8Array =>
  concatBytes(...callbacks.map((c, i) => words(c.target, c.gasLimit, dataHashes[i]!)))

const CALLBACK_HEAD_BYTES = 32
const CALLBACK_GAS_BYTES = 4
const CALLBACK_SIZE_BYTES = 8

/** §4.5: callbacks as calldata holds them: target 20 bytes, gas limit 4, size 8, data. @throws PROTOCOL_OUT_OF_RANGE */
export const packCallbacks = (callbacks: readonly Callback[]): Uint8Array =>
  concatBytes(
    ...callbacks.flatMap(({ target, gasLimit, data }) => [
      target,
      bigintToBytes(gasLimit, CALLBACK_GAS_BYTES),
      bigintToBytes(BigInt(data.length), CALLBACK_SIZE_BYTES),
      data,
    ]),
  )

/**
 * Reads them back. @throws PROTOCOL_NOT_CANONICAL when the bytes are not whole callbacks, PROTOCOL_TOO_LARGE for too many or
 * too much data
 */
export function unpackCallbacks(given: Uint8Array): readonly Callback[] {
  const packed = Uint8Array.from(given) // what is read never aliases the caller's bytes
  const callbacks: Callback[] = []
  for (let at = 0; at < packed.length; ) {
    const head = packed.subarray(at, at + CALLBACK_HEAD_BYTES)
    if (head.length < CALLBACK_HEAD_BYTES) throw protocolErrors.make("NOT_CANONICAL", { what: "callbacks" })
    const size = bytesToBigint(head.subarray(24))
    at += CALLBACK_HEAD_BYTES
    if (size > MAX_CALLBACK_DATA_BYTES)
      throw protocolErrors.make("TOO_LARGE", { what: "callback data", got: size, max: MAX_CALLBACK_DATA_BYTES })
    if (callbacks.length === MAX_CALLBACKS)
      throw protocolErrors.make("TOO_LARGE", { what: "callbacks", got: MAX_CALLBACKS + 1, max: MAX_CALLBACKS })
    const data = packed.subarray(at, at + Number(size))
    if (data.length < size) throw protocolErrors.make("NOT_CANONICAL", { what: "callbacks" })
    at += data.length
    callbacks.push(
      Object.freeze({ target: head.subarray(0, 20), gasLimit: bytesToBigint(head.subarray(20, 24)), data }),
    )
  }
  return callbacks
}

/** §4.3: EIP-712 domain of every typed signature of this protocol. */
export const EIP712_DOMAIN = { name: "Enigma", version: "1" } as const
export const BATCH_TYPE =
  "Batch(address secretContract,uint32 epoch,uint32 fromIndex,uint32 toIndex,bytes32 link,uint64 cumLockedGrains,bytes32 previousHead,bytes32 newHead,bytes32 fallbackHead,bytes32 receiptsRoot,uint64 feeGrains,uint64 forfeitedGrains,bytes32 refundsHash,bytes32 payoutsHash,bytes32 missingHash,bytes32 callbacksHash,uint64 validUntilBlock)"

/** Hashes that stand in for a batch's lists in its digest. */
export interface BatchListHashes {
  readonly refundsHash: Uint8Array
  readonly payoutsHash: Uint8Array
  readonly missingHash: Uint8Array
  readonly callbacksHash: Uint8Array
}
/** §4.3: EIP-712 struct hash preimage, 18 words; `typeHash` = keccak256(BATCH_TYPE). */
export const batchStructPreimage = (typeHash: Uint8Array, b: Batch, h: BatchListHashes): Uint8Array =>
  words(
    typeHash,
    b.contract,
    b.epoch,
    b.fromIndex,
    b.toIndex,
    b.link,
    b.cumLockedGrains,
    b.previousHead,
    b.newHead,
    b.fallbackHead,
    b.receiptsRoot,
    b.feeGrains,
    b.forfeitedGrains,
    h.refundsHash,
    h.payoutsHash,
    h.missingHash,
    h.callbacksHash,
    b.validUntilBlock,
  )

/** §4.4: what the ring holds for a batch whose callbacks failed is keccak256 of this instead of the root itself. */
export const callbackFailedRootPreimage = (contract: Uint8Array, receiptsRoot: Uint8Array): Uint8Array =>
  words(TAG.CALLBACK_FAILED, contract, receiptsRoot)

/** §4.5: the info word of the `BatchCommitted` event. */
export interface BatchInfo {
  readonly fromIndex: number
  readonly toIndex: number
  readonly workerId: number
  readonly callbacksFailed: boolean
}
/** §4.5, from bit 0 up: fromIndex u32 | toIndex u32 | workerId u24 | callbacksFailed u8. @throws PROTOCOL_OUT_OF_RANGE */
export function unpackBatchInfo(word: bigint): BatchInfo {
  const max = (1n << 89n) - 1n
  if (word < 0n || word > max) throw protocolErrors.make("OUT_OF_RANGE", { what: "batch info", got: word, min: 0, max })
  const field = (shift: bigint, bits: bigint) => Number((word >> shift) & ((1n << bits) - 1n))
  return {
    fromIndex: field(0n, 32n),
    toIndex: field(32n, 32n),
    workerId: field(64n, 24n),
    callbacksFailed: word >> 88n === 1n,
  }
}
export const packBatchInfo = (info: BatchInfo): bigint =>
  BigInt(info.fromIndex) |
  (BigInt(info.toIndex) << 32n) |
  (BigInt(info.workerId) << 64n) |
  (info.callbacksFailed ? 1n << 88n : 0n)

/** §6.4: state head after a delta: keccak256(previousHead, keccak256(sealed delta)). */
export const headPreimage = (previousHead: Uint8Array, deltaHash: Uint8Array): Uint8Array =>
  words(previousHead, deltaHash)
