/**
 * Builds the programs of test/fixtures/wasi with Debian's compilers and runs their tests on what comes out:
 *
 *   apt-get install --no-install-recommends clang-16 lld-16 libclang-rt-16-dev-wasm32 wasi-libc rustc libstd-rust-dev-wasm32
 *   npm run test:native-wasm              builds and tests
 *   npm run test:native-wasm -- --write   also replaces the committed fixtures, which `npm test` uses
 */
import { execFileSync, spawnSync } from "node:child_process"
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } })
const here = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))
const sources = here("../test/fixtures/wasi")

/** A small stack, so that the programs start with two pages; no float and no feature beyond what contracts may use. */
const STACK = "stack-size=16384"
const clang = (...target: string[]): string[] => [
  "/usr/bin/clang-16",
  ...target,
  ...["-mcpu=mvp", "-mbulk-memory", "-mmutable-globals", "-Oz", "-Wall", "-Werror"],
  ...["-I", here("../include"), "-Wl,--strip-all", `-Wl,-z,${STACK}`],
]
const C = clang("--target=wasm32-wasi", "--sysroot=/usr")
/** Without a library: a contract of the bare profile. */
const BARE = clang("--target=wasm32", "-nostdlib", "-Wl,--no-entry")
/** Debian's compiler by its path: one of rustup's, before it on the PATH, would not find Debian's standard library. */
const RUST = [
  "/usr/bin/rustc",
  ...["--target", "wasm32-wasi", "--edition", "2021", "-C", "linker=wasm-ld-16", "-C", `link-arg=-z${STACK}`],
  ...["opt-level=z", "panic=abort", "lto=fat", "codegen-units=1", "strip=symbols"].flatMap((flag) => ["-C", flag]),
]
const PROGRAMS = [
  { name: "words", source: "words.c", compiler: C },
  { name: "visits", source: "visits.c", compiler: C },
  { name: "conformance", source: "conformance.c", compiler: C },
  { name: "conformance-bare", source: "conformance.c", compiler: BARE },
  { name: "tally", source: "tally.rs", compiler: RUST },
]

for (const compiler of [C, RUST]) {
  if (existsSync(compiler[0]!)) continue
  console.error(
    `${compiler[0]} is not there. On Debian 12, as root:\n${readFileSync(import.meta.filename, "utf8").match(/apt-get.*/)![0]}`,
  )
  process.exit(1)
}
const built = mkdtempSync(path.join(tmpdir(), "enigma-native-"))
try {
  for (const { name, source, compiler } of PROGRAMS) {
    const file = path.join(built, `${name}.wasm`)
    execFileSync(compiler[0]!, [...compiler.slice(1), "-o", file, source], { cwd: sources, stdio: ["ignore", 2, 2] })
    const fixture = path.join(sources, `${name}.wasm`)
    const same = existsSync(fixture) && readFileSync(fixture).equals(readFileSync(file))
    console.log(
      `${source}: ${statSync(file).size} bytes, ${same ? "the committed fixture" : "not the committed fixture"}`,
    )
    if (values.write) copyFileSync(file, fixture)
  }
  const tests = ["wasi", "conformance"].map((name) => here(`../test/${name}.test.ts`))
  const test = spawnSync(process.execPath, ["--test", ...tests], {
    env: { ...process.env, NATIVE_WASM_DIR: built },
    stdio: "inherit",
  })
  process.exitCode = test.status ?? 1
} finally {
  rmSync(built, { recursive: true, force: true })
}
