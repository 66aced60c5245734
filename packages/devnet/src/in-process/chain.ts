/** The caller's chain, and the levers that Hardhat's in-process chain has: blocks on demand, balances, going back. */
import type { ChainProvider } from "./api.ts"

export interface InProcessChain {
  readonly chainId: bigint
  readonly provider: ChainProvider
  /** A request of the launcher itself. */
  ask<T = unknown>(method: string, ...params: readonly unknown[]): Promise<T>
  blockNumber(): Promise<number>
  /** One empty block after the other: in one request for many, Hardhat makes up those in between, and their parents lead nowhere. */
  mine(blocks: number): Promise<void>
}

export async function inProcessChain(provider: ChainProvider): Promise<InProcessChain> {
  const ask = async <T>(method: string, ...params: readonly unknown[]) =>
    (await provider.request({ method, params })) as T
  const chainId = BigInt(await ask<string>("eth_chainId"))
  return {
    chainId,
    provider,
    ask,
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
