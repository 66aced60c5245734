/** That the chain, Enigma and the gateways are the ones this client is for, and Enigma's parameters. */
import { addressOf, callView, enigmaInterface } from "@enigma-discovery/chain/follow"
import { fromHex, GATEWAY_METHODS, type GatewayStatus } from "@enigma-discovery/protocol"
import type { Client } from "./client.ts"
import { clientErrors } from "./errors.ts"
import { readChainId, readCode } from "./internal/chain.ts"
import { once } from "./internal/memory.ts"

/** What a client uses of Enigma's parameters (IGovernance.Parameters). */
export interface Parameters {
  readonly token: Uint8Array
  /** Attestation verifier. */
  readonly verifier: Uint8Array
  readonly accountImplementation: Uint8Array
  readonly trustHash: Uint8Array
  readonly epochLengthBlocks: bigint
  readonly expiryBlocks: bigint
  readonly baseFeeGrains: bigint
  readonly minGasLimit: bigint
  readonly minGasPriceGrains: bigint
  readonly minCallbackPriceGrains: bigint
}

/**
 * Checks, once, that the provider is on this client's chain and that a contract stands at Enigma's address.
 * RPC: `eth_chainId`, `eth_getCode`. @throws CLIENT_WRONG_CHAIN, CLIENT_WRONG_ENIGMA, CHAIN_*
 */
export const checkNetwork = (client: Client): Promise<void> =>
  once(client.memory, "network", async () => {
    await checkChainId(client)
    const { chainId, enigmaAddress: address } = client
    const code = await readCode(client.rpc, address)
    if (code.length === 0) throw clientErrors.make("WRONG_ENIGMA", { address, chainId })
  })

/** A wallet can change its network at any time, so this is asked before every send. @throws CLIENT_WRONG_CHAIN */
export async function checkChainId(client: Client, signal?: AbortSignal): Promise<void> {
  const got = await readChainId(client.rpc, signal)
  if (got !== client.chainId) throw clientErrors.make("WRONG_CHAIN", { got, want: client.chainId })
}

/** Enigma's parameters, asked once. RPC: `eth_call`. @throws as `checkNetwork`, CHAIN_* */
export const parametersOf = (client: Client): Promise<Parameters> =>
  once(client.memory, "parameters", async () => {
    await checkNetwork(client)
    const [given, implementation] = await Promise.all([
      view(client, "parameters"),
      view(client, "accountImplementation"),
    ])
    const p = given as Readonly<Record<Exclude<keyof Parameters, "accountImplementation">, string>>
    return Object.freeze({
      token: addressOf(p.token),
      verifier: addressOf(p.verifier),
      accountImplementation: addressOf(implementation),
      trustHash: fromHex(p.trustHash, 32),
      epochLengthBlocks: BigInt(p.epochLengthBlocks),
      expiryBlocks: BigInt(p.expiryBlocks),
      baseFeeGrains: BigInt(p.baseFeeGrains),
      minGasLimit: BigInt(p.minGasLimit),
      minGasPriceGrains: BigInt(p.minGasPriceGrains),
      minCallbackPriceGrains: BigInt(p.minCallbackPriceGrains),
    })
  })

/** Asks Enigma one view; its first answer. RPC: `eth_call`. @throws CHAIN_* */
export async function view(
  { rpc, enigma }: Client,
  name: string,
  args: readonly unknown[] = [],
  signal?: AbortSignal,
): Promise<unknown> {
  return (await callView(rpc, enigma, enigmaInterface, name, args, "latest", signal))[0]
}

export interface GatewayCheck {
  readonly url: string
  /** What the gateway says of itself; undefined when it failed. Only chain id and Enigma were compared with ours. */
  readonly status: GatewayStatus | undefined
  readonly error: Error | undefined
}

/** Asks every gateway who it is; for a status page and for finding out what is wrong. Never throws for a gateway. */
export async function checkGateways(
  client: Client,
  options: { signal?: AbortSignal } = {},
): Promise<readonly GatewayCheck[]> {
  return await Promise.all(
    client.gateways.urls.map(async (url): Promise<GatewayCheck> => {
      try {
        const method = GATEWAY_METHODS.status
        const accept = (raw: unknown) => acceptStatus(client, raw, url)
        const status = await client.gateways.askOnly(url, { method, params: [], accept, signal: options.signal })
        return { url, status, error: undefined }
      } catch (error) {
        options.signal?.throwIfAborted()
        return { url, status: undefined, error: error as Error }
      }
    }),
  )
}

/** @throws CLIENT_GATEWAY_WRONG_NETWORK, or a TypeError for another shape */
function acceptStatus({ chainId, enigmaAddress }: Client, raw: unknown, url: string): GatewayStatus {
  const status = raw as GatewayStatus | null
  if (typeof status?.chainId !== "string" || typeof status.enigma !== "string") throw new TypeError("no status")
  if (status.chainId !== String(chainId) || status.enigma.toLowerCase() !== enigmaAddress)
    throw clientErrors.make("GATEWAY_WRONG_NETWORK", {
      ...{ url, chainId, enigma: enigmaAddress },
      ...{ gotChainId: status.chainId.slice(0, 80), gotEnigma: status.enigma.slice(0, 80) },
    })
  return status
}
