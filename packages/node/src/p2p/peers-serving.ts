import { REQUESTS, type RequestName } from "@enigma-discovery/protocol"
import type { PeerId } from "@libp2p/interface"
import type { Host } from "./host.ts"

/** Connected peers that serve a request, as they said of themselves (identify). */
export async function peersServing(host: Host, name: RequestName): Promise<readonly PeerId[]> {
  const connected = host.getPeers()
  const known = await Promise.all(connected.map((peer) => host.peerStore.get(peer).catch(() => undefined)))
  return connected.filter((_, i) => known[i]?.protocols.includes(REQUESTS[name].id))
}
