import { compareBytes, fromHex, type Hex, toHex } from "@enigma-discovery/protocol"
import type { ByteOp, ByteStore, Range } from "./byte-store.ts"

/** For tests and networks inside one process: as fast as it is forgetful. */
export function memoryStore(): ByteStore {
  const values = new Map<Hex, Uint8Array>()
  const select = ({ from, to, reverse = false, limit = Number.POSITIVE_INFINITY }: Range) => {
    const found = [...values]
      .map(([key, value]) => [fromHex(key), value] as const)
      .filter(([key]) => compareBytes(key, from) >= 0 && compareBytes(key, to) < 0)
      .sort(([a], [b]) => (reverse ? compareBytes(b, a) : compareBytes(a, b)))
    return found.slice(0, limit)
  }
  return {
    get: async (key) => values.get(toHex(key))?.slice(),
    async write(ops: readonly ByteOp[]) {
      for (const op of ops)
        if (op.type === "put") values.set(toHex(op.key), op.value.slice())
        else values.delete(toHex(op.key))
    },
    entries: async (range) => select(range).map(([key, value]) => [key, value.slice()] as const),
    keys: async (range) => select(range).map(([key]) => key),
    close: async () => {},
  }
}
