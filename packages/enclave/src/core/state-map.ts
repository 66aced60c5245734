import { compareBytes } from "@enigma-discovery/protocol"
import { SortedKeys } from "./sorted-keys.ts"

export interface StateEntry {
  readonly key: Uint8Array
  readonly value: Uint8Array
  /** Stands in clear in the deltas that change it. */
  readonly isPublic: boolean
}

/** One changed entry: what it was and what it is; undefined: not there. */
export interface StateChange {
  readonly key: Uint8Array
  readonly before: StateEntry | undefined
  readonly after: StateEntry | undefined
}

/** What stands under a key now; undefined: nothing. */
export interface ChangedEntry {
  readonly key: Uint8Array
  readonly entry: StateEntry | undefined
}

/** Keys as strings of char codes 0..255: equal and ordered exactly as the bytes are. */
export function keyText(key: Uint8Array): string {
  let text = ""
  for (const b of key) text += String.fromCharCode(b)
  return text
}

/**
 * A contract's state: ordered key-value entries in plaintext. Changes come in sets, each of which can be undone, so that the
 * enclave can go back to the anchored head.
 */
export class StateMap {
  readonly #entries = new Map<string, StateEntry>()
  readonly #order = new SortedKeys()
  #sizeBytes = 0
  #observer: ((entries: readonly ChangedEntry[]) => void) | undefined

  /** Told of everything that `apply` and `undo` change, so that a copy elsewhere can follow. */
  observe(observer: (entries: readonly ChangedEntry[]) => void): void {
    this.#observer = observer
  }

  /** Bytes of all keys and values. */
  get sizeBytes(): number {
    return this.#sizeBytes
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: string): StateEntry | undefined {
    return this.#entries.get(key)
  }

  /** Entry with the smallest key that is at least `from` (greater, when `strict`). */
  next(from: string, strict: boolean): StateEntry | undefined {
    const key = this.#order.first(from, strict)
    return key === undefined ? undefined : this.#entries.get(key)
  }

  /** All entries, keys ascending. */
  entries(): readonly StateEntry[] {
    return this.#order.keys().map((key) => this.#entries.get(key)!)
  }

  set(entry: StateEntry): void {
    const key = keyText(entry.key)
    const before = this.#entries.get(key)
    if (before === undefined) this.#order.add(key)
    else this.#sizeBytes -= before.key.length + before.value.length
    this.#entries.set(key, entry)
    this.#sizeBytes += entry.key.length + entry.value.length
  }

  remove(keyBytes: Uint8Array): void {
    const key = keyText(keyBytes)
    const before = this.#entries.get(key)
    if (before === undefined) return
    this.#entries.delete(key)
    this.#order.remove(key)
    this.#sizeBytes -= before.key.length + before.value.length
  }

  apply(changes: readonly StateChange[]): void {
    this.#put(changes.map(({ key, after }) => ({ key, entry: after })))
  }

  undo(changes: readonly StateChange[]): void {
    this.#put(changes.map(({ key, before }) => ({ key, entry: before })))
  }

  #put(entries: readonly ChangedEntry[]): void {
    for (const { key, entry } of entries) {
      if (entry === undefined) this.remove(key)
      else this.set(entry)
    }
    this.#observer?.(entries)
  }
}

/** Orders changes by key, as deltas list them. */
export const byKey = (a: { readonly key: Uint8Array }, b: { readonly key: Uint8Array }): number =>
  compareBytes(a.key, b.key)
