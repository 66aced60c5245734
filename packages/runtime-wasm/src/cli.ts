#!/usr/bin/env node
import { mkdir, readFile, writeFile } from "node:fs/promises"
import { basename, join, resolve } from "node:path"
import { parseArgs } from "node:util"
import { initWasi } from "./internal/wasi.ts"
import { prepare } from "./prepare.ts"
import { separateDebug } from "./separate-debug.ts"

const USAGE = `Usage: enigma-wasm MODULE.wasm... [--out-dir DIR]

Makes of each module, as a compiler of C or Rust wrote it, what is deployed (DIR/MODULE.wasm, code only) and what explains
its traps (DIR/MODULE.wasm.map), and says whether the enclave takes it. DIR is "out" when it is left out.`

async function separate(file: string, outDir: string): Promise<void> {
  const target = join(outDir, basename(file))
  if (resolve(target) === resolve(file))
    throw new Error("its output would replace it; name another folder by --out-dir")
  const { code, sourceMap } = separateDebug(new Uint8Array(await readFile(file)))
  const { profile } = prepare(code)
  await mkdir(outDir, { recursive: true })
  await writeFile(target, code)
  await writeFile(`${target}.map`, sourceMap)
  console.log(`${target}: ${code.length} bytes, profile ${profile}`)
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { "out-dir": { type: "string", default: "out" }, help: { type: "boolean", default: false } },
})
if (positionals.length === 0 || values.help) {
  console.error(USAGE)
  process.exit(values.help ? 0 : 2)
}
await initWasi()
for (const file of positionals) {
  try {
    await separate(file, values["out-dir"])
  } catch (error) {
    if (!(error instanceof Error)) throw error
    console.error(`${file}: ${error.message}`)
    process.exitCode = 1
  }
}
