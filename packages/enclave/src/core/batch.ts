import {
  type Batch,
  type BatchData,
  DUST_GRAINS,
  lastBlockOfSchedule,
  type Payout,
  RECEIPT_STATUS,
  type Refund,
  toHex,
} from "@enigma-discovery/protocol"
import { checkConservation, receiptsRoot } from "@enigma-discovery/verify"
import { BATCH_GAS, BATCH_GAS_BUDGET, MAX_BATCH_DATA_BYTES } from "../constants.ts"
import { enclaveErrors } from "../errors.ts"
import type { Anchor } from "./execution-chain.ts"
import type { ContractCode, ExecutedTask } from "./task.ts"

const NO_HEAD = new Uint8Array(32)
const NOBODY = new Uint8Array(20)

/** A batch and everything of it that must outlive its worker. */
export interface BuiltBatch {
  readonly batch: Batch
  readonly data: BatchData
}

export interface BatchSetting {
  readonly contract: Uint8Array
  readonly epoch: number
  readonly anchor: Anchor
  /** `cumLocked` of the record before the batch. */
  readonly cumCommittedGrains: bigint
  readonly code: ContractCode | undefined
  readonly provenBlock: bigint
  readonly epochLengthBlocks: bigint
}

/** The longest run of executed tasks that one commit and one store request can carry; at least one. */
export function batchable(executed: readonly ExecutedTask[], codeBytes: number): readonly ExecutedTask[] {
  let bytes = 1_024 + codeBytes
  let gas = BATCH_GAS.base
  const senders = new Set<string>()
  for (const [i, { placed, delta, checkpoint, output, callbacks }] of executed.entries()) {
    const sender = toHex(placed.record.sender)
    const links = checkpoint.reduce((sum, link) => sum + link.length, delta?.length ?? 0)
    bytes += 256 + links + (output?.length ?? 0)
    gas += senders.has(sender) ? 0n : BATCH_GAS.perRefund
    gas += placed.record.amount > 0n ? BATCH_GAS.perPayout : 0n
    gas += callbacks.length > 0 ? callbackGas(callbacks, placed.record.callbackGas) : 0n
    senders.add(sender)
    if (i > 0 && (bytes > MAX_BATCH_DATA_BYTES || gas > BATCH_GAS_BUDGET)) return executed.slice(0, i)
  }
  return executed
}

/** EIP-150 keeps back a 64th, so a callee's gas needs as much more; each call and each byte of its data costs besides. */
function callbackGas(callbacks: ExecutedTask["callbacks"], gas: bigint): bigint {
  const dataBytes = callbacks.reduce((sum, { data }) => sum + data.length, 0)
  const { perCallback, perCallbackByte } = BATCH_GAS
  return (gas * 64n) / 63n + perCallback * BigInt(callbacks.length) + perCallbackByte * BigInt(dataBytes)
}

/** Puts a run of executed tasks into a batch (PROTOCOL §4.3). @throws ENCLAVE_CONSERVATION */
export function buildBatch(setting: BatchSetting, tasks: readonly ExecutedTask[]): BuiltBatch {
  const { contract, epoch, anchor, code } = setting
  const last = tasks.at(-1)!
  const receipts = tasks.map(({ receipt }) => receipt)
  const fromIndex = anchor.committed
  const toIndex = fromIndex + tasks.length
  const previousHead = anchor.head
  const newHead = last.receipt.headAfter
  const { refunds, dustGrains } = refundsOf(tasks)
  const batch: Batch = Object.freeze({
    contract,
    epoch,
    fromIndex,
    toIndex,
    link: last.placed.taskId,
    cumLockedGrains: last.placed.cumLockedGrains,
    previousHead,
    newHead,
    fallbackHead: last.callbacks.length > 0 ? last.before.head : NO_HEAD,
    receiptsRoot: receiptsRoot(contract, receipts),
    feeGrains: tasks.reduce((sum, { receipt }) => sum + receipt.feeGrains, dustGrains),
    forfeitedGrains: tasks.reduce((sum, { forfeitedGrains }) => sum + forfeitedGrains, 0n),
    refunds,
    payouts: tasks.flatMap((task) => payoutOf(contract, task)),
    missing: receipts.filter(({ status }) => status === RECEIPT_STATUS.InputsMissing).map(({ index }) => index),
    callbacks: callbacksOf(last),
    validUntilBlock: lastBlockOfSchedule(setting.provenBlock, setting.epochLengthBlocks),
  })
  try {
    checkConservation(batch, setting.cumCommittedGrains)
  } catch (cause) {
    throw enclaveErrors.make("CONSERVATION", { fromIndex }, { cause })
  }
  const resolvesCode = fromIndex === 0 && receipts[0]!.status === RECEIPT_STATUS.Success
  const data: BatchData = Object.freeze({
    contract,
    epoch,
    fromIndex,
    toIndex,
    previousHead,
    newHead,
    receipts,
    deltas: tasks.flatMap(({ delta, checkpoint }) => (delta === undefined ? [] : [delta, ...checkpoint])),
    outputs: tasks.flatMap(({ output, callbacks }) => (callbacks.length === 0 ? (output ?? []) : [])),
    code: resolvesCode ? code?.code : undefined,
  })
  return { batch, data }
}

/** What the locks hold beyond the charges, per sender in order of first appearance; small sums stay (PROTOCOL §3.2). */
function refundsOf(tasks: readonly ExecutedTask[]): {
  readonly refunds: readonly Refund[]
  readonly dustGrains: bigint
} {
  const bySender = new Map<string, Refund>()
  for (const { placed, receipt, forfeitedGrains } of tasks) {
    const user = placed.record.sender
    const left = placed.lockedGrains - receipt.feeGrains - forfeitedGrains
    const known = bySender.get(toHex(user))?.amountGrains ?? 0n
    bySender.set(toHex(user), { user, amountGrains: known + left })
  }
  const all = [...bySender.values()]
  const refunds = all.filter(({ amountGrains }) => amountGrains >= DUST_GRAINS)
  const dustGrains = all
    .filter(({ amountGrains }) => amountGrains < DUST_GRAINS)
    .reduce((sum, { amountGrains }) => sum + amountGrains, 0n)
  return { refunds, dustGrains }
}

/** A payment goes to the contract when its task succeeds, else back; callbacks still to be made may yet fail it. */
function payoutOf(contract: Uint8Array, { placed, receipt, callbacks }: ExecutedTask): readonly Payout[] {
  const { token, amount, sender } = placed.record
  if (amount === 0n) return []
  const to = receipt.status === RECEIPT_STATUS.Success ? contract : sender
  return [{ token, to, amount, fallbackTo: callbacks.length > 0 ? sender : NOBODY }]
}

function callbacksOf({ callbacks, placed }: ExecutedTask): Batch["callbacks"] {
  if (callbacks.length === 0) return []
  const gasLimit = placed.record.callbackGas / BigInt(callbacks.length)
  return callbacks.map(({ target, data }) => ({ target, gasLimit, data }))
}
