import { gasClass, RECEIPT_STATUS, type ReceiptStatus, type TaskRecord } from "@enigma-discovery/protocol"

/** What of a record's lock goes where, in grains; the rest is refunded. */
export interface Charge {
  readonly gasClass: bigint
  /** To the worker. */
  readonly feeGrains: bigint
  /** To the treasury. */
  readonly forfeitedGrains: bigint
}

/** What a charge depends on. */
export interface Chargeable {
  readonly record: Pick<TaskRecord, "gasLimit" | "gasPriceGrains" | "callbackGas" | "callbackPriceGrains">
  readonly baseFeeGrains: bigint
}

/** PROTOCOL §3.2. */
export function chargeOf(
  { record, baseFeeGrains }: Chargeable,
  status: ReceiptStatus,
  gasUsed: bigint,
  madeCallbacks: boolean,
): Charge {
  switch (status) {
    case RECEIPT_STATUS.InputsMissing:
      return { gasClass: 0n, feeGrains: 0n, forfeitedGrains: baseFeeGrains }
    case RECEIPT_STATUS.Expired:
      return { gasClass: 0n, feeGrains: 0n, forfeitedGrains: 0n }
    case RECEIPT_STATUS.StaleKey:
    case RECEIPT_STATUS.NotDeployed:
      return { gasClass: 0n, feeGrains: baseFeeGrains, forfeitedGrains: 0n }
    default: {
      const charged = gasClass(gasUsed, record.gasLimit)
      const callbackGrains = madeCallbacks ? record.callbackGas * record.callbackPriceGrains : 0n
      const grains = baseFeeGrains + charged * record.gasPriceGrains + callbackGrains
      // A host can break its own engine: it must not earn by that. The sender pays all the same, or poison would be free.
      return status === RECEIPT_STATUS.EngineFault
        ? { gasClass: charged, feeGrains: 0n, forfeitedGrains: grains }
        : { gasClass: charged, feeGrains: grains, forfeitedGrains: 0n }
    }
  }
}
