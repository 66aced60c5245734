/** A batch as the calldata of `commitBatch`, and back. */
import { enigmaInterface } from "@enigma-discovery/chain/follow"
import {
  type Batch,
  bigintToBytes,
  bytesToBigint,
  concatBytes,
  fromHex,
  packCallbacks,
  type SignedBatch,
  toHex,
  unpackCallbacks,
} from "@enigma-discovery/protocol"
import { leafHash } from "@enigma-discovery/verify"
import { Signature } from "ethers"
import type { RecordRow } from "../store/tables.ts"

/** The Solidity struct of IBatches (PROTOCOL §4.5). `rows`: the batch's last record and the later ones up to a stored link. */
export function batchArgument(
  batch: Batch,
  signature: Uint8Array,
  previousLink: Uint8Array,
  rows: readonly RecordRow[],
): Readonly<Record<string, unknown>> {
  const { r, yParityAndS: vs } = Signature.from(toHex(signature))
  return {
    secretContract: toHex(batch.contract),
    epoch: batch.epoch,
    fromIndex: batch.fromIndex,
    toIndex: batch.toIndex,
    previousLink: toHex(previousLink),
    leaf: toHex(leafHash(rows[0]!.record)),
    cumLockedGrains: batch.cumLockedGrains,
    previousHead: toHex(batch.previousHead),
    newHead: toHex(batch.newHead),
    fallbackHead: toHex(batch.fallbackHead),
    receiptsRoot: toHex(batch.receiptsRoot),
    feeGrains: batch.feeGrains,
    forfeitedGrains: batch.forfeitedGrains,
    validUntilBlock: batch.validUntilBlock,
    refunds: batch.refunds.map(({ user, amountGrains }) => toHex(concatBytes(user, bigintToBytes(amountGrains, 12)))),
    extras: extrasOf(batch, rows.slice(1)),
    r,
    vs,
  }
}

/** What most batches have not: none at all when every list is empty. */
function extrasOf(batch: Batch, laterRows: readonly RecordRow[]): readonly Readonly<Record<string, unknown>>[] {
  const { missing } = batch
  const payouts = batch.payouts.map(({ token, to, amount, fallbackTo }) => ({
    token: toHex(token),
    to: toHex(to),
    amount,
    fallbackTo: toHex(fallbackTo),
  }))
  const callbacks = toHex(packCallbacks(batch.callbacks))
  const later = laterRows.map(({ record, cumLockedGrains }) => ({ leaf: toHex(leafHash(record)), cumLockedGrains }))
  const isEmpty = [payouts, missing, batch.callbacks, later].every((entries) => entries.length === 0)
  return isEmpty ? [] : [{ payouts, missing, callbacks, later }]
}

/** Batches in the calldata of `commitBatch` or `commitBatches`; none when it is another call. Their links are not in it. */
export function parseCommits(input: Uint8Array): readonly SignedBatch[] {
  try {
    const call = enigmaInterface.parseTransaction({ data: toHex(input) })
    if (call?.name === "commitBatch") return [batchOf(call.args[0])]
    if (call?.name !== "commitBatches") return []
    const [type] = enigmaInterface.getFunction("commitBatch")!.inputs
    const coder = enigmaInterface.getAbiCoder()
    return list(call.args[0]).map((raw) => batchOf(coder.decode([type!], String(raw))[0]))
  } catch {
    return []
  }
}

type Fields = Readonly<Record<string, unknown>>
const word = (value: unknown) => fromHex(String(value), 32)
const account = (value: unknown) => fromHex(String(value), 20)
const int = (value: unknown) => BigInt(value as bigint)
const list = (value: unknown) => [...(value as readonly unknown[])]

function batchOf(value: unknown): SignedBatch {
  const b = value as Fields
  const [extras = { payouts: [], missing: [], callbacks: "0x" }] = list(b.extras) as Fields[]
  const batch: Batch = {
    contract: account(b.secretContract),
    epoch: Number(b.epoch),
    fromIndex: Number(b.fromIndex),
    toIndex: Number(b.toIndex),
    link: new Uint8Array(32),
    cumLockedGrains: int(b.cumLockedGrains),
    previousHead: word(b.previousHead),
    newHead: word(b.newHead),
    fallbackHead: word(b.fallbackHead),
    receiptsRoot: word(b.receiptsRoot),
    feeGrains: int(b.feeGrains),
    forfeitedGrains: int(b.forfeitedGrains),
    refunds: list(b.refunds).map((refund) => {
      const raw = word(refund)
      return { user: raw.slice(0, 20), amountGrains: bytesToBigint(raw.subarray(20)) }
    }),
    payouts: (list(extras.payouts) as Fields[]).map((p) => ({
      token: account(p.token),
      to: account(p.to),
      amount: int(p.amount),
      fallbackTo: account(p.fallbackTo),
    })),
    missing: list(extras.missing).map(Number),
    callbacks: unpackCallbacks(fromHex(String(extras.callbacks))),
    validUntilBlock: int(b.validUntilBlock),
  }
  return { batch, signature: fromHex(Signature.from({ r: String(b.r), yParityAndS: String(b.vs) }).serialized) }
}
