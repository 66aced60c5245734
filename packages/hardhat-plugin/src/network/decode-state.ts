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

/** The variable that an entry belongs to. */
const entryOf = (entries: readonly StateEntry[], key: Hex): StateEntry | undefined =>
  entries.find(({ name, kind }) =>
    key === toHex(utf8Bytes(name)) ? kind !== "mapping" : kind !== "value" && key.startsWith(prefixOf(name)),
  )

/** An entry's key as a source would write it: `worth[0x…]`; as it is kept where no variable has it. */
export function describeKey(entries: readonly StateEntry[], key: Hex): string {
  const entry = entryOf(entries, key)
  if (entry === undefined) return key
  const prefix = prefixOf(entry.name)
  if (!key.startsWith(prefix)) return entry.kind === "list" ? `${entry.name}.length` : entry.name
  const types = entry.kind === "list" ? ["uint32"] : entry.keys
  return `${entry.name}[${keysOf(types, `0x${key.slice(prefix.length)}`).join("][")}]`
}

/** An entry's value, decoded. */
export function describeValue(entries: readonly StateEntry[], key: Hex, value: Hex): string {
  const entry = entryOf(entries, key)
  if (entry === undefined) return value
  const isLength = entry.kind === "list" && !key.startsWith(prefixOf(entry.name))
  return String(decoded(isLength ? "uint32" : entry.value, value))
}
