/** A contract's state as its source names it (PROTOCOL §11.4): for simulations, debuggers and tests of a network. */
import { type Hex, toHex, utf8Bytes } from "@enigma-discovery/protocol"
import { AbiCoder } from "ethers"
import type { StateEntry } from "./abi-json.ts"
import { plain } from "./simulate/plain-values.ts"

/** Every entry as it is kept, by its key. */
export type RawState = Pick<ReadonlyMap<Hex, Hex>, "get"> & Iterable<readonly [Hex, Hex]>

const coder = AbiCoder.defaultAbiCoder()
/** A list keeps its length under its name, and its items as a mapping from their index does. */
const INDEX = "uint32"

/** A value that is not of its declared type stays as it is kept: a debugger must not fail on broken state. */
function decoded(type: string, value: Hex): unknown {
  try {
    return plain(coder.decode([type], value)[0])
  } catch {
    return value
  }
}

const nameKey = (name: string): Hex => toHex(utf8Bytes(name))
/** Key of an entry of a mapping or list without the key's own words: the name and a zero byte. */
const prefixOf = (name: string): Hex => `${nameKey(name)}00`
const valueAt = (raw: RawState, key: Hex, type: string): unknown => {
  const found = raw.get(key)
  return found === undefined ? undefined : decoded(type, found)
}

const READ: Readonly<Record<StateEntry["kind"], (entry: StateEntry, raw: RawState) => unknown>> = {
  value: ({ name, value }, raw) => valueAt(raw, nameKey(name), value),
  mapping: ({ name, keys, value }, raw) => {
    const all = new Map<unknown, unknown>()
    const prefix = prefixOf(name)
    for (const [key, v] of raw)
      if (key.startsWith(prefix)) put(all, keysOf(keys, `0x${key.slice(prefix.length)}`), decoded(value, v))
    return all
  },
  list: (entry, raw) => {
    const told = valueAt(raw, nameKey(entry.name), INDEX)
    // No list has more items than the state has entries, whatever a broken one says.
    const length = Math.min(typeof told === "bigint" ? Number(told) : 0, [...raw].length)
    return Array.from({ length }, (_, i) => stateItem(entry, [i], raw))
  },
}

/**
 * A variable whole: of a value what was set, undefined before that; of a mapping a Map (of Maps, with two keys); of a list an array.
 * Integers are bigints, bytes and addresses 0x-prefixed.
 */
export const stateVariable = (entry: StateEntry, raw: RawState): unknown => READ[entry.kind](entry, raw)

/** Types of what names one entry of a variable: a mapping's keys, a list's index, nothing for a value. */
export const keyTypesOf = ({ kind, keys }: StateEntry): readonly string[] => (kind === "list" ? [INDEX] : keys)

/** One entry of a mapping or list; undefined where there is none. @throws what ethers throws for keys of other types */
export function stateItem(entry: StateEntry, keys: readonly unknown[], raw: RawState): unknown {
  const words = keyTypesOf(entry).map((type, i) => coder.encode([type], [keys[i]]).slice(2))
  return valueAt(raw, `${prefixOf(entry.name)}${words.join("")}`, entry.value)
}

/** Keys of a mapping stand one after the other, each encoded by itself: all but the last are one word, or say their own length. */
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

/** Every variable that holds something, by name. */
export function decodeState(entries: readonly StateEntry[], raw: RawState): Readonly<Record<string, unknown>> {
  const known = entries.map((entry) => [entry.name, stateVariable(entry, raw)] as const)
  return Object.freeze(Object.fromEntries(known.filter(([, value]) => value !== undefined)))
}

/** The variable that an entry belongs to. */
const entryOf = (entries: readonly StateEntry[], key: Hex): StateEntry | undefined =>
  entries.find(({ name, kind }) =>
    key === nameKey(name) ? kind !== "mapping" : kind !== "value" && key.startsWith(prefixOf(name)),
  )

/** An entry's key as a source would write it: `worth[0x…]`; as it is kept where no variable has it. */
export function describeKey(entries: readonly StateEntry[], key: Hex): string {
  const entry = entryOf(entries, key)
  if (entry === undefined) return key
  const prefix = prefixOf(entry.name)
  if (!key.startsWith(prefix)) return entry.kind === "list" ? `${entry.name}.length` : entry.name
  return `${entry.name}[${keysOf(keyTypesOf(entry), `0x${key.slice(prefix.length)}`).join("][")}]`
}

/** An entry's value, decoded. */
export function describeValue(entries: readonly StateEntry[], key: Hex, value: Hex): string {
  const entry = entryOf(entries, key)
  if (entry === undefined) return value
  const isLength = entry.kind === "list" && !key.startsWith(prefixOf(entry.name))
  return String(decoded(isLength ? INDEX : entry.value, value))
}
