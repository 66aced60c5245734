/** Reading through the contract's own views, where no proof is needed. */
import { fromHex, toHex } from "@enigma-discovery/protocol"
import type { Interface } from "ethers"
import { bad, bytes, toQuantity } from "./internal/parse.ts"
import { explainRevert } from "./reverts.ts"
import type { ChainRpc } from "./rpc.ts"

/** Largest answer of a view. */
export const MAX_CALL_RESULT_BYTES = 1_048_576

/** @throws CHAIN_REVERTED with the contract's typed error, CHAIN_NOT_A_CONTRACT, CHAIN_BAD_RESPONSE */
export async function callView(
  rpc: ChainRpc,
  to: Uint8Array,
  abi: Interface,
  method: string,
  args: readonly unknown[],
  block: number | "latest" = "latest",
  signal?: AbortSignal,
): Promise<readonly unknown[]> {
  const data = abi.encodeFunctionData(method, args)
  const tag = block === "latest" ? block : toQuantity(block)
  let raw: Uint8Array
  try {
    raw = bytes(await rpc.request("eth_call", [{ to: toHex(to), data }, tag], signal), "call", MAX_CALL_RESULT_BYTES)
  } catch (error) {
    throw explainRevert(error, method, [abi])
  }
  if (raw.length === 0) throw bad(`no data from ${method}`)
  try {
    return [...abi.decodeFunctionResult(method, toHex(raw))]
  } catch {
    throw bad(`the result of ${method}`)
  }
}

/** Input of a transaction by its hash; undefined when the node does not know it. */
export async function transactionInput(
  rpc: ChainRpc,
  hash: Uint8Array,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
  const answer = await rpc.request("eth_getTransactionByHash", [toHex(hash)], signal)
  if (typeof answer !== "object" || answer === null) return undefined
  return bytes((answer as { input?: unknown }).input, "transaction input", maxBytes)
}

export const addressOf = (value: unknown): Uint8Array => fromHex(String(value), 20)
