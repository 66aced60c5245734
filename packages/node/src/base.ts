/** What every long-running role stands on: chain access, a store, a libp2p host, gossip and the witnesses' headers. */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { type ChainRpc, callView, checkChainId, enigmaInterface, rpcOverHttp } from "@enigma-discovery/chain/follow"
import { equalBytes, fromHex, type NetworkConfig, toHex } from "@enigma-discovery/protocol"
import { trustHash } from "@enigma-discovery/verify"
import { createHeaderFeed, type HeaderFeed } from "./chain/header-feed.ts"
import type { RoleConfig } from "./config.ts"
import type { NodeDeps } from "./deps.ts"
import { nodeErrors } from "./errors.ts"
import { createMetrics, type Metrics } from "./metrics.ts"
import { createGossip, type Gossip } from "./p2p/gossip.ts"
import { connectedPeers, type RunningHost, startHost } from "./p2p/host.ts"
import { peerIdentity } from "./p2p/identity.ts"
import type { Stack } from "./stack.ts"
import { createTables, type Tables } from "./store/tables.ts"

export interface NodeBase {
  readonly config: RoleConfig
  readonly deps: NodeDeps
  readonly rpc: ChainRpc
  readonly tables: Tables
  readonly p2p: RunningHost
  readonly gossip: Gossip
  readonly headers: HeaderFeed
  readonly metrics: Metrics
}

/** What of Enigma's parameters a node goes by; they change only with an upgrade. */
export interface EnigmaParameters {
  readonly openWindowBlocks: number
  readonly trustHash: Uint8Array
}

export async function readParameters(
  rpc: ChainRpc,
  enigma: Uint8Array,
  signal?: AbortSignal,
): Promise<EnigmaParameters> {
  const [parameters] = await callView(rpc, enigma, enigmaInterface, "parameters", [], "latest", signal)
  const { openWindowBlocks, trustHash: hash } = parameters as { openWindowBlocks: bigint; trustHash: string }
  return Object.freeze({ openWindowBlocks: Number(openWindowBlocks), trustHash: fromHex(hash, 32, "trust hash") })
}

/** The configured network must be the one that Enigma holds enclaves to. @throws NODE_TRUST_MISMATCH, CHAIN_* */
async function checkNetwork(rpc: ChainRpc, network: NetworkConfig, signal: AbortSignal): Promise<void> {
  await checkChainId(rpc, network.chainId, signal)
  const { trustHash: held } = await readParameters(rpc, network.enigma, signal)
  if (!equalBytes(held, trustHash(network))) throw nodeErrors.make("TRUST_MISMATCH", { enigma: toHex(network.enigma) })
}

/** What a test puts around a part, where it does. */
export const around = <T>(wrap: ((part: T) => T) | undefined, part: T): T => wrap?.(part) ?? part

export async function startBase(up: Stack, config: RoleConfig, deps: NodeDeps): Promise<NodeBase> {
  const { log, clock, signal } = deps
  const { network } = config
  const rpc = deps.rpc ?? rpcOverHttp(config.chain.rpcUrl, { timeoutMs: config.chain.requestTimeoutMs })
  await up.start(
    "chain",
    () => checkNetwork(rpc, network, signal),
    () => {},
  )
  const store = await up.start(
    "store",
    async () => {
      if (deps.openStore !== undefined) return await deps.openStore()
      const { openLevelStore } = await import("./store/level-store.ts")
      mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
      return await openLevelStore(join(config.dataDir, "store"))
    },
    (opened) => opened.close(),
  )
  const tables = createTables(store)
  const identityKey = await peerIdentity(tables, config.p2p.identityKey?.reveal())
  const { listen, announce, bootstrap, maxPeers, trustedIps } = config.p2p
  const p2p = await up.start("p2p", () =>
    startHost({
      identityKey,
      listen,
      announce,
      bootstrap,
      maxPeers,
      trustedIps,
      chainId: network.chainId,
      discover: true,
      ...deps.p2p,
      clock,
      log,
    }),
  )
  const gossip = await up.start("gossip", () =>
    around(deps.aroundGossip, createGossip({ ...p2p, now: clock.now, log })),
  )
  const headers = createHeaderFeed(network, gossip)
  const metrics = createMetrics()
  metrics.describe("peers", "gauge", "Connected peers.", () => connectedPeers(p2p.host).length)
  metrics.describe("newest_trusted_block", "gauge", "Newest block at depth.", () => headers.newest()?.number ?? 0)
  return Object.freeze({ config, deps, rpc, tables, p2p, gossip, headers, metrics })
}
