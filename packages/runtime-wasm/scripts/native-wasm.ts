/**
 * Builds the programs of test/fixtures with Debian's compilers and runs their tests on what comes out:
 *
 *   apt-get install --no-install-recommends clang-16 lld-16 libclang-rt-16-dev-wasm32 wasi-libc rustc libstd-rust-dev-wasm32
 *   npm run test:native-wasm              builds and tests
 *   npm run test:native-wasm -- --write   also replaces the committed fixtures, which `npm test` uses
 */
import { execFileSync, spawnSync } from "node:child_process"
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } })
const here = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))
const sources = here("../test/fixtures")

/** A small stack, so that the programs start with two pages; no float and no feature beyond what contracts may use. */
const STACK = "stack-size=16384"
const clang = (...target: string[]): string[] => [
  "/usr/bin/clang-16",
  ...target,
  ...["-mcpu=mvp", "-mbulk-memory", "-mmutable-globals", "-Oz", "-Wall", "-Werror"],
  ...["-I", here("../include"), `-Wl,-z,${STACK}`],
]
const STRIPPED = "-Wl,--strip-all"
const C = clang("--target=wasm32-wasi", "--sysroot=/usr", STRIPPED)
/** Without a library: a contract of the bare profile. */
const BARE = clang("--target=wasm32", "-nostdlib", "-Wl,--no-entry")
/** As docs/NATIVE.md says, in either version of DWARF; the folders of this machine are left out of it. */
const debug = (version: number) => [
  ...["/usr/bin/clang-16", "--target=wasm32", "-nostdlib", "-Os", "-Wall", "-I", here("../include"), "-Wl,--no-entry"],
  ...[`-gdwarf-${version}`, "-fdebug-compilation-dir=.", `-ffile-prefix-map=${here("../include")}=include`],
]
/** Debian's compiler by its path: one of rustup's, before it on the PATH, would not find Debian's standard library. */
const RUST = [
  "/usr/bin/rustc",
  ...["--target", "wasm32-wasi", "--edition", "2021", "-C", "linker=wasm-ld-16", "-C", `link-arg=-z${STACK}`],
  ...["opt-level=z", "panic=abort", "lto=fat", "codegen-units=1", "strip=symbols"].flatMap((flag) => ["-C", flag]),
]
const PROGRAMS = [
  { name: "wasi/words", source: "wasi/words.c", compiler: C },
  { name: "wasi/visits", source: "wasi/visits.c", compiler: C },
  { name: "wasi/conformance", source: "wasi/conformance.c", compiler: C },
  { name: "wasi/conformance-bare", source: "wasi/conformance.c", compiler: [...BARE, STRIPPED] },
  { name: "wasi/tally", source: "wasi/tally.rs", compiler: RUST },
  { name: "debug/till-dwarf4", source: "debug/contract/till.c", compiler: debug(4) },
  { name: "debug/till-dwarf5", source: "debug/contract/till.c", compiler: debug(5) },
]

/** clang runs wasm-opt where it finds one, as npm does: other code then, that its debug information does not fit. */
const env = { PATH: "/usr/bin:/bin" }

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
    mkdirSync(path.dirname(file), { recursive: true })
    const [folder, ...inside] = source.split("/")
    execFileSync(compiler[0]!, [...compiler.slice(1), "-o", file, inside.join("/")], {
      cwd: path.join(sources, folder!),
      env,
      stdio: ["ignore", 2, 2],
    })
    const fixture = path.join(sources, `${name}.wasm`)
    const same = existsSync(fixture) && readFileSync(fixture).equals(readFileSync(file))
    console.log(
      `${name}.wasm: ${statSync(file).size} bytes, ${same ? "the committed fixture" : "not the committed fixture"}`,
    )
    if (values.write) copyFileSync(file, fixture)
  }
  const tests = ["wasi", "conformance", "separate-debug"].map((name) => here(`../test/${name}.test.ts`))
  tests.push(here("../../sdk-as/test/native-doc.test.ts"))
  const test = spawnSync(process.execPath, ["--test", ...tests], {
    env: { ...process.env, NATIVE_WASM_DIR: built },
    stdio: "inherit",
  })
  process.exitCode = test.status ?? 1
} finally {
  rmSync(built, { recursive: true, force: true })
}
