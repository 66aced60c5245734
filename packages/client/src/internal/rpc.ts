/** One way to talk to an Ethereum node, whatever the caller has: an EIP-1193 provider or an ethers v6 JSON-RPC provider. */
import {
  type ChainRpc,
  chainErrors,
  type Eip1193Provider,
  type EthersRpcProvider,
  rpcOfEip1193,
  rpcOfEthers,
} from "@enigma-discovery/chain/follow"
import type { Provider } from "ethers"
import { clientErrors } from "../errors.ts"
import { unlessAborted } from "./wait.ts"

export const isEip1193 = (provider: unknown): provider is Eip1193Provider =>
  typeof (provider as Eip1193Provider | undefined)?.request === "function"

/** ethers keeps equal requests for 250 ms (AbstractProvider cacheTimeout); `send` goes past that. @throws CLIENT_PROVIDER_UNUSABLE */
export function rpcOf(provider: Provider | Eip1193Provider): ChainRpc {
  if (isEip1193(provider)) return rpcOfEip1193(provider)
  if (typeof (provider as { send?: unknown }).send !== "function") throw clientErrors.make("PROVIDER_UNUSABLE")
  return rpcOfEthers(provider as unknown as EthersRpcProvider)
}

/** Bounds each request in time, and lets go of it when the signal aborts: a foreign provider can't be cancelled. */
export const boundedRpc = (rpc: ChainRpc, timeoutMs: number): ChainRpc => ({
  async request(method, params, signal) {
    const deadline = AbortSignal.timeout(timeoutMs)
    const both = signal === undefined ? deadline : AbortSignal.any([signal, deadline])
    try {
      return await unlessAborted(rpc.request(method, params, both), both)
    } catch (error) {
      signal?.throwIfAborted()
      if (!deadline.aborted) throw error
      throw chainErrors.make("RPC_UNREACHABLE", { method, timeoutMs }, { cause: error })
    }
  },
})

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
  if (typeof at.data === "string" && /^0x([0-9a-fA-F]{2}){4,}$/.test(at.data)) return at.data
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
