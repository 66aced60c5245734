import assert from "node:assert/strict"
import { it } from "node:test"
import { bundleForBrowser } from "../../scripts/browser/bundle.ts"
import { tempTree } from "./support.ts"

const problemsOf = async (contents: string, dir: string) => (await bundleForBrowser(contents, dir)).problems

it("accepts web standards, and measures", async (t) => {
  const report = await bundleForBrowser(
    `export const sum = new TextEncoder().encode("x").length + crypto.getRandomValues(new Uint8Array(1)).length
     export const typed = typeof process === "undefined" && globalThis.process === undefined
     export function walk(process) { return process.Buffer }`,
    tempTree(t),
  )
  assert.deepEqual(report.problems, [])
  assert.ok(report.sizeBytes > 100 && report.gzipBytes > 0)
})

it("refuses Node's modules, also deep inside", async (t) => {
  const dir = tempTree(t, {
    "node_modules/dep/package.json": { name: "dep", main: "index.js" },
    "node_modules/dep/index.js": `import { readFileSync } from "node:fs"\nexport const read = () => readFileSync`,
  })
  assert.match((await problemsOf(`import fs from "fs"; console.log(fs)`, dir)).join(), /"fs"/)
  assert.match((await problemsOf(`export * from "dep"`, dir)).join(), /dep\/index\.js:1 .*node:fs/)
})

for (const name of ["Buffer", "process", "WebAssembly", "setImmediate", "__dirname"]) {
  it(`refuses the global ${name}, also where it is never run`, async (t) => {
    assert.match(
      (await problemsOf(`export const use = () => ${name}.x`, tempTree(t))).join(),
      new RegExp(`global ${name}`),
    )
  })
}

it("refuses what does not load", async (t) => {
  assert.match((await problemsOf(`globalThis.process.exit()`, tempTree(t))).join(), /does not load/)
})
