/** What peers and the chain see of a task: envelope, result, receipt, batch (docs/THREATS.md, "What each party can observe"). */
import {
  type Batch,
  type CommittedReceipt,
  DeltaCodec,
  decode,
  fromHex,
  isZero,
  MAX_DELTA_BYTES,
  MAX_GATEWAY_BODY_BYTES,
  type Receipt,
  ReceiptCodec,
  receiptStatusName,
  SignedBatchCodec,
  type TaskResult,
  TaskResultCodec,
  toHex,
} from "@enigma-discovery/protocol"
import type { Fact } from "./facts.ts"

type Field = readonly [what: string, value: unknown]
const facts = (place: string, fields: readonly Field[]): readonly Fact[] =>
  fields.map(([what, value]) => ({ what: `${place}: ${what}`, value: String(value) }))

const sizeOf = (bytes: Uint8Array | undefined): string => (bytes === undefined ? "none" : String(bytes.length))

export const decodeResult = (raw: string): TaskResult =>
  decode(TaskResultCodec, fromHex(raw, undefined, "task result"), MAX_GATEWAY_BODY_BYTES)

export function envelopeFacts(place: string, envelope: Uint8Array): readonly Fact[] {
  return facts(place, [["envelope, bytes", envelope.length]])
}

/** The result as it is gossiped. */
export function resultFacts(place: string, { receipt, delta, output }: TaskResult): readonly Fact[] {
  return facts(place, [
    ...receiptFields(receipt),
    ["delta, bytes", sizeOf(delta)],
    ["sealed output, bytes", sizeOf(output)],
    ["public state entries", delta === undefined ? "none" : publicEntries(delta)],
  ])
}

function receiptFields(receipt: Receipt): readonly Field[] {
  const { status, gasClass, feeGrains, outputHash, fallbackOutputHash } = receipt
  return [
    ["status", receiptStatusName(status) ?? status],
    ["gas class", gasClass],
    ["fee, grains", feeGrains],
    ["has an output", !isZero(outputHash)],
    ["calls Ethereum", !isZero(fallbackOutputHash)],
  ]
}

/** What the contract declared public stands in clear, so all of it counts. */
function publicEntries(delta: Uint8Array): string {
  const { publicEntries: entries } = decode(DeltaCodec, delta, MAX_DELTA_BYTES).header
  const text = entries.map(({ key, value }) => `${toHex(key)}=${value === undefined ? "removed" : toHex(value)}`)
  return text.join(" ") || "none"
}

/** The batch that committed a task. */
export function committedFacts(place: string, committed: CommittedReceipt): readonly Fact[] {
  const receipt = decode(ReceiptCodec, fromHex(committed.receipt), MAX_GATEWAY_BODY_BYTES)
  const { batch } = decode(SignedBatchCodec, fromHex(committed.batch), MAX_GATEWAY_BODY_BYTES)
  const outputs = committed.outputs.map((output) => (output.length - 2) / 2)
  return facts(`${place}, committed`, [
    ...receiptFields(receipt),
    ...batchFields(batch),
    ["callbacks succeeded", committed.callbacksOk],
    ["sealed outputs, bytes", outputs.join(" ") || "none"],
  ])
}

function batchFields(batch: Batch): readonly Field[] {
  const list = (items: readonly string[]) => items.join("; ") || "none"
  return [
    ["tasks in its batch", batch.toIndex - batch.fromIndex],
    ["fees of its batch, grains", batch.feeGrains],
    ["forfeited, grains", batch.forfeitedGrains],
    ["refunds", list(batch.refunds.map(({ user, amountGrains }) => `${amountGrains} grains to ${toHex(user)}`))],
    ["payouts", list(batch.payouts.map(({ token, to, amount }) => `${amount} of ${toHex(token)} to ${toHex(to)}`))],
    ["missing", list(batch.missing.map(String))],
    [
      "callbacks",
      list(
        batch.callbacks.map(({ target, gasLimit, data }) => `${toHex(target)} with ${gasLimit} gas: ${toHex(data)}`),
      ),
    ],
  ]
}
