/** That the chain, Enigma and the gateways are the ones this client is for, and Enigma's parameters. */
import { fromHex, GATEWAY_METHODS, type GatewayStatus, type Hex, toHex } from "@enigma-discovery/protocol"
import type { Client } from "./client.ts"
import { clientErrors } from "./errors.ts"
import { enigmaInterface } from "./internal/enigma-abi.ts"
import { once } from "./internal/memory.ts"

/** What a client uses of Enigma's parameters (IGovernance.Parameters). */
export interface Parameters {
  readonly token: Hex
  /** Attestation verifier. */
  readonly verifier: Hex
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
 * RPC: `eth_chainId`, `eth_getCode`. @throws CLIENT_WRONG_CHAIN, CLIENT_WRONG_ENIGMA, CLIENT_RPC_FAILED
 */
export const checkNetwork = (client: Client): Promise<void> =>
  once(client.memory, "network", async () => {
    await checkChainId(client)
    const { chainId, enigmaAddress: address } = client
    const code = await client.chain.code(address)
    if (code.length === 0) throw clientErrors.make("WRONG_ENIGMA", { address, chainId })
  })

/** A wallet can change its network at any time, so this is asked before every send. @throws CLIENT_WRONG_CHAIN */
export async function checkChainId(client: Client, signal?: AbortSignal): Promise<void> {
  const got = await client.chain.chainId(signal)
  if (got !== client.chainId) throw clientErrors.make("WRONG_CHAIN", { got, want: client.chainId })
}

/** Enigma's parameters, asked once. RPC: `eth_call`. @throws as `checkNetwork`, CLIENT_RPC_ANSWER_INVALID */
export const parametersOf = (client: Client): Promise<Parameters> =>
  once(client.memory, "parameters", async () => {
    await checkNetwork(client)
    const [p, implementation] = await Promise.all([view(client, "parameters"), view(client, "accountImplementation")])
    return Object.freeze({
      token: lowerCase(p.token),
      verifier: lowerCase(p.verifier),
      accountImplementation: fromHex(implementation, 20),
      trustHash: fromHex(p.trustHash, 32),
      epochLengthBlocks: BigInt(p.epochLengthBlocks),
      expiryBlocks: BigInt(p.expiryBlocks),
      baseFeeGrains: BigInt(p.baseFeeGrains),
      minGasLimit: BigInt(p.minGasLimit),
      minGasPriceGrains: BigInt(p.minGasPriceGrains),
      minCallbackPriceGrains: BigInt(p.minCallbackPriceGrains),
    })
  })

/** Asks Enigma one view; its one answer. @throws CLIENT_RPC_FAILED, CLIENT_RPC_ANSWER_INVALID */
export async function view(client: Client, name: string, args: readonly unknown[] = [], signal?: AbortSignal) {
  const data = enigmaInterface.encodeFunctionData(name, args) as Hex
  const answer = await client.chain.call({ to: client.enigmaAddress, data }, "latest", signal)
  try {
    return enigmaInterface.decodeFunctionResult(name, answer)[0]
  } catch {
    throw clientErrors.make("RPC_ANSWER_INVALID", { method: `eth_call (${name})`, why: "it does not decode" })
  }
}

const lowerCase = (address: string): Hex => toHex(fromHex(address, 20))

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
