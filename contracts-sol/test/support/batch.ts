/** Batches as an enclave makes and signs them (PROTOCOL §4), from a queue rebuilt from events. */
import {
  BATCH_TYPE,
  type Batch,
  batchStructPreimage,
  callbacksPreimage,
  EIP712_DOMAIN,
  fromHex,
  type Hex,
  missingPreimage,
  packCallbacks,
  payoutsPreimage,
  type Receipt,
  receiptLeafPreimage,
  refundsPreimage,
  refundWord,
  toHex,
  unpackCallbacks,
} from "@enigma-discovery/protocol"
import { concat, id, keccak256, type SigningKey, TypedDataEncoder, toUtf8Bytes, ZeroAddress } from "ethers"
import type { IBatches } from "../../../types/ethers-contracts/index.ts"
import { keccak, merkle } from "./hash.ts"
import { laterRecords, type QueueModel } from "./queue.ts"

const ZERO = `0x${"00".repeat(32)}`
const hex = (value: string): Uint8Array => fromHex(value.toLowerCase() as Hex)

export interface BatchOptions {
  readonly epoch: number
  /** One past the last record; all waiting ones when absent. */
  readonly toIndex?: number
  readonly newHead?: string
  readonly fallbackHead?: string
  readonly callbacks?: readonly { target: string; gasLimit: number | bigint; data: string }[]
  /** Of the i-th record in the batch: grains refunded to its sender. Half the lock when absent. */
  readonly refund?: (lockedGrains: bigint, index: number) => bigint
  readonly payouts?: readonly { token: string; to: string; amount: bigint; fallbackTo?: string }[]
  readonly missing?: readonly number[]
  readonly forfeitedGrains?: bigint
  /** The block before the next scheduled start. */
  readonly validUntilBlock: bigint | number
  readonly status?: (index: number) => Receipt["status"]
}

export interface MadeBatch {
  /** What `commitBatch` takes; the signature still empty. */
  readonly call: IBatches.BatchStruct
  readonly link: string
  readonly receipts: readonly Receipt[]
  readonly proofs: readonly string[][]
}

/** A batch over the oldest waiting records, its money conserved. */
export function makeBatch(queue: QueueModel, options: BatchOptions): MadeBatch {
  const toIndex = options.toIndex ?? queue.tasks.length
  const tasks = queue.tasks.slice(queue.committed, toIndex)
  const last = tasks.at(-1)
  if (last === undefined) throw new Error("nothing to commit")
  const before = queue.committed === 0 ? 0n : queue.tasks[queue.committed - 1]!.cumLockedGrains
  const refundOf = options.refund ?? ((locked: bigint) => locked / 2n)
  const refunds = new Map<string, bigint>()
  for (const task of tasks) {
    const grains = refundOf(task.lockedGrains, task.index)
    if (grains > 0n) refunds.set(task.sender, (refunds.get(task.sender) ?? 0n) + grains)
  }
  const forfeitedGrains = options.forfeitedGrains ?? 0n
  const refunded = [...refunds.values()].reduce((sum, grains) => sum + grains, 0n)
  const callbacks = options.callbacks ?? []
  const newHead = options.newHead ?? keccak256(concat([queue.head, last.link]))
  const receipts = tasks.map(
    (task): Receipt => ({
      index: task.index,
      taskId: hex(task.link),
      status: options.status?.(task.index) ?? 1,
      gasClass: 1024n,
      feeGrains: task.lockedGrains - refundOf(task.lockedGrains, task.index),
      outputHash: hex(id(`output ${task.index}`)),
      fallbackOutputHash: callbacks.length > 0 && task === last ? hex(id(`fallback ${task.index}`)) : hex(ZERO),
      headAfter: hex(newHead),
    }),
  )
  const { root, proofs } = merkle(receipts.map((r) => toHex(keccak(receiptLeafPreimage(hex(queue.contract), r)))))
  const call: IBatches.BatchStruct = {
    secretContract: queue.contract,
    epoch: options.epoch,
    fromIndex: queue.committed,
    toIndex,
    previousLink: toIndex === 1 ? queue.genesisLink : queue.tasks[toIndex - 2]!.link,
    cumLockedGrains: last.cumLockedGrains,
    previousHead: queue.head,
    newHead,
    fallbackHead: options.fallbackHead ?? (callbacks.length > 0 ? queue.head : ZERO),
    receiptsRoot: root,
    feeGrains: last.cumLockedGrains - before - refunded - forfeitedGrains,
    forfeitedGrains,
    leaf: last.leaf,
    validUntilBlock: options.validUntilBlock,
    r: ZERO,
    vs: ZERO,
    refunds: [...refunds].map(([user, amountGrains]) => toHex(refundWord({ user: hex(user), amountGrains }))),
    extras: extrasOf({
      payouts: (options.payouts ?? []).map((payout) => ({ fallbackTo: ZeroAddress, ...payout })),
      missing: [...(options.missing ?? [])],
      callbacks: packed(callbacks),
      later: laterRecords(queue, toIndex - 1),
    }),
  }
  return { call, link: last.link, receipts, proofs }
}

