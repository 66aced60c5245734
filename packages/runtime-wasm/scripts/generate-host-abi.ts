/**
 * Writes what comes from the host-ABI table: the AssemblyScript externs, the C header and docs/HOST-ABI.md. With --check it
 * writes nothing and fails when one of them is not up to date.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { hostAbiFiles } from "./host-abi-files.ts"

const root = new URL("../../../", import.meta.url)
const check = process.argv.includes("--check")
let stale = 0
for (const [name, text] of Object.entries(hostAbiFiles())) {
  const path = fileURLToPath(new URL(name, root))
  let current = ""
  try {
    current = readFileSync(path, "utf8")
  } catch {}
  if (current === text) continue
  stale++
  if (check)
    console.error(
      `${name} is not what the host-ABI table says: run node packages/runtime-wasm/scripts/generate-host-abi.ts`,
    )
  else writeFileSync(path, text)
}
if (check && stale > 0) process.exitCode = 1
