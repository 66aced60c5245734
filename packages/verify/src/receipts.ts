import { eip712Digest, eip712DomainSeparator, keccak256, recoverAddress } from "@enigma-discovery/crypto"
import {
  BATCH_TYPE,
  type Batch,
  type BatchListHashes,
  batchStructPreimage,
  callbackFailedRootPreimage,
  callbacksPreimage,
  EIP712_DOMAIN,
  equalBytes,
  missingPreimage,
  payoutsPreimage,
  RECEIPT_RING_SIZE,
  type Receipt,
  receiptLeafPreimage,
  refundsPreimage,
  type SignedBatch,
  utf8Bytes,
} from "@enigma-discovery/protocol"
import type { Claim } from "./claim.ts"
import { verifyErrors } from "./errors.ts"
import { merkleRoot, verifyMerkleProof } from "./merkle.ts"
import { SLOT } from "./storage.ts"
import { wordBytes } from "./storage-words.ts"

/** The Enigma that a signature is for. */
export interface SigningDomain {
  readonly chainId: bigint
  /** 20-byte address of the Enigma proxy. */
  readonly enigma: Uint8Array
}

/** PROTOCOL §4.1. */
export const receiptLeaf = (contract: Uint8Array, receipt: Receipt): Uint8Array =>
  keccak256(receiptLeafPreimage(contract, receipt))

/** Root over receipts in index order (PROTOCOL §4.1). @throws VERIFY_TREE_EMPTY */
export const receiptsRoot = (contract: Uint8Array, receipts: readonly Receipt[]): Uint8Array =>
  merkleRoot(receipts.map((receipt) => receiptLeaf(contract, receipt)))

/** What the ring holds for a batch whose callbacks failed (PROTOCOL §4.4). */
export const callbackFailedRoot = (contract: Uint8Array, root: Uint8Array): Uint8Array =>
  keccak256(callbackFailedRootPreimage(contract, root))

/** `callbacksOk`: the batch's callbacks succeeded, or it had none; false makes its last receipt CallbackFailed. */
export interface VerifiedReceipt {
  readonly callbacksOk: boolean
}

/**
 * That a receipt is in the batch of root `root`, and that the ring on chain holds that root, either as it is or as that of a
 * batch whose callbacks failed. @throws VERIFY_RECEIPT_MISMATCH
 */
export function checkReceipt(
  contract: Uint8Array,
  receipt: Receipt,
  proof: readonly Uint8Array[],
  root: Uint8Array,
  ringEntry: Uint8Array,
): VerifiedReceipt {
  const callbacksOk = equalBytes(ringEntry, root)
  const isRoot = callbacksOk || equalBytes(ringEntry, callbackFailedRoot(contract, root))
  if (!isRoot || !verifyMerkleProof(root, receiptLeaf(contract, receipt), proof)) {
    throw verifyErrors.make("RECEIPT_MISMATCH", { index: receipt.index })
  }
  return { callbacksOk }
}

/** The ring's entry for batch number `batch` of a contract (counted from 0), 32 bytes; zero when empty. */
export function* receiptRootClaim(contract: Uint8Array, batch: number): Claim<Uint8Array> {
  const [word] = yield [SLOT.receiptRoot(contract, batch)]
  return wordBytes(word!)
}

/** All entries of a contract's ring, for whoever does not know a batch's number. */
export function* receiptRingClaim(contract: Uint8Array): Claim<readonly Uint8Array[]> {
  const ring = yield Array.from({ length: RECEIPT_RING_SIZE }, (_, batch) => SLOT.receiptRoot(contract, batch))
  return ring.map(wordBytes)
}

const BATCH_TYPE_HASH = keccak256(utf8Bytes(BATCH_TYPE))

/** EIP-712 domain separator of every typed signature of the protocol (PROTOCOL §4.3). */
export const enigmaDomainSeparator = ({ chainId, enigma }: SigningDomain): Uint8Array =>
  eip712DomainSeparator({ ...EIP712_DOMAIN, chainId, verifyingContract: enigma })

/** Hashes that stand for a batch's lists (PROTOCOL §4.3). */
export const batchListHashes = (batch: Batch): BatchListHashes => ({
  refundsHash: keccak256(refundsPreimage(batch.refunds)),
  payoutsHash: keccak256(payoutsPreimage(batch.payouts)),
  missingHash: keccak256(missingPreimage(batch.missing)),
  callbacksHash: keccak256(
    callbacksPreimage(
      batch.callbacks,
      batch.callbacks.map(({ data }) => keccak256(data)),
    ),
  ),
})

/** What the drawn worker's enclave signs (PROTOCOL §4.3). */
export const batchDigest = (domain: SigningDomain, batch: Batch): Uint8Array =>
  eip712Digest(
    enigmaDomainSeparator(domain),
    keccak256(batchStructPreimage(BATCH_TYPE_HASH, batch, batchListHashes(batch))),
  )

/** 20-byte address of the enclave that signed. @throws CRYPTO_BAD_SIGNATURE */
export const batchSigner = (domain: SigningDomain, { batch, signature }: SignedBatch): Uint8Array =>
  recoverAddress(batchDigest(domain, batch), signature)

/** Exact conservation (PROTOCOL §4.3). @throws VERIFY_CONSERVATION */
export function checkConservation(batch: Batch, cumCommittedGrains: bigint): void {
  const refunds = batch.refunds.reduce((sum, { amountGrains }) => sum + amountGrains, 0n)
  const out = batch.feeGrains + batch.forfeitedGrains + refunds
  const locked = BigInt.asUintN(64, batch.cumLockedGrains - cumCommittedGrains)
  if (out !== locked) throw verifyErrors.make("CONSERVATION", { out, locked })
}
