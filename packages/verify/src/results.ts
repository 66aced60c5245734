import { keccak256, recoverAddress } from "@enigma-discovery/crypto"
import {
  type BatchData,
  DELTA_KIND,
  decodeDelta,
  equalBytes,
  headPreimage,
  isZero,
  MAX_CHECKPOINT_LINKS,
  RECEIPT_STATUS,
  type Receipt,
  resultPreimage,
  storagePreimage,
  type TaskResult,
} from "@enigma-discovery/protocol"
import { verifyErrors } from "./errors.ts"
import { rootAbove } from "./merkle.ts"
import { receiptLeaf, receiptsRoot, type SigningDomain } from "./receipts.ts"

/** State head after a link whose hash is known (PROTOCOL §6.4). */
export const headAfterHash = (previousHead: Uint8Array, linkHash: Uint8Array): Uint8Array =>
  keccak256(headPreimage(previousHead, linkHash))

/** State head after a sealed delta (PROTOCOL §6.4). */
export const nextHead = (previousHead: Uint8Array, delta: Uint8Array): Uint8Array =>
  headAfterHash(previousHead, keccak256(delta))

/** Leaf of one result: what the drawn worker's enclave signs where it made no other with it (PROTOCOL §8.1). */
export const resultDigest = (
  { chainId, enigma }: SigningDomain,
  result: Pick<TaskResult, "contract" | "epoch" | "previousHead" | "receipt">,
): Uint8Array =>
  keccak256(
    resultPreimage(
      chainId,
      enigma,
      result.contract,
      result.epoch,
      result.previousHead,
      receiptLeaf(result.contract, result.receipt),
    ),
  )

/**
 * That a result is of the given enclave, and that the delta and output it brings are those its receipt names. Absent ones
 * are no error: they travel when they are due. @throws VERIFY_WRONG_SIGNER, VERIFY_BATCH_DATA, PROTOCOL_*
 */
export function checkTaskResult(domain: SigningDomain, result: TaskResult, signer: Uint8Array): void {
  requireSigner("result", rootAbove(resultDigest(domain, result), result.proof), result.signature, signer)
  const { receipt, delta, checkpointHashes, output, previousHead } = result
  if (delta !== undefined) checkDelta(receipt, delta, previousHead, checkpointHashes)
  if (
    delta === undefined &&
    receipt.status !== RECEIPT_STATUS.Success &&
    !equalBytes(receipt.headAfter, previousHead)
  ) {
    throw misfit("a failed task moves the head")
  }
  if (output !== undefined && !namesOutput(receipt, keccak256(output))) throw misfit("output")
}

/**
 * Everything of a batch that must outlive its worker, as a neighbour's enclave checks it before it signs a storage receipt
 * (PROTOCOL §8.2): deltas chain from head to head, one for each Success, checkpoints behind some; outputs are those that the receipts name, without
 * those of tasks with callbacks; code hashes to `codeHash` where record 0 is resolved. Returns the receipts' root.
 * @throws VERIFY_BATCH_DATA, PROTOCOL_*
 */
export function checkBatchData(data: BatchData, codeHash: Uint8Array): Uint8Array {
  const { receipts, fromIndex, toIndex } = data
  if (receipts.length === 0 || receipts.length !== toIndex - fromIndex) throw misfit("number of receipts")
  if (receipts.some((receipt, i) => receipt.index !== fromIndex + i)) throw misfit("order of receipts")
  checkDeltas(data)
  checkOutputs(data)
  const needsCode = fromIndex === 0 && receipts[0]!.status === RECEIPT_STATUS.Success
  if (needsCode && data.code === undefined) throw misfit("no code")
  if (data.code !== undefined && (fromIndex !== 0 || !equalBytes(keccak256(data.code), codeHash))) throw misfit("code")
  return receiptsRoot(data.contract, receipts)
}

/** What another worker's enclave signs about data it was shown (PROTOCOL §8.2). */
export const storageDigest = (
  { chainId, enigma }: SigningDomain,
  data: Pick<BatchData, "contract" | "fromIndex" | "toIndex" | "newHead">,
  root: Uint8Array,
): Uint8Array =>
  keccak256(storagePreimage(chainId, enigma, data.contract, data.fromIndex, data.toIndex, data.newHead, root))

