import assert from "node:assert/strict"
import path from "node:path"
import { it } from "node:test"
import { compileSnippets } from "@enigma-discovery/testing"

/** What the test around the example has. */
const AROUND = `
import type { Abi } from "@enigma-discovery/client"
import type { InProcessOptions } from "@enigma-discovery/devnet/in-process"
declare const provider: NonNullable<InProcessOptions["provider"]>
declare const alice: string
declare const code: Uint8Array
declare const abi: Abi
`

it("every example of the README compiles, all together", async () => {
  assert.ok((await compileSnippets(path.resolve(import.meta.dirname, "../README.md"), AROUND)) >= 1)
})
