/** The client object: what every function of this package works with. */
import type { ChainRpc, Eip1193Provider } from "@enigma-discovery/chain/follow"
import { fromHex, type Hex, toHex } from "@enigma-discovery/protocol"
import type { Provider, Signer } from "ethers"
import { DEFAULT_POLL_INTERVAL_MS, DEFAULT_TIMEOUTS } from "./constants.ts"
import { clientErrors } from "./errors.ts"
import { createGatewayPool, type GatewayPool } from "./gateways.ts"
import { createMemory, type Memory } from "./internal/memory.ts"
import { boundedRpc, isEip1193, rpcOf } from "./internal/rpc.ts"
import { pause, type Sleep } from "./internal/wait.ts"
import { eip1193Wallet, signerWallet, type Wallet } from "./internal/wallet.ts"
import { parseTrust, type TrustOptions, type TrustPolicy } from "./trust.ts"

export type Timeouts = { readonly [K in keyof typeof DEFAULT_TIMEOUTS]: number }

export interface ClientOptions {
  /** Chain the caller means. Everything is refused when the provider is on another. */
  readonly chainId: bigint | number
  readonly enigmaAddress: string
  /** Reads the chain; an ethers v6 JSON-RPC provider or an EIP-1193 provider. Left out: the signer's. */
  readonly provider?: Provider | Eip1193Provider
  /** Signs and sends; an ethers v6 signer. Left out with an EIP-1193 provider: that provider's account. */
  readonly signer?: Signer
  /** With an EIP-1193 provider: which of its accounts; its first when left out. */
  readonly account?: string
  /** URLs of JSON-RPC doors of nodes, in order of preference. None is trusted. */
  readonly gateways: readonly string[]
  readonly trust: TrustOptions
  readonly timeouts?: Partial<Timeouts>
  /** Between two looks while waiting, milliseconds. */
  readonly pollIntervalMs?: number
  /** How the pause between two looks passes: for networks on virtual time. Real time when left out. */
  readonly sleep?: Sleep
  /** Blocks, its own included, that a batch must stand under before `receipt()` takes it; 1 when left out. */
  readonly confirmations?: number
  /** For environments without a global fetch, and for tests. */
  readonly fetch?: typeof globalThis.fetch
}

export interface Client {
  readonly chainId: bigint
  readonly enigma: Uint8Array
  readonly enigmaAddress: Hex
  readonly rpc: ChainRpc
  readonly wallet: Wallet | undefined
  readonly gateways: GatewayPool
  readonly trust: TrustPolicy
  readonly timeouts: Timeouts
  readonly pollIntervalMs: number
  readonly sleep: Sleep
  readonly confirmations: number
  /** What was checked and found; private to this package. */
  readonly memory: Memory
}

/**
 * Makes a client. Nothing is asked of the network yet; the first function that needs it checks chain id and Enigma.
 * @throws CLIENT_BAD_OPTION, CLIENT_PROVIDER_UNUSABLE, PROTOCOL_BAD_HEX, PROTOCOL_BAD_LENGTH
 */
export function createClient(options: ClientOptions): Client {
  const chainId = BigInt(options.chainId)
  const enigma = fromHex(options.enigmaAddress, 20, "enigmaAddress")
  const timeouts = Object.freeze({ ...DEFAULT_TIMEOUTS, ...defined(options.timeouts ?? {}) })
  const provider = options.provider ?? options.signer?.provider
  if (provider === undefined || provider === null)
    throw clientErrors.make("BAD_OPTION", { what: "provider", why: "there is none, and the signer has none" })
  const rpc = boundedRpc(rpcOf(provider), timeouts.rpcMs)
  return Object.freeze({
    chainId,
    enigma,
    enigmaAddress: toHex(enigma),
    rpc,
    wallet: walletOf(options, rpc),
    gateways: createGatewayPool({
      urls: options.gateways,
      timeoutMs: timeouts.gatewayMs,
      fetch: options.fetch ?? globalThis.fetch.bind(globalThis),
      nowMs: Date.now,
    }),
    trust: parseTrust(options.trust, chainId, enigma),
    timeouts,
    pollIntervalMs: options.pollIntervalMs ?? DEFAULT_POLL_INTERVAL_MS,
    sleep: options.sleep ?? pause,
    confirmations: options.confirmations ?? 1,
    memory: createMemory(),
  })
}

function walletOf({ signer, provider, account }: ClientOptions, rpc: ChainRpc): Wallet | undefined {
  if (signer !== undefined) return signerWallet(signer, rpc)
  if (!isEip1193(provider)) return undefined
  return eip1193Wallet(provider, account === undefined ? undefined : toHex(fromHex(account, 20, "account")))
}

/** Drops keys that were given as undefined, which would hide a default. */
const defined = <T extends object>(values: T): Partial<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>

/** The wallet, or an error that says what needs one. @throws CLIENT_NO_SIGNER */
export function walletFor(client: Client, what: string): Wallet {
  if (client.wallet === undefined) throw clientErrors.make("NO_SIGNER", { what })
  return client.wallet
}
