import { bigintToBytes, bytesToBigint, concatBytes, utf8Bytes, utf8Text } from "./bytes.ts"
import { protocolErrors } from "./errors.ts"

/**
 * The wire codec (PROTOCOL §1.2). Every value has exactly one encoding; every length is bounded before anything is
 * allocated for it; bytes after the end are an error.
 *
 *   uN        big-endian, N/8 bytes          bytes(max)  u32 length | bytes
 *   fixed(n)  n bytes                        list(max)   u32 count  | items
 *   bool      one byte, 0 or 1               option      bool | value when 1
 *   struct    its fields in the listed order union       u8 kind | fields of that kind
 */
export interface Codec<T> {
  readonly what: string
  write(value: T, out: Uint8Array[]): void
  read(reader: Reader): T
}

export type Decoded<C> = C extends Codec<infer T> ? T : never

export class Reader {
  readonly bytes: Uint8Array
  at = 0
  constructor(bytes: Uint8Array) {
    // A plain array: the `slice` of a Node Buffer would be a view.
    const isPlain = Object.getPrototypeOf(bytes) === Uint8Array.prototype
    this.bytes = isPlain ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
  /** A copy of the next `n` bytes: what is decoded never aliases a buffer the sender may still change. */
  take(n: number, what: string): Uint8Array {
    if (n > this.bytes.length - this.at) throw protocolErrors.make("TOO_SHORT", { what, needed: n })
    const at = this.at
    this.at = at + n
    return this.bytes.slice(at, at + n)
  }
  u32(what: string): number {
    return this.uint(4, what)
  }
  /** Big-endian, of at most 6 bytes. */
  uint(length: number, what: string): number {
    if (length > this.left) throw protocolErrors.make("TOO_SHORT", { what, needed: length })
    let value = 0
    for (const end = this.at + length; this.at < end; this.at++) value = value * 256 + this.bytes[this.at]!
    return value
  }
  get left(): number {
    return this.bytes.length - this.at
  }
}

function uintBytes(n: number, length: number): Uint8Array {
  const out = new Uint8Array(length)
  for (let at = length - 1, rest = n; at >= 0; at--, rest >>>= 8) out[at] = rest
  return out
}
const u32Bytes = (n: number): Uint8Array => uintBytes(n, 4)

/** @throws PROTOCOL_TOO_LARGE before decoding, PROTOCOL_TOO_SHORT, PROTOCOL_TRAILING_BYTES and what the codec throws. */
export function decode<T>(codec: Codec<T>, bytes: Uint8Array, maxBytes: number): T {
  if (bytes.length > maxBytes)
    throw protocolErrors.make("TOO_LARGE", { what: codec.what, got: bytes.length, max: maxBytes })
  const reader = new Reader(bytes)
  const value = codec.read(reader)
  if (reader.left !== 0) throw protocolErrors.make("TRAILING_BYTES", { what: codec.what, extra: reader.left })
  return value
}

export function encode<T>(codec: Codec<T>, value: T): Uint8Array {
  const out: Uint8Array[] = []
  codec.write(value, out)
  return concatBytes(...out)
}

function smallUint(bits: 8 | 16 | 32): Codec<number> {
  const length = bits / 8
  const max = 2 ** bits - 1
  const what = `u${bits}`
  return {
    what,
    write(value, out) {
      if (!Number.isInteger(value) || value < 0 || value > max)
        throw protocolErrors.make("OUT_OF_RANGE", { what, got: value, min: 0, max })
      out.push(uintBytes(value, length))
    },
    read: (reader) => reader.uint(length, what),
  }
}

function bigUint(bits: 64 | 128 | 256): Codec<bigint> {
  const what = `u${bits}`
  return {
    what,
    write: (value, out) => void out.push(bigintToBytes(value, bits / 8)),
    read: (reader) => bytesToBigint(reader.take(bits / 8, what)),
  }
}

export const u8 = smallUint(8)
export const u16 = smallUint(16)
export const u32 = smallUint(32)
export const u64 = bigUint(64)
export const u128 = bigUint(128)
export const u256 = bigUint(256)

export const bool: Codec<boolean> = {
  what: "bool",
  write: (value, out) => void out.push(uintBytes(value ? 1 : 0, 1)),
  read(reader) {
    const got = reader.uint(1, "bool")
    if (got > 1) throw protocolErrors.make("NOT_CANONICAL", { what: "bool" })
    return got === 1
  },
}

export function fixed(length: number, what = `bytes${length}`): Codec<Uint8Array> {
  return {
    what,
    write(value, out) {
      if (value.length !== length) throw protocolErrors.make("BAD_LENGTH", { what, want: length, got: value.length })
      out.push(value)
    },
    read: (reader) => reader.take(length, what),
  }
}

export const address = fixed(20, "address")
export const hash = fixed(32, "hash")
/** 65-byte secp256k1 signature: r | s | v, v 27 or 28, s low (EIP-2). */
export const signature = fixed(65, "signature")

export function bytes(max: number, what = "bytes"): Codec<Uint8Array> {
  const bound = (got: number) => {
    if (got > max) throw protocolErrors.make("TOO_LARGE", { what, got, max })
  }
  return {
    what,
    write(value, out) {
      bound(value.length)
      out.push(u32Bytes(value.length), value)
    },
    read(reader) {
      const length = reader.u32(what)
      bound(length)
      return reader.take(length, what)
    },
  }
}

/** Bytes up to the end of the message, of one of the listed sizes; only as the last field, where the end is the length. */
export function remainder(what: string, sizes: readonly number[]): Codec<Uint8Array> {
  const bound = (got: number) => {
    if (!sizes.includes(got)) throw protocolErrors.make("NOT_CANONICAL", { what })
  }
  return {
    what,
    write(value, out) {
      bound(value.length)
      out.push(value)
    },
    read(reader) {
      bound(reader.left)
      return reader.take(reader.left, what)
    },
  }
}

/** UTF-8 text of at most `max` bytes. */
export function text(max: number, what = "text"): Codec<string> {
  const inner = bytes(max, what)
  return {
    what,
    write: (value, out) => inner.write(utf8Bytes(value), out),
    read: (reader) => utf8Text(inner.read(reader), what),
  }
}

export function list<T>(item: Codec<T>, max: number, what = `list of ${item.what}`): Codec<readonly T[]> {
  const bound = (got: number) => {
    if (got > max) throw protocolErrors.make("OUT_OF_RANGE", { what, got, min: 0, max })
  }
  return {
    what,
    write(value, out) {
      bound(value.length)
      out.push(u32Bytes(value.length))
      for (const entry of value) item.write(entry, out)
    },
    read(reader) {
      const count = reader.u32(what)
      bound(count)
      // A count that the remaining bytes cannot hold is refused before the array grows (an item is never empty).
      if (count > reader.left) throw protocolErrors.make("TOO_SHORT", { what, needed: count })
      const out: T[] = []
      for (let i = 0; i < count; i++) out.push(item.read(reader))
      return out
    },
  }
}

export function option<T>(inner: Codec<T>): Codec<T | undefined> {
  return {
    what: `optional ${inner.what}`,
    write(value, out) {
      bool.write(value !== undefined, out)
      if (value !== undefined) inner.write(value, out)
    },
    read: (reader) => (bool.read(reader) ? inner.read(reader) : undefined),
  }
}

export type Fields = Readonly<Record<string, Codec<unknown>>>
export type StructOf<F extends Fields> = { readonly [K in keyof F]: Decoded<F[K]> }

/** Fields in the listed order; the decoded value is frozen. */
export function struct<const F extends { readonly [K in string]: Codec<never> | Codec<unknown> }>(
  what: string,
  fields: F,
): Codec<{ readonly [K in keyof F]: Decoded<F[K]> }> {
  const entries = Object.entries(fields) as [string, Codec<unknown>][]
  return {
    what,
    write(value, out) {
      for (const [name, codec] of entries) codec.write((value as Record<string, unknown>)[name], out)
    },
    read(reader) {
      const out: Record<string, unknown> = {}
      for (const [name, codec] of entries) out[name] = codec.read(reader)
      return Object.freeze(out) as { readonly [K in keyof F]: Decoded<F[K]> }
    },
  }
}

/** A u8 that must be one of the listed values. */
export function oneOf<const V extends readonly number[]>(what: string, values: V): Codec<V[number]> {
  const check = (got: number) => {
    if (!values.includes(got)) throw protocolErrors.make("UNKNOWN_KIND", { what, got })
  }
  return {
    what,
    write(value, out) {
      check(value)
      u8.write(value, out)
    },
    read(reader) {
      const got = u8.read(reader)
      check(got)
      return got
    },
  }
}

/** A version byte that must have one value. */
export function version(what: string, want: number): Codec<number> {
  return {
    what,
    write(value, out) {
      if (value !== want) throw protocolErrors.make("UNKNOWN_VERSION", { what, got: value, want })
      u8.write(value, out)
    },
    read(reader) {
      const got = u8.read(reader)
      if (got !== want) throw protocolErrors.make("UNKNOWN_VERSION", { what, got, want })
      return got
    },
  }
}

type Kinds = { readonly [name: string]: { readonly kind: number; readonly body: Codec<never> | Codec<unknown> } }
export type UnionOf<K extends Kinds> = {
  [N in keyof K & string]: { readonly type: N; readonly body: Decoded<K[N]["body"]> }
}[keyof K & string]

/** u8 kind, then that kind's body: `{ type: "envelope", body: {...} }`. */
export function union<const K extends Kinds>(what: string, kinds: K): Codec<UnionOf<K>> {
  const byKind = new Map(
    Object.entries(kinds).map(([name, entry]) => [entry.kind, [name, entry.body as Codec<unknown>] as const]),
  )
  return {
    what,
    write(value, out) {
      const entry = kinds[value.type]
      if (entry === undefined) throw protocolErrors.make("UNKNOWN_KIND", { what, got: value.type })
      u8.write(entry.kind, out)
      ;(entry.body as Codec<unknown>).write(value.body, out)
    },
    read(reader) {
      const got = u8.read(reader)
      const entry = byKind.get(got)
      if (entry === undefined) throw protocolErrors.make("UNKNOWN_KIND", { what, got })
      return Object.freeze({ type: entry[0], body: entry[1].read(reader) }) as UnionOf<K>
    },
  }
}
