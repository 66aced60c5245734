/** Reads of the chain beyond those of packages/chain; every answer is checked for its form before it is used. */
import { type ChainRpc, chainErrors } from "@enigma-discovery/chain/follow"
import { fromHex, type Hex } from "@enigma-discovery/protocol"

export interface CallRequest {
  readonly from: Hex
  readonly to: Hex
  readonly data: Hex
  readonly value: bigint
}

export const quantity = (value: bigint): Hex => `0x${value.toString(16)}`

/** @throws CHAIN_RPC_*, CHAIN_BAD_RESPONSE */
export const readChainId = async (rpc: ChainRpc, signal?: AbortSignal): Promise<bigint> =>
  asQuantity("chain id", await rpc.request("eth_chainId", [], signal))

export const readBlockNumber = async (rpc: ChainRpc, signal?: AbortSignal): Promise<number> =>
  Number(asQuantity("block number", await rpc.request("eth_blockNumber", [], signal)))

export const readPendingNonce = async (rpc: ChainRpc, account: Hex, signal?: AbortSignal): Promise<number> =>
  Number(asQuantity("nonce", await rpc.request("eth_getTransactionCount", [account, "pending"], signal)))

export const estimateGas = async (rpc: ChainRpc, request: CallRequest, signal?: AbortSignal): Promise<bigint> =>
  asQuantity("gas", await rpc.request("eth_estimateGas", [{ ...request, value: quantity(request.value) }], signal))

/** Empty for an address without code. */
export async function readCode(rpc: ChainRpc, address: Hex, signal?: AbortSignal): Promise<Uint8Array> {
  const raw = await rpc.request("eth_getCode", [address, "latest"], signal)
  try {
    return fromHex(raw as string)
  } catch {
    throw chainErrors.make("BAD_RESPONSE", { what: "code" })
  }
}

function asQuantity(what: string, raw: unknown): bigint {
  if (typeof raw !== "string" || !/^0x[0-9a-f]{1,64}$/i.test(raw)) throw chainErrors.make("BAD_RESPONSE", { what })
  return BigInt(raw)
}
