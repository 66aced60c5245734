import assert from "node:assert/strict"
import fs from "node:fs"
import path from "node:path"
import { describe, it } from "node:test"
import { checkTarball } from "../../scripts/pack/check.ts"
import { packErrors } from "../../scripts/pack/errors.ts"
import { plainEnvironment } from "../../scripts/pack/npm.ts"
import { publishedManifest, publishedPackages, tarballName } from "../../scripts/pack/published.ts"
import { stagePackage } from "../../scripts/pack/stage.ts"
import { tempTree } from "./support.ts"

const manifest = {
  name: "@enigma-discovery/thing",
  version: "1.2.3",
  exports: { ".": { "@enigma/source": "./src/index.ts", types: "./dist/index.d.ts", default: "./dist/index.js" } },
  bin: { thing: "./dist/cli.js" },
  files: ["dist"],
  dependencies: { "@enigma-discovery/other": "1.2.3" },
  devDependencies: { chai: "5.3.2" },
  scripts: { bundle: "node bundle.js" },
}
const WHOLE = ["LICENSE", "package.json", "dist/index.d.ts", "dist/index.js", "dist/cli.js"]
const published = publishedManifest(manifest)

function refused(files: readonly string[], why: RegExp, given = published): void {
  assert.throws(
    () => checkTarball(given, files),
    (error) => packErrors.is(error, "BAD_TARBALL") && why.test(error.message),
  )
}

describe("a tarball", () => {
  it("that is whole is fine", () => checkTarball(published, WHOLE))

  for (const missing of WHOLE)
    it(`without ${missing} is refused`, () =>
      refused(
        WHOLE.filter((file) => file !== missing),
        new RegExp(`${missing} is missing`),
      ))

  for (const extra of [
    "test/a.ts",
    "dist/a.test.js",
    "src/bench/b.ts",
    "vectors/x.json",
    "dist/.tsbuildinfo",
    "node_modules/a/b.js",
  ])
    it(`with ${extra} is refused`, () => refused([...WHOLE, extra], /is not for users/))

  it("that needs a folder of this machine is refused", () =>
    refused(WHOLE, /its dependency a is file:/, { ...published, dependencies: { a: "file:../a" } }))

  it("has no door to sources that Node would not run", () => {
    assert.deepEqual(published.exports, { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } })
    assert.ok(!("scripts" in published) && !("devDependencies" in published))
    assert.equal(tarballName(manifest), "enigma-discovery-thing-1.2.3.tgz")
  })
})

it("what a removed source left in dist, and the compiler's notes, are left out", (t) => {
  const root = tempTree(t, {
    LICENSE: "MIT",
    "packages/thing/package.json": manifest,
    "packages/thing/src/index.ts": "",
    "packages/thing/dist/index.js": "",
    "packages/thing/dist/index.d.ts.map": "",
    "packages/thing/dist/gone.js": "",
    "packages/thing/dist/inner/gone.d.ts": "",
    "packages/thing/dist/programs/a.mjs": "",
    "packages/thing/dist/.tsbuildinfo": "",
    "packages/thing/test/a.test.ts": "",
    "packages/hidden/package.json": { ...manifest, private: true },
  })
  const [thing, ...others] = publishedPackages(root)
  assert.equal(others.length, 0, "private packages are not published")
  const to = path.join(root, "staged")
  stagePackage(root, thing!, to)
  const files = fs.globSync("**/*", { cwd: to }).filter((file) => fs.statSync(path.join(to, file)).isFile())
  const wanted = ["LICENSE", "dist/index.d.ts.map", "dist/index.js", "dist/programs/a.mjs", "package.json"]
  assert.deepEqual(files.sort(), wanted.sort())
})

it("npm hears nothing of the run around it", () => {
  const before = { ...process.env }
  try {
    process.env.npm_config_local_prefix = "/somewhere"
    process.env.NODE_OPTIONS = "--conditions=@enigma/source"
    process.env.npm_config_registry = "https://registry.example"
    const { npm_config_local_prefix, NODE_OPTIONS, npm_config_registry, PATH } = plainEnvironment()
    assert.deepEqual([npm_config_local_prefix, NODE_OPTIONS], [undefined, undefined])
    assert.equal(npm_config_registry, "https://registry.example")
    assert.ok(PATH?.startsWith(path.dirname(process.execPath)))
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
    Object.assign(process.env, before)
  }
})
