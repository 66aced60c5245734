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
      const feeGrains = baseFeeGrains + charged * record.gasPriceGrains + callbackGrains
      return { gasClass: charged, feeGrains, forfeitedGrains: 0n }
    }
  }
}
