import { type Hex, toHex } from "@enigma-discovery/protocol"
import type { ByteOp, ByteStore, Range } from "./byte-store.ts"

export interface MemoryStore extends ByteStore {
  /** A store of its own with what this one holds now. */
  copy(): MemoryStore
}

interface Entry {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/** For tests and networks inside one process: as fast as it is forgetful. */
export const memoryStore = (): MemoryStore => storeOf(new Map(), [])

/** `order`: the keys as hex, sorted; hex sorts as the bytes do. */
function storeOf(entries: Map<Hex, Entry>, order: Hex[]): MemoryStore {
  /** Position of the first key that is not before this one. */
  function place(key: Hex): number {
    let low = 0
    for (let high = order.length; low < high; ) {
      const middle = (low + high) >> 1
      if (order[middle]! < key) low = middle + 1
      else high = middle
    }
    return low
  }
  const select = ({ from, to, reverse = false, limit = Number.POSITIVE_INFINITY }: Range): readonly Entry[] => {
    const found = order.slice(place(toHex(from)), place(toHex(to)))
    return (reverse ? found.reverse() : found).slice(0, limit).map((key) => entries.get(key)!)
  }
  function put(key: Uint8Array, value: Uint8Array): void {
    const name = toHex(key)
    if (!entries.has(name)) order.splice(place(name), 0, name)
    entries.set(name, { key: key.slice(), value: value.slice() })
  }
  function remove(key: Uint8Array): void {
    const name = toHex(key)
    if (entries.delete(name)) order.splice(place(name), 1)
  }
  return {
    get: async (key) => entries.get(toHex(key))?.value.slice(),
    async write(ops: readonly ByteOp[]) {
      for (const op of ops)
        if (op.type === "put") put(op.key, op.value)
        else remove(op.key)
    },
    entries: async (range) => select(range).map(({ key, value }) => [key.slice(), value.slice()] as const),
    keys: async (range) => select(range).map(({ key }) => key.slice()),
    copy: () => storeOf(new Map(entries), [...order]),
    close: async () => {},
  }
}
