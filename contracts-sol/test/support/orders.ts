/** Orders as a wallet signs them (PROTOCOL §2.6). */
import { EIP712_DOMAIN } from "@enigma-discovery/protocol"
import { id, type Signer } from "ethers"
import { ORDER_TYPES } from "../../bench/orders.ts"
import type { RunningNetwork } from "./network.ts"

/** An order of `signer` for the network's queue, and its signature. */
export async function makeOrder(net: RunningNetwork, signer: Signer, changes: Record<string, bigint | string> = {}) {
  const order = {
    secretContract: net.queue.contract,
    inputsHash: id("order"),
    gasLimit: 100_000n,
    gasPriceGrains: 2n,
    callbackGas: 0n,
    callbackPriceGrains: 0n,
    keyEpoch: (await net.enigma.currentEpoch()).epoch,
    nonce: 0n,
    expiryBlock: 10n ** 9n,
    relayerFeeGrains: 777n,
    ...changes,
  }
  const domain = { ...EIP712_DOMAIN, chainId: net.chainId, verifyingContract: net.address }
  return { order, signature: await signer.signTypedData(domain, ORDER_TYPES, order) }
}
