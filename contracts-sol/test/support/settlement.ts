/** Records as settlement and record proofs want them, from a queue rebuilt from events. */
import { packTerms, toHex } from "@enigma-discovery/protocol"
import type { ISettlement } from "../../../types/ethers-contracts/index.ts"
import { laterRecords, type QueuedTask, type QueueModel } from "./queue.ts"

/** A record as its event told it. */
export function recordOf({ record, index, lockedGrains }: QueuedTask): ISettlement.RecordStruct {
  return {
    sender: toHex(record.sender),
    inputsHash: toHex(record.inputsHash),
    terms: packTerms({ ...record, lockedGrains, index }),
    place: record.blockNumber | (record.timestampS << 64n),
  }
}

/** The payment that came with a record; token and amount zero when none did. */
export const paymentOf = ({ record }: QueuedTask, position = 0): ISettlement.RecordPaymentStruct => ({
  position,
  token: toHex(record.token),
  amount: record.amount,
})

export const linkBefore = (queue: QueueModel, index: number): string =>
  index === 0 ? queue.genesisLink : queue.tasks[index - 1]!.link

/** What `settleExpired` takes for the oldest uncommitted records up to `toIndex`. */
export function settleArgs(queue: QueueModel, toIndex = queue.tasks.length) {
  const tasks = queue.tasks.slice(queue.committed, toIndex)
  const payments = tasks.flatMap((task, i) => (task.record.amount > 0n ? [paymentOf(task, i)] : []))
  const previousLink = linkBefore(queue, queue.committed)
  const later = laterRecords(queue, toIndex - 1)
  return [queue.contract, previousLink, tasks.map(recordOf), payments, later] as const
}
