import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { describe, it } from "node:test"
import { fileURLToPath } from "node:url"
import { toHex } from "@enigma-discovery/protocol"
import { bundleProgram, PROGRAMS, type ProgramName } from "../src/bundle.ts"

const root = fileURLToPath(new URL("../../..", import.meta.url))
const names = Object.keys(PROGRAMS) as ProgramName[]

describe("a bundled program", () => {
  it("is the same file on every build, and says nothing of this machine", async () => {
    for (const name of names) {
      const [first, second] = [await bundleProgram(name), await bundleProgram(name)]
      assert.equal(toHex(first.measurement), toHex(second.measurement))
      const text = new TextDecoder().decode(first.code)
      for (const trace of [root, `${os.homedir()}/`, "node_modules", "file://"])
        assert.ok(!text.includes(trace), `${name} holds ${trace}`)
    }
  })

  it("is the same file from another directory", () => {
    const copy = mkdtempSync(path.join(os.tmpdir(), "enigma bundle "))
    try {
      mkdirSync(path.join(copy, "packages"))
      for (const entry of readdirSync(path.join(root, "packages"))) {
        const from = path.join(root, "packages", entry)
        cpSync(from, path.join(copy, "packages", entry), {
          recursive: true,
          filter: (file) => !/(^|\/)(node_modules|dist|test)$/.test(file.slice(root.length)),
        })
        linkModules(from, path.join(copy, "packages", entry))
      }
      copyModules(copy)
      const script = `import { bundleProgram } from "./packages/enclave/src/bundle.ts"
        for (const name of ${JSON.stringify(names)}) console.log(Buffer.from((await bundleProgram(name)).measurement).toString("hex"))`
      const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
        cwd: copy,
        encoding: "utf8",
        env: { ...process.env, NODE_OPTIONS: "--conditions=@enigma/source" },
      })
      return Promise.all(names.map((name) => bundleProgram(name))).then((programs) =>
        assert.deepEqual(
          stdout.trim().split("\n"),
          programs.map(({ measurement }) => toHex(measurement).slice(2)),
          stderr,
        ),
      )
    } finally {
      rmSync(copy, { recursive: true, force: true })
    }
  })
})

/** Packages that a workspace does not share with the others. */
function linkModules(from: string, to: string): void {
  try {
    symlinkSync(path.join(from, "node_modules"), path.join(to, "node_modules"))
  } catch {
    // it has none
  }
}

/** The dependencies that go into the bundles, and links to the copied packages beside them. */
function copyModules(copy: string): void {
  const modules = path.join(copy, "node_modules")
  mkdirSync(path.join(modules, "@enigma-discovery"), { recursive: true })
  for (const entry of readdirSync(path.join(copy, "packages")))
    symlinkSync(path.join(copy, "packages", entry), path.join(modules, "@enigma-discovery", entry))
  for (const name of ["@noble", "@wasmer", "hash-wasm"])
    cpSync(path.join(root, "node_modules", name), path.join(modules, name), { recursive: true })
  for (const name of ["esbuild", "@esbuild"])
    symlinkSync(path.join(root, "node_modules", name), path.join(modules, name))
}
