import { chainErrors } from "./errors.ts"
import { quantity } from "./internal/parse.ts"
import type { ChainRpc } from "./rpc.ts"

export interface FeePolicy {
  /** Highest max fee ever offered, wei per gas. */
  readonly capWei: bigint
  /** Tip when the node can't say what is usual. */
  readonly defaultPriorityWei: bigint
  /** Blocks without being mined after which the fee is raised. */
  readonly bumpAfterBlocks: number
}
export const FEE_DEFAULTS: FeePolicy = {
  capWei: 500_000_000_000n,
  defaultPriorityWei: 1_000_000_000n,
  bumpAfterBlocks: 3,
}

export interface Fees {
  readonly maxFeeWei: bigint
  readonly priorityFeeWei: bigint
}

/** Twice the base fee holds for six full blocks in a row (EIP-1559: at most an eighth more a block). @throws CHAIN_FEE_ABOVE_CAP */
export function feesFor(baseFeeWei: bigint, priorityFeeWei: bigint, policy: FeePolicy): Fees {
  if (baseFeeWei > policy.capWei) throw chainErrors.make("FEE_ABOVE_CAP", { baseFeeWei, capWei: policy.capWei })
  const wanted = 2n * baseFeeWei + priorityFeeWei
  const maxFeeWei = wanted < policy.capWei ? wanted : policy.capWei
  return { maxFeeWei, priorityFeeWei: priorityFeeWei < maxFeeWei ? priorityFeeWei : maxFeeWei }
}

/** A replacement must offer at least an eighth more of both (nodes ask a tenth); undefined: the cap leaves no room. */
export function bumped(previous: Fees, wanted: Fees, policy: FeePolicy): Fees | undefined {
  const raise = (fee: bigint) => fee + fee / 8n + 1n
  const max = (a: bigint, b: bigint) => (a > b ? a : b)
  const fees = {
    maxFeeWei: max(raise(previous.maxFeeWei), wanted.maxFeeWei),
    priorityFeeWei: max(raise(previous.priorityFeeWei), wanted.priorityFeeWei),
  }
  return fees.maxFeeWei > policy.capWei ? undefined : fees
}

export async function usualPriorityFee(rpc: ChainRpc, policy: FeePolicy, signal?: AbortSignal): Promise<bigint> {
  try {
    return quantity(await rpc.request("eth_maxPriorityFeePerGas", [], signal), "priority fee")
  } catch (error) {
    if (chainErrors.is(error, "RPC_REFUSED")) return policy.defaultPriorityWei
    throw error
  }
}
