import assert from "node:assert/strict"
import path from "node:path"
import { it } from "node:test"
import { compileSnippets } from "@enigma-discovery/testing"

/** What the page around the examples has. */
const AROUND = `
import type { SignedOrder, Eip1193Provider } from "@enigma-discovery/client"
declare const window: { readonly ethereum: Eip1193Provider }
declare const wasm: Uint8Array
declare function postToRelayer(order: SignedOrder): Promise<void>
const abi = [
  { type: "constructor", inputs: [] },
  { type: "function", name: "computeRichest", inputs: [], outputs: [{ name: "", type: "address" }] },
  { type: "function", name: "richestSoFar", inputs: [], outputs: [{ name: "", type: "address" }], stateMutability: "view" },
] as const
`

it("every example of the README compiles, all together", async () => {
  assert.ok((await compileSnippets(path.resolve(import.meta.dirname, "../README.md"), AROUND)) >= 8)
})
