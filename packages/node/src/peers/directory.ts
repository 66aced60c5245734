/**
 * Who is connected and as what. Peers tell their role and worker themselves; it only decides whom to ask first, never what to
 * believe: every answer that matters proves itself.
 */
import type { WorkerInfo } from "@enigma-discovery/protocol"
import type { PeerId } from "@libp2p/interface"
import type { Clock } from "../deps.ts"
import type { Logger } from "../log.ts"
import { connectedPeers, type Host } from "../p2p/host.ts"
import type { Requester } from "../p2p/requests.ts"

export interface KnownPeer {
  readonly peer: PeerId
  readonly role: string
  readonly worker: WorkerInfo | undefined
  readonly blockNumber: number
}

export interface Directory {
  all(): readonly KnownPeer[]
  withRole(role: string): readonly KnownPeer[]
  /** Connected peers that say they are this worker. */
  workers(workerId: number): readonly KnownPeer[]
  /** Asks every connected peer again. */
  refresh(): Promise<void>
  stop(): Promise<void>
}

/** Peers restart their enclaves; what they said is asked again after this time. */
const REFRESH_MS = 15_000
/** A peer that could not tell yet, because it was only starting, is asked again so often. */
const STRANGER_MS = 500

export function createDirectory(host: Host, requester: Requester, clock: Clock, log: Logger): Directory {
  const known = new Map<string, KnownPeer>()
  const stopping = new AbortController()
  const asking = new Map<string, Promise<void>>()

  async function ask(peer: PeerId): Promise<void> {
    try {
      const { role, worker, blockNumber } = await requester.ask(peer, "status", { nonce: 0n }, stopping.signal)
      if (host.getConnections(peer).length === 0) return
      known.set(peer.toString(), { peer, role, worker, blockNumber: Number(blockNumber) })
    } catch {
      log.debug("peer does not tell its status", { peer: peer.toString() })
    }
  }
  function meet(peer: PeerId): Promise<void> {
    const name = peer.toString()
    const running = asking.get(name) ?? ask(peer).finally(() => asking.delete(name))
    asking.set(name, running)
    return running
  }
  const refresh = async () => void (await Promise.all(connectedPeers(host).map(meet)))
  const onIdentify = ({ detail }: CustomEvent<{ peerId: PeerId }>) => void meet(detail.peerId)
  const onDisconnect = ({ detail }: CustomEvent<PeerId>) => void known.delete(detail.toString())
  host.addEventListener("peer:identify", onIdentify)
  host.addEventListener("peer:disconnect", onDisconnect)
  /** Unknown, or a worker that was not registered yet when it was asked. */
  const isStranger = (name: string) => {
    const peer = known.get(name)
    return peer === undefined || (peer.role === "worker" && peer.worker === undefined)
  }
  const meetStrangers = () =>
    Promise.all(
      connectedPeers(host)
        .filter((peer) => isStranger(peer.toString()))
        .map(meet),
    )
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      await refresh()
      for (let waitedMs = 0; waitedMs < REFRESH_MS && !stopping.signal.aborted; waitedMs += STRANGER_MS) {
        await clock.sleep(STRANGER_MS, stopping.signal).catch(() => {})
        if (!stopping.signal.aborted) await meetStrangers()
      }
    }
  })()

  return {
    all: () => [...known.values()],
    withRole: (role) => [...known.values()].filter((peer) => peer.role === role),
    workers: (workerId) => [...known.values()].filter(({ worker }) => worker?.workerId === workerId),
    refresh,
    async stop() {
      stopping.abort()
      host.removeEventListener("peer:identify", onIdentify)
      host.removeEventListener("peer:disconnect", onDisconnect)
      await loop
      await Promise.all(asking.values())
    },
  }
}

/** Tries peers in turn until one gives an answer that `take` accepts; undefined when none does. */
export async function askInTurn<T>(
  peers: readonly KnownPeer[],
  ask: (peer: PeerId) => Promise<T | undefined>,
): Promise<T | undefined> {
  for (const { peer } of peers) {
    try {
      const answer = await ask(peer)
      if (answer !== undefined) return answer
    } catch {
      // The next peer may do better; the requester has noted what this one did.
    }
  }
  return undefined
}
