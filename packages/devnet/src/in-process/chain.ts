/** The caller's chain, and the levers that Hardhat's in-process chain has: blocks on demand, balances, going back. */
import type { Hex } from "@enigma-discovery/protocol"
import { devnetErrors } from "../errors.ts"
import type { ChainProvider } from "./api.ts"

/** Osaka's bound for one transaction. */
const TRANSACTION_GAS = 16_777_216n

export interface RpcReceipt {
  readonly status: string
  readonly logs: readonly { readonly topics: readonly string[]; readonly data: string }[]
}

export interface InProcessChain {
  readonly chainId: bigint
  readonly provider: ChainProvider
  /** A request of the launcher itself. */
  ask<T = unknown>(method: string, ...params: readonly unknown[]): Promise<T>
  blockNumber(): Promise<number>
  /** Sends for an account whose key the chain does not know. The transaction's hash. */
  sendFrom(from: string, fields: Readonly<Record<string, string | undefined>>): Promise<Hex>
  /** @throws DEVNET_RPC_FAILED unless it was mined with success */
  receiptOf(what: string, hash: Hex): Promise<RpcReceipt>
  /** One empty block after the other: in one request for many, Hardhat makes up those in between, and their parents lead nowhere. */
  mine(blocks: number): Promise<void>
}

export async function inProcessChain(provider: ChainProvider): Promise<InProcessChain> {
  const ask = async <T>(method: string, ...params: readonly unknown[]) =>
    (await provider.request({ method, params })) as T
  const chainId = BigInt(await ask<string>("eth_chainId"))
  const impersonated = new Set<string>()
  return {
    chainId,
    provider,
    ask,
    async sendFrom(from, fields) {
      if (!impersonated.has(from)) await ask("hardhat_impersonateAccount", from)
      impersonated.add(from)
      return await ask<Hex>("eth_sendTransaction", { from, gas: quantity(TRANSACTION_GAS), ...fields })
    },
    async receiptOf(what, hash) {
      const receipt = await ask<RpcReceipt | null>("eth_getTransactionReceipt", hash)
      if (receipt?.status === "0x1") return receipt
      const detail = receipt === null ? "it was not mined; is automine off?" : "it reverted"
      throw devnetErrors.make("RPC_FAILED", { method: what, detail })
    },
    blockNumber: async () => Number(await ask<string>("eth_blockNumber")),
    async mine(blocks) {
      for (let i = 0; i < blocks; i++) await ask("hardhat_mine", "0x1")
    },
  }
}

/** A chain of our own, for callers that bring none. */
export async function ownChain(): Promise<ChainProvider> {
  const { createHardhatRuntimeEnvironment } = await import("hardhat/hre")
  const hre = await createHardhatRuntimeEnvironment({
    networks: { chain: { type: "edr-simulated", chainType: "l1", hardfork: "osaka" } },
  })
  return (await hre.network.create("chain")).provider as ChainProvider
}

/** Wei as a JSON-RPC quantity. */
export const quantity = (value: bigint): string => `0x${value.toString(16)}`

/** Gives an account ETH when it has less. */
export async function fundEth({ ask }: InProcessChain, address: string, wei: bigint): Promise<void> {
  const has = BigInt(await ask<string>("eth_getBalance", address, "latest"))
  if (has < wei) await ask("hardhat_setBalance", address, quantity(wei))
}
