import assert from "node:assert/strict"
import fs from "node:fs"
import path from "node:path"
import { describe, it, type TestContext } from "node:test"
import { createProject } from "../../scripts/create/create.ts"
import { createErrors } from "../../scripts/create/errors.ts"
import { projectManifest } from "../../scripts/create/manifest.ts"
import { parseTarget } from "../../scripts/create/target.ts"
import { publishedPackages, tarballName } from "../../scripts/pack/published.ts"
import { tempTree } from "./support.ts"

const root = path.resolve(import.meta.dirname, "../..")
type Code = Parameters<typeof createErrors.make>[0]
const refused = (code: Code, directory: string | undefined) =>
  assert.throws(
    () => parseTarget(root, directory),
    (error) => createErrors.is(error, code),
  )

/** The tarballs' names, without the minutes that packing takes. */
function tarballs(t: TestContext): string {
  return tempTree(t, Object.fromEntries(publishedPackages(root).map(({ manifest }) => [tarballName(manifest), "tar"])))
}

describe("the directory of a new project", () => {
  it("may be new or empty, also as a fresh git repository", (t) => {
    const at = tempTree(t, { "cloned/.git/HEAD": "ref" })
    assert.deepEqual(parseTarget(root, path.join(at, "new")), { directory: path.join(at, "new"), name: "new" })
    assert.equal(parseTarget(root, path.join(at, "cloned")).name, "cloned")
  })

  it("must be named", () => {
    refused("NO_DIRECTORY", undefined)
    refused("NO_DIRECTORY", "")
  })

  for (const name of [
    "Upper",
    "with space",
    ".hidden",
    "_under",
    "a;rm -rf",
    "$(id)",
    "ä",
    "a".repeat(215),
    "node_modules",
  ])
    it(`cannot be ${JSON.stringify(name.slice(0, 20))}: npm would refuse it`, (t) =>
      refused("BAD_NAME", path.join(tempTree(t), name)))

  for (const name of ["a\0b", "a\nb", "a\u001b[31m"])
    it(`cannot be ${JSON.stringify(name)}`, (t) => refused("BAD_DIRECTORY", path.join(tempTree(t), name)))

  it("cannot be one with anything in it, a file, or a link that leads nowhere", (t) => {
    const at = tempTree(t, { "full/.env": "secret", file: "text" })
    fs.symlinkSync(path.join(at, "nowhere"), path.join(at, "link"))
    refused("NOT_EMPTY", path.join(at, "full"))
    refused("BAD_DIRECTORY", path.join(at, "file"))
    refused("BAD_DIRECTORY", path.join(at, "link"))
  })

  it("cannot be in the repository, not even through a link", (t) => {
    const at = tempTree(t)
    fs.symlinkSync(path.join(root, "examples"), path.join(at, "examples"))
    refused("IN_REPOSITORY", path.join(root, "my-dapp"))
    refused("IN_REPOSITORY", path.join(at, "examples/my-dapp"))
  })
})

describe("a new project", () => {
  it("has the template's files, exact versions, and every package of ours from its own folder", (t) => {
    const at = path.join(tempTree(t), "my-dapp")
    createProject({ root, directory: at, packages: tarballs(t) })
    const manifest = JSON.parse(fs.readFileSync(path.join(at, "package.json"), "utf8"))
    assert.equal(manifest.name, "my-dapp")
    const direct = { ...manifest.dependencies, ...manifest.devDependencies }
    for (const [name, version] of Object.entries<string>(direct)) {
      if (!name.startsWith("@enigma-discovery/")) assert.match(version, /^\d+\.\d+\.\d+$/, name)
      else assert.ok(fs.existsSync(path.join(at, version.replace("file:", ""))), version)
    }
    const ours = publishedPackages(root).map((one) => one.manifest.name)
    assert.deepEqual(Object.keys(manifest.overrides), ours)
    for (const file of [".gitignore", "secret-contracts/ballot.ts", "contracts/Poll.sol", "page/app.tsx", "README.md"])
      assert.ok(fs.existsSync(path.join(at, file)), file)
  })

  it("is not begun when a tarball is missing", (t) => {
    const at = path.join(tempTree(t), "my-dapp")
    assert.throws(
      () => createProject({ root, directory: at, packages: tempTree(t) }),
      (error) => createErrors.is(error, "NO_TARBALL"),
    )
    assert.ok(!fs.existsSync(at))
  })

  it("takes no version that this repository does not lock", () => {
    const template = { name: "x", version: "1.0.0", dependencies: { nothing: "locked" } }
    assert.throws(
      () => projectManifest(template, "x", { packages: {} }, []),
      (error) => createErrors.is(error, "UNKNOWN_VERSION"),
    )
  })
})
