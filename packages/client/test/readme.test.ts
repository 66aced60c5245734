import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { it } from "node:test"

const HERE = path.resolve(import.meta.dirname, "..")
const ROOT = path.resolve(HERE, "../..")
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

it("every example of the README compiles, all together", () => {
  const text = readFileSync(path.join(HERE, "README.md"), "utf8")
  const blocks = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block]) => block!)
  assert.ok(blocks.length >= 8)
  const imports = blocks.flatMap((block) => block.match(/^import .*$/gm) ?? [])
  const rest = blocks.map((block) => block.replaceAll(/^import .*$/gm, ""))
  const dir = mkdtempSync(path.join(os.tmpdir(), "enigma-readme-"))
  try {
    writeFileSync(path.join(dir, "examples.mts"), [...imports, AROUND, ...rest].join("\n"))
    const config = {
      extends: path.join(ROOT, "tsconfig.check.json"),
      compilerOptions: { types: [], paths: { "@enigma-discovery/client": [path.join(HERE, "src/index.ts")] } },
      include: ["examples.mts"],
    }
    writeFileSync(path.join(dir, "tsconfig.json"), JSON.stringify(config))
    const tsc = path.join(ROOT, "node_modules/.bin/tsc")
    try {
      execFileSync(tsc, ["-p", dir], { encoding: "utf8" })
    } catch (error) {
      assert.fail((error as { stdout?: string }).stdout ?? String(error))
    }
  } finally {
    rmSync(dir, { recursive: true })
  }
})
