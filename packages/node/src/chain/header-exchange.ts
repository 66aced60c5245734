/** Headers from peers, for who missed them in the gossip. Every node serves what it holds. */
import type { SignedHeader } from "@enigma-discovery/protocol"
import { errorFields, type Logger } from "../log.ts"
import type { Reputation } from "../p2p/reputation.ts"
import { type Handler, Refusal, type Requester } from "../p2p/requests.ts"
import type { Directory, KnownPeer } from "../peers/directory.ts"
import type { HeaderFeed, TrustedHeader } from "./header-feed.ts"

export interface HeaderQuery {
  readonly confirmations: number
  /** This block; without it, the newest one ... */
  readonly blockNumber?: number
  /** ... from this block on. */
  readonly minBlock?: number
}

function held(
  headers: Pick<HeaderFeed, "newest" | "at">,
  { confirmations, blockNumber, minBlock = 0 }: HeaderQuery,
): TrustedHeader | undefined {
  const found = blockNumber === undefined ? headers.newest() : headers.at(blockNumber)
  return found !== undefined && found.number >= minBlock && found.confirmations >= confirmations ? found : undefined
}

export const headerHandler = (headers: HeaderFeed): Handler<"header"> => ({
  perPeer: { count: 100, everyMs: 10_000 },
  total: { count: 2_000, everyMs: 10_000 },
  async handle({ confirmations, minBlock, blockNumber }) {
    const block = blockNumber === undefined ? {} : { blockNumber: Number(blockNumber) }
    const found = held(headers, { confirmations, minBlock: Number(minBlock), ...block })
    if (found === undefined) throw new Refusal("unknown")
    return { header: found.rlp, confirmations: found.confirmations, signatures: found.signatures }
  },
})

export interface HeaderSource {
  /** From what gossip brought, else from the first peer that holds it; undefined when nobody does. @throws the signal's reason */
  obtain(query: HeaderQuery, signal?: AbortSignal): Promise<TrustedHeader | undefined>
}

export interface HeaderSourceOptions {
  readonly headers: HeaderFeed
  readonly directory: Pick<Directory, "all">
  readonly requester: Requester
  readonly reputation: Reputation
  readonly log: Logger
}

export function createHeaderSource({
  headers,
  directory,
  requester,
  reputation,
  log,
}: HeaderSourceOptions): HeaderSource {
  /** A peer's answer is believed signature by signature. */
  function keep({ header, confirmations, signatures }: SignedHeader, { peer }: KnownPeer): void {
    for (const signature of signatures) {
      if (headers.submit({ header, confirmations, signature }) !== "reject") continue
      reputation.report(peer.toString(), "invalid")
      return
    }
  }

  return {
    async obtain(query, signal) {
      const here = held(headers, query)
      if (here !== undefined) return here
      const { confirmations, blockNumber, minBlock = 0 } = query
      const request = {
        confirmations,
        minBlock: BigInt(minBlock),
        blockNumber: blockNumber === undefined ? undefined : BigInt(blockNumber),
      }
      for (const known of directory.all()) {
        try {
          keep(await requester.ask(known.peer, "header", request, signal), known)
        } catch (error) {
          signal?.throwIfAborted()
          log.debug("no header from peer", { peer: known.peer.toString(), ...errorFields(error) })
        }
        const found = held(headers, query)
        if (found !== undefined) return found
      }
      return undefined
    },
  }
}
