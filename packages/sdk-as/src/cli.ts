#!/usr/bin/env node
import { mkdir, readFile, writeFile } from "node:fs/promises"
import { basename, join } from "node:path"
import { parseArgs } from "node:util"
import { compileContract } from "./compile.ts"
import { sdkErrors } from "./errors.ts"
import { ethereumCaller } from "./ethereum-caller.ts"

const USAGE = `Usage: enigma-asc CONTRACT.ts... [--out-dir DIR]    compiles secret contracts
       enigma-asc ABI.json... [--out-dir DIR]       makes typed callers out of Solidity ABIs or artifacts`

async function compile(entry: string, outDir: string): Promise<void> {
  const { name, wasm, codeHash } = await compileContract(entry, { outDir })
  console.log(`${name}: ${wasm.length} bytes, code hash ${codeHash}`)
}

async function makeCaller(file: string, outDir: string): Promise<void> {
  const name = basename(file).replace(/(\.abi)?\.json$/, "")
  const source = ethereumCaller(name, await readAbi(name, file))
  await mkdir(outDir, { recursive: true })
  await writeFile(join(outDir, `${name}.ts`), source)
  console.log(join(outDir, `${name}.ts`))
}

async function readAbi(name: string, file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw sdkErrors.make("BAD_ABI", { name, reason }, { cause })
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { "out-dir": { type: "string", default: "." } },
})
if (positionals.length === 0) {
  console.error(USAGE)
  process.exit(2)
}
for (const file of positionals) {
  try {
    await (file.endsWith(".json") ? makeCaller : compile)(file, values["out-dir"])
  } catch (error) {
    if (!sdkErrors.is(error)) throw error
    console.error(error.message)
    if (error.data.more !== undefined) console.error(error.data.more)
    process.exitCode = 1
  }
}
