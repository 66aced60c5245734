/** One way to talk to an Ethereum node, whatever the caller has: an EIP-1193 provider or an ethers v6 JSON-RPC provider. */
import type { Provider } from "ethers"
import { clientErrors } from "../errors.ts"
import { unlessAborted } from "./wait.ts"

/** https://eips.ethereum.org/EIPS/eip-1193 */
export interface Eip1193Provider {
  request(args: { readonly method: string; readonly params?: readonly unknown[] }): Promise<unknown>
}

export type Rpc = (method: string, params: readonly unknown[], signal?: AbortSignal) => Promise<unknown>

export const isEip1193 = (provider: unknown): provider is Eip1193Provider =>
  typeof (provider as Eip1193Provider | undefined)?.request === "function"

/** @throws CLIENT_PROVIDER_UNUSABLE. The returned function throws CLIENT_RPC_FAILED, with the node's own error as its cause. */
export function rpcOf(provider: Provider | Eip1193Provider): Rpc {
  const ask = rawRpcOf(provider)
  return async (method, params, signal) => {
    try {
      return await unlessAborted(ask(method, params), signal)
    } catch (cause) {
      signal?.throwIfAborted()
      throw clientErrors.make("RPC_FAILED", { method, why: shortReason(cause) }, { cause })
    }
  }
}

function rawRpcOf(provider: Provider | Eip1193Provider): Rpc {
  if (isEip1193(provider)) return (method, params) => provider.request({ method, params })
  // ethers keeps equal requests for 250 ms (AbstractProvider cacheTimeout); `send` goes past that.
  const { send } = provider as { send?: (method: string, params: unknown) => Promise<unknown> }
  if (typeof send !== "function") throw clientErrors.make("PROVIDER_UNUSABLE")
  return (method, params) => send.call(provider, method, params)
}

/** First line of a foreign error's message, cut: enough to act on, never a dump of a request. */
export function shortReason(error: unknown): string {
  const text =
    error instanceof Error ? error.message : String((error as { message?: unknown } | null)?.message ?? error)
  return (text.split("\n")[0] ?? "").slice(0, 200)
}

/**
 * Revert data that a node attached to its error, wherever wallets and libraries put it: `data` as hex or as an object that
 * holds it, under `error`, `info`, `originalError` or `cause`.
 */
export function revertDataOf(error: unknown, depth = 0): string | undefined {
  if (typeof error !== "object" || error === null || depth > 6) return undefined
  const at = error as Record<string, unknown>
  if (typeof at.data === "string" && /^0x([0-9a-fA-F]{2})*$/.test(at.data) && at.data.length >= 10) return at.data
  for (const key of ["data", "error", "info", "originalError", "cause"]) {
    const found = revertDataOf(at[key], depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}

/** EIP-1193 code 4001, or what ethers makes of it, anywhere in the chain of causes. */
export function isUserRejection(error: unknown, depth = 0): boolean {
  if (typeof error !== "object" || error === null || depth > 6) return false
  const { code, info, cause, error: inner } = error as Record<string, unknown>
  if (code === 4001 || code === "ACTION_REJECTED") return true
  return [info, cause, inner].some((next) => isUserRejection(next, depth + 1))
}
