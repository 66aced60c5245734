#!/usr/bin/env node
import { parseArgs } from "node:util"
import { compileContract } from "./compile.ts"
import { sdkErrors } from "./errors.ts"

const USAGE = "Usage: enigma-asc CONTRACT.ts [--out-dir DIR]"

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { "out-dir": { type: "string", default: "." } },
})
const [entry, ...others] = positionals
if (entry === undefined || others.length > 0) {
  console.error(USAGE)
  process.exit(2)
}
try {
  const { name, wasm } = await compileContract(entry, { outDir: values["out-dir"] })
  console.log(`${name}: ${wasm.length} bytes`)
} catch (error) {
  if (!sdkErrors.is(error)) throw error
  console.error(error.message)
  if (error.data.more !== undefined) console.error(error.data.more)
  process.exitCode = 1
}
