import { keyText, type StateMap } from "@enigma-discovery/enclave/engine"
import { concatBytes, fromHex, type Hex, toHex, utf8Bytes } from "@enigma-discovery/protocol"
import { AbiCoder } from "ethers"
import type { StateEntry } from "../abi-json.ts"
import { sdkErrors } from "../errors.ts"
import { plain } from "./plain-values.ts"

const coder = AbiCoder.defaultAbiCoder()
const SEPARATOR = Uint8Array.of(0)
/** A list keeps its length under its name, and its items as a mapping from their index does. */
const INDEX = "uint32"

/** A contract's state in plaintext, by the names of its variables (PROTOCOL §11.4). */
export class SimulatedState {
  readonly #map: StateMap
  readonly #variables: ReadonlyMap<string, StateEntry>
  constructor(map: StateMap, variables: readonly StateEntry[]) {
    this.#map = map
    this.#variables = new Map(variables.map((variable) => [variable.name, variable]))
  }

  /**
   * A variable: of a value what was set, undefined before that; of a mapping all of it as a Map (of Maps, with two keys),
   * or with its keys the one entry; of a list an array, or with an index the item. Integers are bigints, bytes and
   * addresses 0x-prefixed. @throws SDK_AS_NO_VARIABLE, SDK_AS_WRONG_KEYS
   */
  get(name: string, ...keys: readonly unknown[]): unknown {
    const variable = this.#variables.get(name)
    if (variable === undefined)
      throw sdkErrors.make("NO_VARIABLE", { name, known: [...this.#variables.keys()].join(", ") || "none" })
    return keys.length > 0 ? this.#entry(variable, keys) : READ[variable.kind](this, variable)
  }

  /** Every variable by name. */
  all(): Readonly<Record<string, unknown>> {
    return Object.fromEntries([...this.#variables.keys()].map((name) => [name, this.get(name)]))
  }

  /** Every entry as it is kept, keys ascending. */
  entries(): readonly { readonly key: Hex; readonly value: Hex; readonly isPublic: boolean }[] {
    return this.#map.entries().map(({ key, value, isPublic }) => ({ key: toHex(key), value: toHex(value), isPublic }))
  }

  value({ name, value }: StateEntry): unknown {
    return this.#decode(utf8Bytes(name), value)
  }

  mapping({ name, keys, value }: StateEntry): ReadonlyMap<unknown, unknown> {
    const prefix = concatBytes(utf8Bytes(name), SEPARATOR)
    const own = this.#map.entries().filter(({ key }) => keyText(key).startsWith(keyText(prefix)))
    const out = new Map<unknown, unknown>()
    for (const entry of own) {
      const path = decodeKeys(keys, entry.key.slice(prefix.length))
      put(out, path, decode(value, entry.value))
    }
    return out
  }

  list(variable: StateEntry): readonly unknown[] {
    const length = Number(this.value({ ...variable, value: INDEX }) ?? 0n)
    return Array.from({ length }, (_, i) => this.#entry(variable, [i]))
  }

  #entry({ name, kind, keys, value }: StateEntry, given: readonly unknown[]): unknown {
    const types = kind === "list" ? [INDEX] : keys
    if (types.length !== given.length)
      throw sdkErrors.make("WRONG_KEYS", { name, got: given.length, want: types.length })
    const encoded = types.map((type, i) => fromHex(coder.encode([type], [given[i]]) as Hex))
    return this.#decode(concatBytes(utf8Bytes(name), SEPARATOR, ...encoded), value)
  }

  #decode(key: Uint8Array, type: string): unknown {
    const entry = this.#map.get(keyText(key))
    return entry === undefined ? undefined : decode(type, entry.value)
  }
}

const READ: Readonly<Record<StateEntry["kind"], (state: SimulatedState, variable: StateEntry) => unknown>> = {
  value: (state, variable) => state.value(variable),
  mapping: (state, variable) => state.mapping(variable),
  list: (state, variable) => state.list(variable),
}

const decode = (type: string, bytes: Uint8Array): unknown => plain(coder.decode([type], bytes)[0])

/** Keys stand one after the other, each encoded by itself: all but the last are one word, or say their own length. */
function decodeKeys(types: readonly string[], bytes: Uint8Array): readonly unknown[] {
  const [type, ...others] = types
  if (type === undefined) return []
  const first = decode(type, bytes)
  const sizeBytes = fromHex(coder.encode([type], [first]) as Hex).length
  return [first, ...decodeKeys(others, bytes.slice(sizeBytes))]
}

function put(map: Map<unknown, unknown>, [key, ...others]: readonly unknown[], value: unknown): void {
  if (others.length === 0) return void map.set(key, value)
  const inner = (map.get(key) as Map<unknown, unknown> | undefined) ?? new Map<unknown, unknown>()
  map.set(key, inner)
  put(inner, others, value)
}
