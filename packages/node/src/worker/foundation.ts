/** What every role that talks to peers starts first: store, libp2p host, requests, gossip, directory. */
import path from "node:path"
import type { RoleConfig } from "../config.ts"
import type { NodeDeps } from "../deps.ts"
import { createGossip, type Gossip } from "../p2p/gossip.ts"
import { type RunningHost, startHost } from "../p2p/host.ts"
import { peerIdentity } from "../p2p/identity.ts"
import { type Handlers, type Requester, startRequester } from "../p2p/requests.ts"
import { createDirectory, type Directory } from "../peers/directory.ts"
import type { Stack } from "../stack.ts"
import { openLevelStore } from "../store/level-store.ts"
import { createTables, type Tables } from "../store/tables.ts"

export interface NodeBase {
  readonly tables: Tables
  readonly peers: RunningHost
  readonly requester: Requester
  readonly gossip: Gossip
  readonly directory: Directory
  addresses(): readonly string[]
}

export async function startBase(config: RoleConfig, deps: NodeDeps, handlers: Handlers, up: Stack): Promise<NodeBase> {
  const { clock, log } = deps
  const { p2p, network } = config
  const now = () => clock.now()
  const store = await up.start(
    "store",
    () => deps.openStore?.() ?? openLevelStore(path.join(config.dataDir, "store")),
    (opened) => opened.close(),
  )
  const tables = createTables(store)
  const identityKey = await peerIdentity(tables, p2p.identityKey?.reveal())
  const peers = await up.start("libp2p", () =>
    startHost({
      identityKey,
      listen: p2p.listen,
      announce: p2p.announce,
      bootstrap: p2p.bootstrap,
      maxPeers: p2p.maxPeers,
      trustedIps: p2p.trustedIps,
      chainId: network.chainId,
      discover: true,
      ...(deps.transports === undefined ? {} : { transports: deps.transports }),
      now,
      log,
    }),
  )
  const { host, reputation } = peers
  const requester = await up.start("requests", () => startRequester({ host, reputation, handlers, now, log }))
  const gossip = await up.start("gossip", () => createGossip({ host, reputation, now, log }))
  const directory = await up.start("directory", () => createDirectory(host, requester, clock, log))
  return { tables, peers, requester, gossip, directory, addresses: () => host.getMultiaddrs().map(String) }
}
