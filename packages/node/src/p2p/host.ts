/** The libp2p host: encrypted, multiplexed connections, gossip and peer discovery. What travels on it is decided elsewhere. */
import { createHash } from "node:crypto"
import { MAX_GOSSIP_BYTES } from "@enigma-discovery/protocol"
import { bootstrap } from "@libp2p/bootstrap"
import { privateKeyFromRaw } from "@libp2p/crypto/keys"
import { type GossipSub, gossipsub, StrictNoSign } from "@libp2p/gossipsub"
import { type Identify, identify } from "@libp2p/identify"
import type { Libp2p, PeerId } from "@libp2p/interface"
import type { KadDHT } from "@libp2p/kad-dht"
import { noise } from "@libp2p/noise"
import { type Ping, ping } from "@libp2p/ping"
import { yamux } from "@libp2p/yamux"
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr"
import { createLibp2p, type Libp2pOptions } from "libp2p"
import type { Clock } from "../deps.ts"
import type { Logger } from "../log.ts"
import { ed25519Identity } from "./identity.ts"
import { createReputation, type Reputation } from "./reputation.ts"

export type Services = { pubsub: GossipSub; dht?: KadDHT; identify: Identify; ping: Ping } & Record<string, unknown>
export type Host = Libp2p<Services>

export interface HostOptions {
  /** 32-byte secret key of the peer id. */
  readonly identityKey: Uint8Array
  /**
   * What the key is of; secp256k1 when left out. A network inside one process takes Ed25519, which node:crypto signs and checks in a
   * tenth of a millisecond: a handshake of secp256k1 peers takes noble 10 ms, and reading a peer id alone 1 ms.
   */
  readonly identityType?: "secp256k1" | "Ed25519"
  readonly listen: readonly string[]
  readonly announce: readonly string[]
  readonly bootstrap: readonly string[]
  readonly maxPeers: number
  readonly trustedIps: readonly string[]
  readonly chainId: bigint
  /** Whether peers are found through the DHT; false: only those that are dialled or dial. */
  readonly discover: boolean
  /** Others for tests and networks inside one process. */
  readonly transports?: NonNullable<Libp2pOptions["transports"]>
  /** Without timers: connections are not probed, the gossip mesh is not tended, nobody is given up within a minute. For a network whose nodes all know each other. */
  readonly quiet?: boolean
  readonly clock: Clock
  readonly log: Logger
}

/** New connections from one address within a second; many honest peers start at once behind one address. */
const INBOUND_CONNECTIONS_PER_SECOND = 100
/**
 * Largest gossip frame read: an answer to IWANT may hold several messages. A sender that goes beyond loses its stream for good,
 * so that honest nodes check each message's size before they publish it.
 */
const MAX_GOSSIP_FRAME_BYTES = 8 * MAX_GOSSIP_BYTES

/**
 * Real milliseconds for what libp2p gives five to ten seconds. Where one process is all nodes, a slow answer says that this process
 * was busy: a subscription given up for that would leave a node deaf to the gossip for good.
 */
const QUIET_TIMEOUT_MS = 60_000
const QUIET_TIMEOUTS = {
  dialTimeout: QUIET_TIMEOUT_MS,
  addressDialTimeout: QUIET_TIMEOUT_MS,
  inboundUpgradeTimeout: QUIET_TIMEOUT_MS,
  inboundStreamProtocolNegotiationTimeout: QUIET_TIMEOUT_MS,
  outboundStreamProtocolNegotiationTimeout: QUIET_TIMEOUT_MS,
} as const

/** Messages carry no author: what is true of them is proven by their content, so equal content is one message. */
const messageId = ({ topic, data }: { topic: string; data: Uint8Array }): Uint8Array => {
  const digest = createHash("sha256").update(`${topic.length}/${topic}/`).update(data).digest()
  return new Uint8Array(digest.buffer, digest.byteOffset, 20)
}

export interface RunningHost {
  readonly host: Host
  readonly reputation: Reputation
  stop(): Promise<void>
}

export async function startHost(options: HostOptions): Promise<RunningHost> {
  const { log } = options
  let host: Host | undefined
  const reputation = createReputation(options.clock.now, (peer) => {
    log.warn("peer banned", { peer })
    for (const connection of host?.getConnections() ?? [])
      if (connection.remotePeer.toString() === peer) connection.abort(new Error("banned"))
  })
  const isBanned = (peer: PeerId) => reputation.isBanned(peer.toString())

  host = await createLibp2p<Services>({
    privateKey: identityOf(options),
    addresses: { listen: [...options.listen], announce: [...options.announce] },
    transports: options.transports ?? (await socketTransports()),
    connectionEncrypters: [noise()],
    streamMuxers: [yamux({ enableKeepAlive: options.quiet !== true })],
    connectionMonitor: { enabled: options.quiet !== true },
    connectionManager: {
      maxConnections: options.maxPeers,
      inboundConnectionThreshold: INBOUND_CONNECTIONS_PER_SECOND,
      maxIncomingPendingConnections: 50,
      ...(options.quiet ? QUIET_TIMEOUTS : {}),
    },
    connectionGater: {
      // Loopback and private addresses are where local networks live; who may connect is the reputation's business.
      denyDialMultiaddr: () => false,
      denyDialPeer: isBanned,
      denyInboundEncryptedConnection: isBanned,
    },
    peerDiscovery:
      options.bootstrap.length === 0 || options.quiet ? [] : [bootstrap({ list: [...options.bootstrap], timeout: 0 })],
    services: {
      identify: identify({ protocolPrefix: "enigma", ...(options.quiet ? { timeout: QUIET_TIMEOUT_MS } : {}) }),
      ping: ping({ protocolPrefix: "enigma" }),
      ...(options.discover ? { dht: await dht(options.chainId) } : {}),
      pubsub: gossipsub({
        globalSignaturePolicy: StrictNoSign,
        msgIdFn: messageId,
        emitSelf: false,
        allowPublishToZeroTopicPeers: true,
        ignoreDuplicatePublishError: true,
        floodPublish: true,
        maxInboundDataLength: MAX_GOSSIP_FRAME_BYTES,
        maxOutboundBufferSize: 4 * MAX_GOSSIP_FRAME_BYTES,
        scoreParams: {
          IPColocationFactorWhitelist: new Set(options.trustedIps),
          appSpecificScore: (peer) => reputation.score(peer),
          appSpecificWeight: 1,
        },
        // Scores here are points of `reputation.ts`: half the way to a ban, a peer is no longer listened to.
        scoreThresholds: { gossipThreshold: -20, publishThreshold: -30, graylistThreshold: -50 },
      }),
    },
  })
  if (options.quiet) silence(host.services.pubsub)
  const stopMeeting = meetPeers(host, options)
  return {
    host,
    reputation,
    stop: async () => {
      await stopMeeting()
      await host.stop()
    },
  }
}

