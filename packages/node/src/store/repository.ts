import { type Codec, concatBytes, decode, encode } from "@enigma-discovery/protocol"
import { nodeErrors } from "../errors.ts"
import type { BucketName } from "./buckets.ts"
import { BUCKET } from "./buckets.ts"
import type { ByteOp, ByteStore, Range } from "./byte-store.ts"

/** Values of one kind under keys of one kind, in a bucket of its own. Absent is `undefined`. */
export interface Repository<K, V> {
  get(key: K): Promise<V | undefined>
  put(key: K, value: V): Promise<void>
  delete(key: K): Promise<void>
  /** For writes that belong together: hand these to `ByteStore.write`. */
  putOp(key: K, value: V): ByteOp
  deleteOp(key: K): ByteOp
  /** Values whose keys begin with `prefix`, in key order; `from` leaves out keys that come before `prefix | from`. */
  list(prefix?: Uint8Array, options?: ListOptions): Promise<readonly V[]>
  keys(prefix?: Uint8Array, options?: ListOptions): Promise<readonly Uint8Array[]>
}
export interface ListOptions {
  readonly from?: Uint8Array
  readonly reverse?: boolean
  readonly limit?: number
}

const MAX_VALUE_BYTES = 67_108_864

/** The least key that does not begin with `prefix`. A bucket's number is below 255, so there is always one. */
function after(prefix: Uint8Array): Uint8Array {
  const out = prefix.slice()
  for (let i = out.length - 1; i >= 0; i--) {
    if (out[i]! < 255) {
      out[i]! += 1
      return out.slice(0, i + 1)
    }
  }
  throw new RangeError("no key follows")
}

export function repository<K, V>(
  store: ByteStore,
  bucket: BucketName,
  keyBytes: (key: K) => Uint8Array,
  codec: Codec<V>,
): Repository<K, V> {
  const number = Uint8Array.of(BUCKET[bucket])
  const at = (key: K) => concatBytes(number, keyBytes(key))
  const read = (raw: Uint8Array): V => {
    try {
      return decode(codec, raw, MAX_VALUE_BYTES)
    } catch (cause) {
      throw nodeErrors.make("STORE_DAMAGED", { bucket }, { cause })
    }
  }
  const range = (prefix: Uint8Array, { from = new Uint8Array(0), ...rest }: ListOptions): Range => {
    const start = concatBytes(number, prefix)
    return { from: concatBytes(start, from), to: after(start), ...rest }
  }
  const putOp = (key: K, value: V): ByteOp => ({ type: "put", key: at(key), value: encode(codec, value) })
  const deleteOp = (key: K): ByteOp => ({ type: "del", key: at(key) })
  return {
    async get(key) {
      const raw = await store.get(at(key))
      return raw === undefined ? undefined : read(raw)
    },
    put: (key, value) => store.write([putOp(key, value)]),
    delete: (key) => store.write([deleteOp(key)]),
    putOp,
    deleteOp,
    list: async (prefix = new Uint8Array(0), options = {}) =>
      (await store.entries(range(prefix, options))).map(([, value]) => read(value)),
    keys: async (prefix = new Uint8Array(0), options = {}) =>
      (await store.keys(range(prefix, options))).map((key) => key.slice(1)),
  }
}
