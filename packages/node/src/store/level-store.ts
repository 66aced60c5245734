import { ClassicLevel } from "classic-level"
import { nodeErrors } from "../errors.ts"
import type { ByteStore, Range } from "./byte-store.ts"

/** A Buffer's `slice` aliases; what leaves the store is a plain array of its own. */
const plain = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength).slice()
const between = ({ from, to, reverse = false, limit = -1 }: Range) => ({ gte: from, lt: to, reverse, limit })

/** @throws NODE_STORE_UNUSABLE when another process has it open, or it is damaged */
export async function openLevelStore(directory: string): Promise<ByteStore> {
  const db = new ClassicLevel<Uint8Array, Uint8Array>(directory, { keyEncoding: "view", valueEncoding: "view" })
  try {
    await db.open()
  } catch (cause) {
    throw nodeErrors.make("STORE_UNUSABLE", { directory }, { cause })
  }
  return {
    async get(key) {
      const value = await db.get(key)
      return value === undefined ? undefined : plain(value)
    },
    write: (ops) => db.batch([...ops], { sync: true }),
    async entries(range) {
      const found = await db.iterator(between(range)).all()
      return found.map(([key, value]) => [plain(key), plain(value)] as const)
    },
    keys: async (range) => (await db.keys(between(range)).all()).map(plain),
    close: () => db.close(),
  }
}
