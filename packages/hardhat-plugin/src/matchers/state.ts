/**
 * `changeSecretState(contract)`, `(contract, "worth")`, `(contract, { total: 5n })`: a call changes the contract's decrypted state,
 * a variable of it, or sets variables to values. Takes a function, since the state before the call is needed.
 */
import { pluginErrors } from "../errors.ts"
import { partsOf } from "../network/secret-contract.ts"
import type { DecodedState } from "../types.ts"
import { same } from "./arguments.ts"
import { type AssertionContext, asyncAssertion, show } from "./chai.ts"

const NAME = "changeSecretState"
type Wanted = string | Readonly<Record<string, unknown>> | undefined

export function addChangeSecretState({ Assertion }: Chai.ChaiStatic, utils: Chai.ChaiUtils): void {
  Assertion.addMethod(NAME, function (this: AssertionContext, contract: { readonly address: string }, want?: Wanted) {
    const { network, artifact } = partsOf(contract, NAME)
    const run = this._obj
    if (typeof run !== "function")
      throw pluginErrors.make("BAD_CALL", { what: NAME, why: "it needs a function: expect(() => contract.add(5n))" })
    for (const name of namesIn(want))
      if (!artifact.state.some((entry) => entry.name === name))
        throw pluginErrors.make("BAD_CALL", { what: NAME, why: `${artifact.name} has no variable ${name}` })
    const read = async (): Promise<DecodedState> => {
      const { decodeState } = await import("@enigma-discovery/sdk-as")
      const devnet = await network.startedDevnet(NAME)
      return decodeState(artifact.state, await devnet.debugState(contract.address))
    }
    return asyncAssertion(this, utils, async () => {
      const before = await read()
      await (run as () => unknown)()
      const after = await read()
      const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
        (name) => image(before[name]) !== image(after[name]),
      )
      const got =
        changed.map((name) => `${name} from ${image(before[name])} to ${image(after[name])}`).join(", ") || "nothing"
      return {
        pass: holds(want, changed, after),
        expected: () => `Expected the call to change ${describe(want)}, but it changed ${got}`,
        unexpected: () => `Expected the call not to change ${describe(want)}, but it changed ${got}`,
      }
    })
  })
}

const namesIn = (want: Wanted): readonly string[] =>
  want === undefined ? [] : typeof want === "string" ? [want] : Object.keys(want)

function holds(want: Wanted, changed: readonly string[], after: DecodedState): boolean {
  if (want === undefined) return changed.length > 0
  if (typeof want === "string") return changed.includes(want)
  return Object.entries(want).every(([name, value]) => changed.includes(name) && same(after[name], value))
}

function describe(want: Wanted): string {
  if (want === undefined) return "the state"
  if (typeof want === "string") return want
  return Object.entries(want)
    .map(([name, value]) => `${name} to ${show(value)}`)
    .join(", ")
}

/** One text a value: what is compared, and what is shown. */
function image(value: unknown): string {
  if (value === undefined) return "nothing"
  if (value instanceof Map) return `{${[...value].map(([k, v]) => `${image(k)}: ${image(v)}`).join(", ")}}`
  if (Array.isArray(value)) return `[${value.map(image).join(", ")}]`
  return show(value)
}
