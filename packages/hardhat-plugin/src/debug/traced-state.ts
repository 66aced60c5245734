import { type Hex, toHex } from "@enigma-discovery/protocol"
import type { HostState } from "@enigma-discovery/runtime-wasm"

export type StateStep =
  | { readonly kind: "read"; readonly key: Hex; readonly value: Hex | undefined }
  | { readonly kind: "write"; readonly key: Hex; readonly value: Hex; readonly isPublic: boolean }
  | { readonly kind: "remove"; readonly key: Hex }
  /** The contract walks over the entries under a prefix. */
  | { readonly kind: "next"; readonly prefix: Hex; readonly found: Hex | undefined }

/** A contract's state that tells each access, in order. Slow and plain: for looking at one task. */
export class TracedState implements HostState {
  readonly #entries: Map<Hex, Uint8Array>
  readonly #tell: (step: StateStep) => void

  constructor(entries: Iterable<readonly [Hex, Uint8Array]>, tell: (step: StateStep) => void) {
    this.#entries = new Map(entries)
    this.#tell = tell
  }

  get(keyBytes: Uint8Array): Uint8Array | undefined {
    const key = toHex(keyBytes)
    const value = this.#entries.get(key)
    this.#tell({ kind: "read", key, value: value === undefined ? undefined : toHex(value) })
    return value
  }

  set(keyBytes: Uint8Array, value: Uint8Array, isPublic: boolean): void {
    const key = toHex(keyBytes)
    this.#entries.set(key, value)
    this.#tell({ kind: "write", key, value: toHex(value), isPublic })
  }

  remove(keyBytes: Uint8Array): void {
    const key = toHex(keyBytes)
    this.#entries.delete(key)
    this.#tell({ kind: "remove", key })
  }

  next(prefixBytes: Uint8Array, afterBytes: Uint8Array | undefined) {
    const prefix = toHex(prefixBytes)
    const after = afterBytes === undefined ? undefined : toHex(afterBytes)
    // Hexadecimal of whole bytes is ordered as the bytes are.
    const key = [...this.#entries.keys()]
      .sort()
      .find((one) => one.startsWith(prefix) && (after === undefined || one > after))
    this.#tell({ kind: "next", prefix, found: key })
    return key === undefined ? undefined : { key: bytesOf(key), value: this.#entries.get(key)! }
  }
}

const bytesOf = (hex: Hex): Uint8Array => Uint8Array.from(Buffer.from(hex.slice(2), "hex"))