/** That a digest was signed by a given 20-byte address. @throws VERIFY_WRONG_SIGNER */
export function requireSigner(what: string, digest: Uint8Array, signature: Uint8Array, signer: Uint8Array): void {
  let got: Uint8Array | undefined
  try {
    got = recoverAddress(digest, signature)
  } catch {
    got = undefined
  }
  if (got === undefined || !equalBytes(got, signer)) throw verifyErrors.make("WRONG_SIGNER", { what })
}

/** A task with callbacks names two outputs; the one that happened is released later. */
const namesOutput = ({ outputHash, fallbackOutputHash }: Receipt, hash: Uint8Array): boolean =>
  equalBytes(hash, outputHash) || (hasCallbacks({ fallbackOutputHash }) && equalBytes(hash, fallbackOutputHash))
const hasCallbacks = ({ fallbackOutputHash }: Pick<Receipt, "fallbackOutputHash">): boolean =>
  !isZero(fallbackOutputHash)

const misfit = (why: string) => verifyErrors.make("BATCH_DATA", { why })

function checkDelta(
  receipt: Receipt,
  delta: Uint8Array,
  previousHead: Uint8Array,
  checkpointHashes: readonly Uint8Array[],
): void {
  const { header } = decodeDelta(delta)
  if (receipt.status !== RECEIPT_STATUS.Success || header.kind !== DELTA_KIND.delta) throw misfit("a delta too many")
  if (header.index !== receipt.index || !equalBytes(header.taskId, receipt.taskId))
    throw misfit("delta of another task")
  if (!equalBytes(header.previousHead, previousHead)) throw misfit("delta on another head")
  const head = checkpointHashes.reduce(headAfterHash, nextHead(previousHead, delta))
  if (!equalBytes(head, receipt.headAfter)) throw misfit("head after a delta")
}

/** One delta a Success; the links of a checkpoint may follow it, and count for the head after the task. */
function checkDeltas({ receipts, deltas, previousHead, newHead }: BatchData): void {
  const isCheckpoint = deltas.map((delta) => decodeDelta(delta).header.kind === DELTA_KIND.checkpoint)
  let at = 0
  let head = previousHead
  for (const receipt of receipts) {
    if (receipt.status === RECEIPT_STATUS.Success) {
      const delta = deltas[at++]
      if (delta === undefined) throw misfit("a delta too few")
      const links: Uint8Array[] = []
      while (isCheckpoint[at]) links.push(deltas[at++]!)
      checkDelta(receipt, delta, head, links.map(keccak256))
      checkCheckpoint(nextHead(head, delta), links)
    } else if (!equalBytes(receipt.headAfter, head)) throw misfit("a failed task moves the head")
    head = receipt.headAfter
  }
  if (at < deltas.length) throw misfit("a delta too many")
  if (!equalBytes(head, newHead)) throw misfit("new head")
}

/** Links are numbered from 0, name the head before the first in the place of a task, and chain. */
function checkCheckpoint(base: Uint8Array, links: readonly Uint8Array[]): void {
  if (links.length > MAX_CHECKPOINT_LINKS) throw misfit("a checkpoint too long")
  let head = base
  for (const [number, link] of links.entries()) {
    const { index, taskId, previousHead } = decodeDelta(link).header
    const isNext = index === number && equalBytes(taskId, base) && equalBytes(previousHead, head)
    if (!isNext) throw misfit("a checkpoint out of place")
    head = nextHead(head, link)
  }
}

/** In receipt order; those of a task with callbacks are not yet anyone's. */
function checkOutputs({ receipts, outputs }: BatchData): void {
  const named = receipts.filter((receipt) => !isZero(receipt.outputHash) && !hasCallbacks(receipt))
  const fits =
    named.length === outputs.length && outputs.every((output, i) => equalBytes(keccak256(output), named[i]!.outputHash))
  if (!fits) throw misfit("outputs")
}
