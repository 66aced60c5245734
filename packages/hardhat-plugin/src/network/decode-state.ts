/** A contract's state as its source names it (PROTOCOL §11.4). */
import type { Hex } from "@enigma-discovery/protocol"
import { toHex, utf8Bytes } from "@enigma-discovery/protocol"
import type { StateEntry } from "@enigma-discovery/sdk-as"
import { AbiCoder } from "ethers"
import type { DecodedState } from "../types.ts"

const coder = AbiCoder.defaultAbiCoder()
/** A value that is not of its declared type stays as it is kept: a debugger must not fail on broken state. */
const decoded = (type: string, value: Hex): unknown => {
  try {
    return coder.decode([type], value)[0] as unknown
  } catch {
    return value
  }
}

/** Key of an entry of a mapping or list without the key's own words: the name and a zero byte. */
const prefixOf = (name: string): Hex => `${toHex(utf8Bytes(name))}00`

const DECODERS: Readonly<Record<StateEntry["kind"], (entry: StateEntry, raw: ReadonlyMap<Hex, Hex>) => unknown>> = {
  value: ({ name, value }, raw) => {
    const found = raw.get(toHex(utf8Bytes(name)))
    return found === undefined ? undefined : decoded(value, found)
  },
  mapping: ({ name, keys, value }, raw) => {
    const all = new Map<unknown, unknown>()
    for (const [key, v] of entriesOf(name, raw)) put(all, keysOf(keys, key), decoded(value, v))
    return all
  },
  list: ({ name, value }, raw) => entriesOf(name, raw).map(([, v]) => decoded(value, v)),
}

const entriesOf = (name: string, raw: ReadonlyMap<Hex, Hex>): readonly (readonly [Hex, Hex])[] => {
  const prefix = prefixOf(name)
  return [...raw].filter(([key]) => key.startsWith(prefix)).map(([key, v]) => [`0x${key.slice(prefix.length)}`, v])
}

/** Keys of a mapping stand one after the other, each encoded by itself. */
function keysOf([type, ...others]: readonly string[], encoded: Hex): readonly unknown[] {
  if (type === undefined) return []
  const first = decoded(type, encoded)
  if (others.length === 0) return [first]
  const digits = coder.encode([type], [first]).length
  return [first, ...keysOf(others, `0x${encoded.slice(digits)}`)]
}

function put(map: Map<unknown, unknown>, [key, ...others]: readonly unknown[], value: unknown): void {
  if (others.length === 0) return void map.set(key, value)
  const inner = (map.get(key) ?? new Map()) as Map<unknown, unknown>
  map.set(key, inner)
  put(inner, others, value)
}

export function decodeState(entries: readonly StateEntry[], raw: ReadonlyMap<Hex, Hex>): DecodedState {
  const known = entries.map((entry) => [entry.name, DECODERS[entry.kind](entry, raw)] as const)
  return Object.freeze(Object.fromEntries(known.filter(([, value]) => value !== undefined)))
}
