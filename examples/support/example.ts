import assert from "node:assert/strict"
import fs from "node:fs"
import path from "node:path"
import { type CompiledContract, compileContract, sdkErrors } from "@enigma-discovery/sdk-as"

const folder = path.resolve(import.meta.dirname, "..")
const sizes = JSON.parse(fs.readFileSync(path.join(folder, "code-sizes.json"), "utf8")) as Record<string, number>

/** Compiles the secret contract of an example. */
export const compileExample = (name: string): Promise<CompiledContract> =>
  compileContract(path.join(folder, name, "secret-contract", `${name}.ts`))

/** Holds the code to its committed size budget, in bytes: code-sizes.json. */
export function checkCodeSize(name: string, { wasm }: CompiledContract): void {
  const budget = sizes[name]
  assert.ok(budget !== undefined, `${name} has no budget in code-sizes.json`)
  assert.ok(wasm.length <= budget, `${name} is ${wasm.length} bytes; its budget is ${budget}`)
}

/** Checks that a call ended in a custom error of the contract, as it is shown: `NotCovered(5)`. */
export const revertedWith = (shown: string) => (error: unknown) => {
  assert.ok(sdkErrors.is(error, "REVERTED_WITH"), `${shown} was expected, not ${String(error)}`)
  assert.equal(error.data.shown, shown)
  return true
}

/** Checks that a call reverted with a text. */
export const reverted = (message: string) => (error: unknown) => {
  assert.ok(sdkErrors.is(error, "REVERTED"), `"${message}" was expected, not ${String(error)}`)
  assert.equal(error.data.message, message)
  return true
}