const identityOf = ({ identityKey, identityType = "secp256k1" }: HostOptions) =>
  identityType === "Ed25519" ? ed25519Identity(identityKey) : privateKeyFromRaw(identityKey)

/** Loaded where they are used: a network inside one process has no sockets. */
async function socketTransports(): Promise<NonNullable<Libp2pOptions["transports"]>> {
  const [{ tcp }, { webSockets }] = await Promise.all([import("@libp2p/tcp"), import("@libp2p/websockets")])
  return [tcp(), webSockets()]
}

/** Peers by connection, each once; libp2p's own `getPeers` decodes every peer's key from its name. */
export const connectedPeers = (host: Pick<Host, "getConnections">): readonly PeerId[] => [
  ...new Map(host.getConnections().map(({ remotePeer }) => [remotePeer.toString(), remotePeer])).values(),
]

/**
 * Ends gossipsub's timers. It has no option for that, and each of them would keep a process alive: the heartbeat tends a mesh that
 * a network of direct neighbours does not need, as messages are flooded to all of them.
 */
function silence(pubsub: GossipSub): void {
  const { status, score, directPeerInitial } = pubsub as unknown as {
    readonly status: { readonly heartbeatTimeout: NodeJS.Timeout }
    readonly score: { readonly _backgroundInterval: NodeJS.Timeout }
    readonly directPeerInitial: NodeJS.Timeout
  }
  for (const timer of [status.heartbeatTimeout, score._backgroundInterval, directPeerInitial]) clearTimeout(timer)
}

/**
 * How often a node asks who is near it. Nodes that start together meet nobody but the bootstrap peers at their first question; with
 * the next one half a minute later, no gateway could reach the drawn worker for longer than a client waits.
 */
const MEET_MS = 3_000

/** One DHT a chain. Private addresses are kept: a local network has no others. */
async function dht(chainId: bigint) {
  const { kadDHT, passthroughMapper } = await import("@libp2p/kad-dht")
  return kadDHT({
    protocol: `/enigma/1/${chainId}/kad`,
    clientMode: false,
    allowQueryWithZeroPeers: true,
    peerInfoMapper: passthroughMapper,
    initialQuerySelfInterval: 500,
    querySelfInterval: MEET_MS,
  })
}

/** How often the bootstrap peers are dialled again while one of them is not connected. */
const REDIAL_MS = 3_000
const DIAL_TIMEOUT_MS = 10_000

/** Connects to the peers that discovery finds, up to the limit, and again to bootstrap peers that were lost. */
function meetPeers(host: Host, { bootstrap, maxPeers, clock, log, quiet }: HostOptions): () => Promise<void> {
  const stopping = new AbortController()
  const dials = new Set<Promise<unknown>>()
  const timeoutMs = quiet ? QUIET_TIMEOUT_MS : DIAL_TIMEOUT_MS
  const dial = (id: string, target: PeerId | Multiaddr) => {
    const connected = connectedPeers(host).map((peer) => peer.toString())
    if (id === host.peerId.toString() || connected.includes(id) || connected.length >= maxPeers) return
    const attempt = host
      .dial(target, { signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(timeoutMs)]) })
      .then(
        () => {},
        () => log.debug("dial failed", { peer: id }),
      )
    dials.add(attempt)
    void attempt.finally(() => dials.delete(attempt))
  }
  const onDiscovery = ({ detail }: CustomEvent<{ id: PeerId }>) => dial(detail.id.toString(), detail.id)
  host.addEventListener("peer:discovery", onDiscovery)
  const redial = () => {
    for (const address of bootstrap) dial(address.split("/p2p/").at(-1) ?? "", multiaddr(address))
  }
  if (quiet) redial()
  const redialling = (async () => {
    while (!stopping.signal.aborted) {
      await clock.sleep(REDIAL_MS, stopping.signal).catch(() => {})
      if (!stopping.signal.aborted) redial()
    }
  })()
  return async () => {
    stopping.abort()
    await redialling
    host.removeEventListener("peer:discovery", onDiscovery)
    await Promise.all(dials)
  }
}
