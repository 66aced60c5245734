import {
  encode,
  MAX_ERROR_TEXT_BYTES,
  type OutputBody,
  OutputBodyCodec,
  RECEIPT_STATUS,
  RESULT_KIND,
  type ReceiptStatus,
  SIZE_CLASSES_BYTES,
  utf8Bytes,
} from "@enigma-discovery/protocol"
import type { CallOutcome } from "@enigma-discovery/runtime-wasm"
import type { StateChange } from "./state-map.ts"

/** A call as its receipt and its output tell it. */
export interface TaskVerdict {
  readonly status: ReceiptStatus
  readonly gasUsed: bigint
  /** For the sender; undefined where the protocol has no output. */
  readonly body: OutputBody | undefined
  readonly changes: readonly StateChange[]
  /** Calls of Ethereum contracts: target and data. */
  readonly callbacks: readonly { readonly target: Uint8Array; readonly data: Uint8Array }[]
}

const LARGEST_BODY_BYTES = SIZE_CLASSES_BYTES.at(-1)! - 4
const NOTHING = new Uint8Array(0)

/** What the sender of a task reads that changed too much. */
export const DELTA_TOO_LARGE = "the task changed more state than a delta may hold"

const bodyOf = (result: OutputBody["result"], gasUsed: bigint, message: string): OutputBody => ({
  result,
  gasUsed,
  data: NOTHING,
  message: cutText(message),
  events: [],
})

/** A verdict without output, by rule alone: nothing ran. */
export const ruled = (status: ReceiptStatus, gasUsed = 0n): TaskVerdict => ({
  status,
  gasUsed,
  body: undefined,
  changes: [],
  callbacks: [],
})

/** Failed, with a reason for the sender. */
export const failed = (result: OutputBody["result"], gasUsed: bigint, message: string): TaskVerdict => ({
  ...ruled(RECEIPT_STATUS.Failed, gasUsed),
  body: bodyOf(result, gasUsed, message),
})

/** What the sender gets when the callbacks fail: nothing of the call but its cost. */
export const callbackFailedBody = (gasUsed: bigint): OutputBody => bodyOf(RESULT_KIND.callbackFailed, gasUsed, "")

/** A call's outcome as verdict. A success whose output or callbacks can't be carried is a failure (PROTOCOL §3.2). */
export function verdictOf(outcome: CallOutcome, changes: readonly StateChange[], callbackGas: bigint): TaskVerdict {
  const { gasUsed } = outcome
  switch (outcome.kind) {
    case "reverted":
      return failed(RESULT_KIND.reverted, gasUsed, outcome.message)
    case "out-of-gas":
      return failed(RESULT_KIND.outOfGas, gasUsed, "")
    case "trap":
      return failed(RESULT_KIND.trapped, gasUsed, `${outcome.trap}: ${outcome.detail}`)
    case "success": {
      const { returnData: data, events, callbacks } = outcome
      const body: OutputBody = { result: RESULT_KIND.returned, gasUsed, data, message: "", events }
      if (callbacks.length > 0 && callbackGas === 0n)
        return failed(RESULT_KIND.reverted, gasUsed, "callbacks were made, but the record carries no callback gas")
      if (encode(OutputBodyCodec, body).length > LARGEST_BODY_BYTES)
        return failed(RESULT_KIND.reverted, gasUsed, `the output is larger than ${LARGEST_BODY_BYTES} bytes`)
      return { status: RECEIPT_STATUS.Success, gasUsed, body, changes, callbacks }
    }
  }
}

/** At most MAX_ERROR_TEXT_BYTES of UTF-8, cut between characters. */
export function cutText(text: string): string {
  if (utf8Bytes(text).length <= MAX_ERROR_TEXT_BYTES) return text
  let out = ""
  let size = 0
  for (const character of text) {
    size += utf8Bytes(character).length
    if (size > MAX_ERROR_TEXT_BYTES) break
    out += character
  }
  return out
}
