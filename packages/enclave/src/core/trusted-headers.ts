import { equalBytes } from "@enigma-discovery/protocol"
import type { BlockHeader } from "@enigma-discovery/verify"
import { enclaveErrors } from "../errors.ts"

/** A block the enclave relies on. */
export interface KnownBlock {
  readonly number: bigint
  readonly hash: Uint8Array
}

interface Accepted extends KnownBlock {
  readonly confirmations: number
}

/**
 * The order of headers (PROTOCOL §7.5): never one older than the newest accepted at the same or more confirmations, never a
 * second hash for a height that was accepted. So a host can't feed an older state, or two.
 */
export class TrustedHeaders {
  readonly #depth: number
  /** Those that no other is at least as new and as deep as; newest first, so depths grow. */
  #accepted: readonly Accepted[] = []
  #floor: KnownBlock | undefined

  constructor(depth: number) {
    this.#depth = depth
  }

  /** @throws ENCLAVE_HEADER_SHALLOW, ENCLAVE_HEADER_OLDER, ENCLAVE_HEADER_FORKED; nothing is kept then */
  accept(header: Pick<BlockHeader, "number" | "hash">, confirmations: number): void {
    this.#requireDeep(confirmations)
    const newer = this.#accepted.find((known) => known.number > header.number && known.confirmations >= confirmations)
    if (newer !== undefined) throw enclaveErrors.make("HEADER_OLDER", { got: header.number, newest: newer.number })
    this.#keep(header, confirmations)
  }

  /**
   * For who is asked by many hosts, which are not in step: takes a header up to `lagBlocks` behind the newest one too.
   * @throws as `accept`
   */
  acceptWithin(header: Pick<BlockHeader, "number" | "hash">, confirmations: number, lagBlocks: bigint): void {
    this.#requireDeep(confirmations)
    const newest = this.newest
    if (newest !== undefined && header.number + lagBlocks < newest.number)
      throw enclaveErrors.make("HEADER_OLDER", { got: header.number, newest: newest.number })
    this.#keep(header, confirmations)
  }

  #requireDeep(confirmations: number): void {
    if (confirmations < this.#depth)
      throw enclaveErrors.make("HEADER_SHALLOW", { got: confirmations, want: this.#depth })
  }

  #keep(header: Pick<BlockHeader, "number" | "hash">, confirmations: number): void {
    for (const known of [...this.#accepted, ...(this.#floor === undefined ? [] : [this.#floor])]) {
      if (known.number === header.number && !equalBytes(known.hash, header.hash))
        throw enclaveErrors.make("HEADER_FORKED", { block: header.number })
    }
    const entry: Accepted = { number: header.number, hash: header.hash, confirmations }
    const kept = this.#accepted.filter((known) => known.number > entry.number || known.confirmations > confirmations)
    this.#accepted = [...kept, entry].sort((a, b) => (a.number > b.number ? -1 : a.number < b.number ? 1 : 0))
  }

  /** The newest block known at depth, here or by what key managers said. */
  get newest(): KnownBlock | undefined {
    const [own] = this.#accepted
    return own === undefined || (this.#floor !== undefined && this.#floor.number > own.number) ? this.#floor : own
  }

  /** Takes a key manager's word on the newest block: from then on nothing older will do. */
  raiseFloor(block: KnownBlock): void {
    if (this.#floor === undefined || block.number > this.#floor.number) this.#floor = block
  }
}
