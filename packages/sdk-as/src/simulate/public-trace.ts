import { changeOf, publicChanges, type TaskVerdict } from "@enigma-discovery/enclave/engine"
import {
  ChangesCodec,
  encode,
  gasClass,
  OutputBodyCodec,
  pad,
  RECEIPT_STATUS,
  receiptStatusName,
  toHex,
} from "@enigma-discovery/protocol"
import type { PublicTrace } from "./types.ts"

/**
 * What a task shows to everyone (PROTOCOL §3.2, §6.3, §6.4).
 * @throws PROTOCOL_TOO_LARGE, PROTOCOL_OUT_OF_RANGE when the changes are more than a delta may hold
 */
export function publicTrace({ status, gasUsed, body, changes, callbacks }: TaskVerdict, gasLimit: bigint): PublicTrace {
  const delta = () => pad(encode(ChangesCodec, changes.map(changeOf)), "delta").length
  return {
    status: receiptStatusName(status)!,
    gasClass: gasClass(gasUsed, gasLimit),
    outputBytes: body === undefined ? 0 : pad(encode(OutputBodyCodec, body), "output").length,
    deltaBytes: status === RECEIPT_STATUS.Success ? delta() : 0,
    callbacks: callbacks.map(({ target, data }) => ({ target: toHex(target), data: toHex(data) })),
    publicEntries: publicChanges(changes).map(({ key, value }) => ({
      key: toHex(key),
      value: value === undefined ? undefined : toHex(value),
    })),
  }
}
