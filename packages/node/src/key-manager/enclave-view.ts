/** Keeps a key manager's enclave at the newest trusted header: every answer of it carries that header to workers' enclaves. */
import { type ChainRpc, chainProof, proveClaim } from "@enigma-discovery/chain/follow"
import type { KeyManagerEnclave, ViewStatus } from "@enigma-discovery/enclave/host"
import { epochStateClaim } from "@enigma-discovery/verify"
import type { HeaderSource } from "../chain/header-exchange.ts"
import type { HeaderFeed } from "../chain/header-feed.ts"

export interface EnclaveView {
  /** Advances to the newest header, when there is a newer one. @throws ENCLAVE_*, VERIFY_*, CHAIN_* */
  advance(signal: AbortSignal): Promise<void>
  view(): ViewStatus | undefined
}

export interface EnclaveViewOptions {
  readonly enclave: Pick<KeyManagerEnclave, "advance">
  readonly rpc: ChainRpc
  readonly enigma: Uint8Array
  readonly depth: number
  readonly headers: Pick<HeaderFeed, "newest">
  readonly headerSource: HeaderSource
}

export function createEnclaveView(options: EnclaveViewOptions): EnclaveView {
  const { enclave, rpc, enigma, depth, headers, headerSource } = options
  let view: ViewStatus | undefined
  return {
    view: () => view,
    async advance(signal) {
      const header = headers.newest() ?? (await headerSource.obtain({ confirmations: depth }, signal))
      if (header === undefined || BigInt(header.number) <= (view?.blockNumber ?? -1n)) return
      const { nodes } = await proveClaim(rpc, enigma, epochStateClaim(), header, signal)
      view = await enclave.advance(chainProof(header.rlp, header.confirmations, header.signatures, nodes))
    },
  }
}
