/** Headers between nodes: told by gossip, asked for where gossip was missed. */
import { headerTopic, type NetworkConfig, type SignedHeader } from "@enigma-discovery/protocol"
import type { PeerId } from "@libp2p/interface"
import { errorFields, type Logger } from "../log.ts"
import type { Gossip } from "../p2p/gossip.ts"
import type { Host } from "../p2p/host.ts"
import { peersServing } from "../p2p/peers-serving.ts"
import type { Reputation } from "../p2p/reputation.ts"
import { type Handler, Refusal, type Requester } from "../p2p/requests.ts"
import type { HeaderBook, TrustedHeader } from "./header-book.ts"

/** Keeps what witnesses gossip, and passes it on. */
export function followHeaders(gossip: Gossip, network: Pick<NetworkConfig, "chainId">, book: HeaderBook): void {
  gossip.subscribe(headerTopic(network.chainId), (message) =>
    message.type === "header" ? book.take(message.body) : "reject",
  )
}

/** Every node serves what it holds: a witness need not be reachable from everywhere. */
export const headerHandler = (book: HeaderBook): Handler<"header"> => ({
  perPeer: { count: 100, everyMs: 10_000 },
  total: { count: 2_000, everyMs: 10_000 },
  async handle({ confirmations, minBlock, blockNumber }) {
    const found = blockNumber === undefined ? book.newest(confirmations) : book.at(blockNumber, confirmations)
    if (found === undefined || found.header.number < minBlock) throw new Refusal("unknown")
    return found.signed
  },
})

export interface HeaderQuery {
  readonly confirmations: number
  /** This block; without it, the newest one ... */
  readonly blockNumber?: bigint
  /** ... from this block on. */
  readonly minBlock?: bigint
}

export interface HeaderSource {
  /** From the book, else from the first connected peer that holds it; undefined when nobody does. @throws the signal's reason */
  obtain(query: HeaderQuery, signal?: AbortSignal): Promise<TrustedHeader | undefined>
}

export interface HeaderSourceOptions {
  readonly book: HeaderBook
  readonly host: Host
  readonly reputation: Reputation
  readonly requester: Requester
  readonly log: Logger
}

export function createHeaderSource({ book, host, reputation, requester, log }: HeaderSourceOptions): HeaderSource {
  const held = ({ confirmations, blockNumber, minBlock = 0n }: HeaderQuery): TrustedHeader | undefined => {
    const found = blockNumber === undefined ? book.newest(confirmations) : book.at(blockNumber, confirmations)
    return found === undefined || found.header.number < minBlock ? undefined : found
  }

  /** A peer's answer is believed signature by signature. */
  function keep({ header, confirmations, signatures }: SignedHeader, peer: PeerId): void {
    for (const signature of signatures) {
      if (book.take({ header, confirmations, signature }) !== "reject") continue
      reputation.report(peer.toString(), "invalid")
      return
    }
  }

  return {
    async obtain(query, signal) {
      const here = held(query)
      if (here !== undefined) return here
      const { confirmations, blockNumber, minBlock = 0n } = query
      for (const peer of await peersServing(host, "header")) {
        try {
          keep(await requester.ask(peer, "header", { confirmations, minBlock, blockNumber }, signal), peer)
        } catch (error) {
          signal?.throwIfAborted()
          log.debug("no header from peer", { peer: peer.toString(), ...errorFields(error) })
        }
        const found = held(query)
        if (found !== undefined) return found
      }
      return undefined
    },
  }
}
