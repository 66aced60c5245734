import { equalBytes } from "@enigma-discovery/protocol"
import { byKey, keyText, type StateChange, type StateEntry, type StateMap } from "./state-map.ts"

/**
 * The changes of one call. They go straight into the state, so that reading and iterating cost the same whatever was
 * changed before, and what stood there is kept: `rollback` restores it, `changes` tells what really differs.
 */
export class StateTransaction {
  readonly #state: StateMap
  readonly #before = new Map<string, { readonly key: Uint8Array; readonly entry: StateEntry | undefined }>()

  constructor(state: StateMap) {
    this.#state = state
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#state.get(keyText(key))?.value
  }

  set(key: Uint8Array, value: Uint8Array, isPublic: boolean): void {
    this.#keep(key)
    this.#state.set({ key, value, isPublic })
  }

  remove(key: Uint8Array): void {
    this.#keep(key)
    this.#state.remove(key)
  }

  /** Entry with the smallest key that starts with `prefix` and is greater than `after` (or the smallest at all). */
  next(prefix: Uint8Array, after: Uint8Array | undefined): StateEntry | undefined {
    const start = keyText(prefix)
    const last = after === undefined ? undefined : keyText(after)
    const entry = last !== undefined && last >= start ? this.#state.next(last, true) : this.#state.next(start, false)
    return entry !== undefined && keyText(entry.key).startsWith(start) ? entry : undefined
  }

  /** What differs from before the call, keys ascending. Writing what stood there already is no change. */
  changes(): readonly StateChange[] {
    const out: StateChange[] = []
    for (const [text, { key, entry: before }] of this.#before) {
      const after = this.#state.get(text)
      if (!sameEntry(before, after)) out.push({ key, before, after })
    }
    return out.sort(byKey)
  }

  rollback(): void {
    this.#state.undo(this.changes())
    this.#before.clear()
  }

  #keep(key: Uint8Array): void {
    const text = keyText(key)
    if (!this.#before.has(text)) this.#before.set(text, { key, entry: this.#state.get(text) })
  }
}

function sameEntry(a: StateEntry | undefined, b: StateEntry | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return a.isPublic === b.isPublic && equalBytes(a.value, b.value)
}
