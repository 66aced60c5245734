import assert from "node:assert/strict"
import { globSync, readFileSync, writeFileSync } from "node:fs"
import { basename } from "node:path"
import { describe, it } from "node:test"
import { fileURLToPath } from "node:url"
import { instrument } from "../src/internal/instrument.ts"
import { wat, watOf } from "./support/wat.ts"

/**
 * What the pass makes of small modules, as text to be read in review. A change that moves a charge moves gas figures of
 * every contract; so the files are written anew only on purpose:
 *
 *   GOLDEN=write node --conditions=@enigma/source --test packages/runtime-wasm/test/golden.test.ts
 */
const WRITE = process.env.GOLDEN === "write"
const folder = fileURLToPath(new URL("fixtures/golden", import.meta.url))
const read = (file: string): string => {
  try {
    return readFileSync(file, "utf8")
  } catch {
    return ""
  }
}

describe("instrumented code", () => {
  const sources = globSync(`${folder}/*.wat`).filter((file) => !file.endsWith(".metered.wat"))
  assert.ok(sources.length >= 7)
  for (const file of sources.sort()) {
    it(`of ${basename(file)} is as reviewed`, () => {
      const { bytes, instanceGas } = instrument(wat(read(file)), false)
      const text = `;; instance: ${instanceGas} gas\n${watOf(bytes)}`
      const golden = file.replace(/\.wat$/, ".metered.wat")
      if (WRITE) writeFileSync(golden, text)
      assert.equal(text, read(golden))
    })
  }
})
