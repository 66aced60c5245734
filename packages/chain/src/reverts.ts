import type { Interface } from "ethers"
import { chainErrors } from "./errors.ts"

/** Name and arguments of a revert, by the first interface that knows it; its selector otherwise. */
export function decodeRevert(
  data: string | undefined,
  abis: readonly Interface[],
): { error: string; selector: string } {
  if (data === undefined || !/^0x[0-9a-fA-F]{8,}$/.test(data)) return { error: "no data", selector: "" }
  const selector = data.slice(0, 10).toLowerCase()
  for (const abi of abis) {
    try {
      const found = abi.parseError(data)
      if (found !== null) return { error: `${found.name}(${found.args.map(String).join(", ")})`, selector }
    } catch {
      // Another interface may have an error with this selector and the right arguments.
    }
  }
  return { error: selector, selector }
}

/** A node's refusal of a call, as the contract's own error; other failures as they are. */
export function explainRevert(error: unknown, method: string, abis: readonly Interface[]): unknown {
  if (!chainErrors.is(error, "RPC_REFUSED")) return error
  const data = error.data.revertData
  if (typeof data !== "string" && !isRevertCode(error.data.rpcCode)) return error
  return chainErrors.make(
    "REVERTED",
    { method, ...decodeRevert(typeof data === "string" ? data : undefined, abis) },
    { cause: error },
  )
}

/** 3: execution reverted (geth and others); EDR answers -32603 with data, and older nodes -32000 without. */
const isRevertCode = (code: unknown): boolean => code === 3
