import { equalBytes } from "@enigma-discovery/protocol"
import type { BlockHeader } from "@enigma-discovery/verify"
import { MAX_BEACON_LAG_BLOCKS } from "../constants.ts"
import { enclaveErrors } from "../errors.ts"

/** A block the enclave relies on. */
export interface KnownBlock {
  readonly number: bigint
  readonly hash: Uint8Array
}

/**
 * The order of headers (PROTOCOL §7.5): none below the depth, none older than the newest known (or only so much, for who is
 * asked by many hosts), never a second hash for a height. So a host can't feed an older state, or two.
 */
export class TrustedHeaders {
  readonly #depth: number
  /** Hashes by height, as far back as any header may lie behind the newest. */
  readonly #hashes = new Map<bigint, Uint8Array>()
  #newest: KnownBlock | undefined

  constructor(depth: number) {
    this.#depth = depth
  }

  /** The newest block known at depth, here or by what key managers said. */
  get newest(): KnownBlock | undefined {
    return this.#newest
  }

  /** @throws ENCLAVE_HEADER_SHALLOW, ENCLAVE_HEADER_OLDER, ENCLAVE_HEADER_FORKED; nothing is kept then */
  accept({ number, hash }: Pick<BlockHeader, "number" | "hash">, confirmations: number, lagBlocks = 0n): void {
    if (confirmations < this.#depth)
      throw enclaveErrors.make("HEADER_SHALLOW", { got: confirmations, want: this.#depth })
    const newest = this.#newest
    if (newest !== undefined && number + lagBlocks < newest.number)
      throw enclaveErrors.make("HEADER_OLDER", { got: number, newest: newest.number })
    const known = this.#hashes.get(number)
    if (known !== undefined && !equalBytes(known, hash)) throw enclaveErrors.make("HEADER_FORKED", { block: number })
    this.#keep({ number, hash })
  }

  /** Takes a key manager's word on the newest block: from then on nothing older will do. */
  raiseFloor(block: KnownBlock): void {
    if (this.#newest === undefined || block.number > this.#newest.number) this.#keep(block)
  }

  #keep(block: KnownBlock): void {
    this.#hashes.set(block.number, block.hash)
    if (this.#newest === undefined || block.number > this.#newest.number) this.#newest = block
    for (const height of this.#hashes.keys())
      if (height + MAX_BEACON_LAG_BLOCKS < this.#newest.number) this.#hashes.delete(height)
  }
}
