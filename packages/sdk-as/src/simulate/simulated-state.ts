import { keyText, type StateMap } from "@enigma-discovery/enclave/engine"
import { fromHex, type Hex, toHex } from "@enigma-discovery/protocol"
import type { StateEntry } from "../abi-json.ts"
import { sdkErrors } from "../errors.ts"
import { keyTypesOf, type RawState, stateItem, stateVariable } from "../state-values.ts"

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
    if (keys.length === 0) return stateVariable(variable, this.#raw)
    const want = keyTypesOf(variable).length
    if (want !== keys.length) throw sdkErrors.make("WRONG_KEYS", { name, got: keys.length, want })
    return stateItem(variable, keys, this.#raw)
  }

  /** Every variable by name. */
  all(): Readonly<Record<string, unknown>> {
    return Object.fromEntries([...this.#variables.keys()].map((name) => [name, this.get(name)]))
  }

  /** Every entry as it is kept, keys ascending. */
  entries(): readonly { readonly key: Hex; readonly value: Hex; readonly isPublic: boolean }[] {
    return this.#map.entries().map(({ key, value, isPublic }) => ({ key: toHex(key), value: toHex(value), isPublic }))
  }

  get #raw(): RawState {
    const map = this.#map
    return {
      get: (key) => {
        const entry = map.get(keyText(fromHex(key)))
        return entry && toHex(entry.value)
      },
      *[Symbol.iterator]() {
        for (const { key, value } of map.entries()) yield [toHex(key), toHex(value)]
      },
    }
  }
}
