/** The one task state machine (PROTOCOL §3), used by chain, node and client. */

/** How a task ended. The numbers are on chain, in receipt leaves. */
export const RECEIPT_STATUS = {
  Success: 1,
  Failed: 2,
  CallbackFailed: 3,
  InputsMissing: 4,
  StaleKey: 5,
  NotDeployed: 6,
  EngineFault: 7,
  Expired: 8,
} as const
export type ReceiptStatusName = keyof typeof RECEIPT_STATUS
export type ReceiptStatus = (typeof RECEIPT_STATUS)[ReceiptStatusName]
export const RECEIPT_STATUSES = Object.values(RECEIPT_STATUS) as readonly ReceiptStatus[]
export const receiptStatusName = (status: number): ReceiptStatusName | undefined =>
  (Object.keys(RECEIPT_STATUS) as ReceiptStatusName[]).find((name) => RECEIPT_STATUS[name] === status)

/**
 * Where a task is. `mover` is who moves it there.
 *
 *   prepared -> recorded -> executed -> committed
 *                      \-> settled (nobody committed it in time)
 */
export const TASK_STATES = {
  prepared: { next: ["recorded"], mover: "client", terminal: false },
  recorded: { next: ["executed", "committed", "settled"], mover: "sender or relayer", terminal: false },
  executed: { next: ["committed", "recorded", "settled"], mover: "drawn worker's enclave", terminal: false },
  committed: { next: [], mover: "drawn worker's batch", terminal: true },
  settled: { next: [], mover: "anyone, after expiry", terminal: true },
} as const
export type TaskState = keyof typeof TASK_STATES
export const mayMove = (from: TaskState, to: TaskState): boolean =>
  (TASK_STATES[from].next as readonly TaskState[]).includes(to)

/** §3.2: gas is charged in factor-2 classes: the least power of two >= used (at least 1,024), never above the limit. */
export const MIN_GAS_CLASS = 1_024n
export function gasClass(gasUsed: bigint, gasLimit: bigint): bigint {
  let size = MIN_GAS_CLASS
  while (size < gasUsed) size *= 2n
  return size < gasLimit ? size : gasLimit
}
