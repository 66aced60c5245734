/** Arguments on a command line, read as the ABI means them. */
import type { AbiParameter } from "@enigma-discovery/client"
import { pluginErrors } from "../errors.ts"

/** @throws HARDHAT_BAD_ARGUMENT */
export function parseArguments(inputs: readonly AbiParameter[], given: readonly string[]): readonly unknown[] {
  if (given.length !== inputs.length) {
    const want = `the function takes ${inputs.map(({ type, name }) => `${type} ${name}`.trim()).join(", ") || "none"}`
    throw pluginErrors.make("BAD_ARGUMENT", { what: "the number of arguments", got: given.length, want })
  }
  return inputs.map((input, i) => parseOne(input, given[i]!))
}

function parseOne({ name, type }: AbiParameter, text: string): unknown {
  const bad = (want: string) =>
    pluginErrors.make("BAD_ARGUMENT", { what: `${name || "an argument"} (${type})`, got: text, want })
  if (type.endsWith("]") || type.startsWith("tuple")) return parseJson(text, () => bad("write it as JSON"))
  if (type === "bool") {
    if (text === "true" || text === "false") return text === "true"
    throw bad("write true or false")
  }
  if (/^u?int/.test(type)) {
    if (/^-?(\d+|0x[0-9a-fA-F]+)$/.test(text)) return BigInt(text)
    throw bad("write a whole number")
  }
  if ((type.startsWith("bytes") || type === "address") && !/^0x([0-9a-fA-F]{2})*$/.test(text)) throw bad("write 0x-hex")
  return text
}

/** Numbers beyond 2^53 are written as strings in JSON, as ethers takes them. */
function parseJson(text: string, bad: () => Error): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw bad()
  }
}

/** A result as people and scripts read it: bigints as decimal strings. */
export const toJson = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? item.toString() : item)) ?? "null"

/** @throws HARDHAT_BAD_ARGUMENT */
export function wholeNumber(what: string, text: string, min = 0n): bigint {
  if (/^\d+$/.test(text) && BigInt(text) >= min) return BigInt(text)
  throw pluginErrors.make("BAD_ARGUMENT", { what, got: text, want: `it must be a whole number from ${min}` })
}