export const NO_EXTRAS: IBatches.ExtrasStruct = { payouts: [], missing: [], callbacks: "0x", later: [] }

/** Calls as calldata holds them (PROTOCOL §4.5). */
export function packed(calls: readonly { target: string; gasLimit: number | bigint; data: string }[]): string {
  const callbacks = calls.map((c) => ({ target: hex(c.target), gasLimit: BigInt(c.gasLimit), data: hex(c.data) }))
  return toHex(packCallbacks(callbacks))
}

/** One when there is anything in it, else none. */
function extrasOf(extras: IBatches.ExtrasStruct): IBatches.ExtrasStruct[] {
  const lists = [extras.payouts, extras.missing, unpackCallbacks(hex(String(extras.callbacks))), extras.later]
  return lists.some((list) => list.length > 0) ? [extras] : []
}

/** The digest an enclave signs, computed with the protocol package's preimages. */
export function batchDigest(call: IBatches.BatchStruct, link: string, chainId: bigint, enigma: string): string {
  const extras = call.extras[0] ?? NO_EXTRAS
  const callbacks = unpackCallbacks(hex(String(extras.callbacks)))
  const refunds = call.refunds.map((word) => hex(String(word)))
  const batch: Batch = {
    contract: hex(String(call.secretContract)),
    epoch: Number(call.epoch),
    fromIndex: Number(call.fromIndex),
    toIndex: Number(call.toIndex),
    link: hex(link),
    cumLockedGrains: BigInt(call.cumLockedGrains),
    previousHead: hex(String(call.previousHead)),
    newHead: hex(String(call.newHead)),
    fallbackHead: hex(String(call.fallbackHead)),
    receiptsRoot: hex(String(call.receiptsRoot)),
    feeGrains: BigInt(call.feeGrains),
    forfeitedGrains: BigInt(call.forfeitedGrains),
    refunds: refunds.map((word) => ({ user: word.slice(0, 20), amountGrains: BigInt(toHex(word.slice(20))) })),
    payouts: extras.payouts.map((p) => ({
      token: hex(String(p.token)),
      to: hex(String(p.to)),
      amount: BigInt(p.amount),
      fallbackTo: hex(String(p.fallbackTo)),
    })),
    missing: extras.missing.map(Number),
    callbacks,
    validUntilBlock: BigInt(call.validUntilBlock),
  }
  const struct = keccak(
    batchStructPreimage(keccak(toUtf8Bytes(BATCH_TYPE)), batch, {
      refundsHash: keccak(refundsPreimage(batch.refunds)),
      payoutsHash: keccak(payoutsPreimage(batch.payouts)),
      missingHash: keccak(missingPreimage(batch.missing)),
      callbacksHash: keccak(
        callbacksPreimage(
          callbacks,
          callbacks.map((c) => keccak(c.data)),
        ),
      ),
    }),
  )
  const domain = TypedDataEncoder.hashDomain({ ...EIP712_DOMAIN, chainId, verifyingContract: enigma })
  return keccak256(concat(["0x1901", domain, struct]))
}

/** Signs the digest itself; the chain takes the short form (EIP-2098). */
export function signBatch(made: MadeBatch, key: SigningKey, chainId: bigint, enigma: string): IBatches.BatchStruct {
  const { r, yParityAndS } = key.sign(batchDigest(made.call, made.link, chainId, enigma))
  return { ...made.call, r, vs: yParityAndS }
}
