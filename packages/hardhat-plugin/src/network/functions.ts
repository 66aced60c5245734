/** Functions of a secret contract, as members of an object. */
import type { Abi, AbiItem } from "@enigma-discovery/client"
import { pluginErrors } from "../errors.ts"
import type { CallOverrides } from "../types.ts"

export interface NamedFunction {
  /** How it is reached: its name, or its signature where the name is used twice. */
  readonly key: string
  readonly inputs: number
  readonly signature: string
}

const typeOf = (p: { readonly type: string; readonly components?: readonly { readonly type: string }[] }): string =>
  p.type.startsWith("tuple") ? `(${(p.components ?? []).map(typeOf).join(",")})${p.type.slice("tuple".length)}` : p.type

export function functionsOf(abi: Abi): readonly NamedFunction[] {
  const items = abi.filter(({ type }) => type === "function")
  const uses = (name: string | undefined) => items.filter((item) => item.name === name).length
  return items.map((item: AbiItem) => {
    const inputs = item.inputs ?? []
    const signature = `${item.name}(${inputs.map(typeOf).join(",")})`
    return { key: uses(item.name) > 1 ? signature : item.name!, inputs: inputs.length, signature }
  })
}

/** The arguments, and the overrides if one more was given. @throws HARDHAT_BAD_CALL */
export function splitOverrides(
  what: string,
  { inputs, signature }: NamedFunction,
  given: readonly unknown[],
): { readonly args: readonly unknown[]; readonly overrides: CallOverrides } {
  if (given.length === inputs) return { args: given, overrides: {} }
  const last = given.at(-1)
  if (given.length === inputs + 1 && isOverrides(last)) return { args: given.slice(0, inputs), overrides: last }
  const why = `${signature} takes ${inputs} argument${inputs === 1 ? "" : "s"}, and perhaps overrides; ${given.length} given`
  throw pluginErrors.make("BAD_CALL", { what, why })
}

const OVERRIDES: Readonly<Record<keyof CallOverrides, true>> = {
  ...({ gasLimit: true, gasPriceGrains: true, callbackGas: true, callbackPriceGrains: true } as const),
  ...({ value: true, payment: true, inline: true, finality: true, timeoutMs: true, signal: true } as const),
}

/** A misspelt override would otherwise be a call that quietly costs or waits otherwise. */
const isOverrides = (value: unknown): value is CallOverrides =>
  typeof value === "object" && value !== null && Object.keys(value).every((key) => Object.hasOwn(OVERRIDES, key))
