/**
 * Compiles assembly/gcm-siv.ts into src/generated/gcm-siv-wasm.ts. With --check it writes nothing and fails when that file is
 * not what the source gives.
 */
import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { fileURLToPath } from "node:url"

const ROOT = fileURLToPath(new URL("..", import.meta.url))
const TARGET = path.join(ROOT, "src/generated/gcm-siv-wasm.ts")
const OPTIONS = ["--runtime", "stub", "--use", "abort=", "-O3", "--noAssert", "--enable", "simd", "--converge"]

/** The compiler has a process of its own, as it ends the one it crashes in. */
function compile(): Uint8Array {
  const asc = fileURLToPath(import.meta.resolve("assemblyscript/bin/asc.js"))
  const folder = mkdtempSync(path.join(tmpdir(), "enigma-gcm-siv-"))
  try {
    const file = path.join(folder, "out.wasm")
    const args = ["assembly/gcm-siv.ts", "--outFile", path.relative(ROOT, file), ...OPTIONS]
    execFileSync(process.execPath, [asc, ...args], { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] })
    return readFileSync(file)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const text = `/** Of assembly/gcm-siv.ts, by scripts/build-gcm-siv.ts. WebAssembly in base64. */
export const GCM_SIV_WASM =
  "${Buffer.from(compile()).toString("base64")}"
`
if (process.argv.includes("--check")) {
  if (readFileSync(TARGET, "utf8") !== text)
    throw new Error("src/generated/gcm-siv-wasm.ts is stale: run packages/crypto/scripts/build-gcm-siv.ts")
} else {
  mkdirSync(path.dirname(TARGET), { recursive: true })
  writeFileSync(TARGET, text)
}
