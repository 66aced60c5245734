import assert from "node:assert/strict"
import { readFile, rm, stat, writeFile } from "node:fs/promises"
import path from "node:path"
import { describe, it, type TestContext } from "node:test"
import { keccak256 } from "@enigma-discovery/crypto"
import { toHex } from "@enigma-discovery/protocol"
import { compileContract } from "@enigma-discovery/sdk-as"
import { artifactNames, readArtifact, requireArtifact } from "../src/build/artifacts.ts"
import { type BuildOptions, type BuildResult, buildSecretContracts } from "../src/build/build.ts"
import { findSources } from "../src/build/sources.ts"
import { pluginErrors } from "../src/errors.ts"
import { COUNTER, newProject, type Project } from "./support/project.ts"

const SOURCE = "secret-contracts/counter.ts"

/** Knows a class's name and makes its source the code: enough to see what is compiled when, in no time. */
async function quickCompile(file: string): Promise<Awaited<ReturnType<NonNullable<BuildOptions["compile"]>>>> {
  const wasm = await readFile(file)
  const name = /class (\w+)/.exec(wasm.toString())![1]!
  return { name, wasm, codeHash: toHex(keccak256(wasm)), abi: [], state: [], sourceMap: "{}" }
}

async function built(
  t: TestContext,
): Promise<{ project: Project; build: (options?: Partial<BuildOptions>) => Promise<BuildResult>; artifacts: string }> {
  const project = await newProject(t)
  await project.write(SOURCE, COUNTER)
  const at = (name: string) => path.join(project.root, name)
  const artifacts = at("secret-artifacts")
  const config = { sources: [at("secret-contracts")], artifacts, types: at("types/secret-contracts.d.ts") }
  return {
    project,
    artifacts,
    build: (options) => buildSecretContracts({ config, root: project.root, compile: quickCompile, ...options }),
  }
}

describe("hardhat build", () => {
  it("compiles secret contracts, and what has not changed only once", async (t) => {
    const { project, build, artifacts } = await built(t)
    const first = await build()
    assert.deepEqual(first.compiled, ["Counter"])
    const artifact = await requireArtifact(artifacts, "Counter")
    assert.equal(artifact.source, SOURCE)
    assert.deepEqual(artifact.wasm, first.contracts[0]!.wasm)
    const before = await stat(path.join(artifacts, "Counter.wasm"))
    assert.deepEqual((await build()).compiled, [])
    assert.equal((await stat(path.join(artifacts, "Counter.wasm"))).mtimeMs, before.mtimeMs)
    assert.deepEqual((await build({ force: true })).compiled, ["Counter"])

    await project.write(SOURCE, COUNTER.replaceAll("+ by", "+ by + by"))
    assert.deepEqual((await build()).compiled, ["Counter"], "a changed source is compiled")
    assert.notEqual((await requireArtifact(artifacts, "Counter")).codeHash, artifact.codeHash)
  })

  it("compiles anew when an imported file changes, or an artifact is damaged", async (t) => {
    const { project, build, artifacts } = await built(t)
    await project.write("secret-contracts/lib/step.ts", "export const STEP: u64 = 1\n")
    await project.write(
      SOURCE,
      `import { STEP } from "./lib/step"\n${COUNTER.replaceAll("+ by", "+ by + u256.from(STEP)")}`,
    )
    assert.deepEqual((await build()).compiled, ["Counter"])
    await project.write("secret-contracts/lib/step.ts", "export const STEP: u64 = 2\n")
    assert.deepEqual((await build()).compiled, ["Counter"])

    await writeFile(path.join(artifacts, "Counter.wasm"), "not wasm")
    await assert.rejects(readArtifact(artifacts, "Counter"), (error) => pluginErrors.is(error, "ARTIFACT_BROKEN"))
    assert.deepEqual((await build()).compiled, ["Counter"])
  })

  it("removes the artifact of a source that is gone", async (t) => {
    const { project, build, artifacts } = await built(t)
    await build()
    await rm(path.join(project.root, SOURCE))
    assert.deepEqual((await build()).contracts, [])
    assert.deepEqual(await artifactNames(artifacts), [])
  })

  it("names file and line of every problem, relative to the project", async (t) => {
    const { project, build, artifacts } = await built(t)
    await build()
    await project.write(SOURCE, COUNTER.replace("+ by", "+ bye"))
    await project.write(
      "secret-contracts/deep/other.ts",
      "@contract\nexport class Other {\n  @call\n  f(x: f64): void {}\n}\n",
    )
    await assert.rejects(build({ compile: compileContract }), (error) => {
      assert.ok(pluginErrors.is(error, "COMPILE_FAILED"))
      assert.match(error.message, /secret-contracts\/counter\.ts:9:\d+:.*bye/)
      assert.match(error.message, /secret-contracts\/deep\/other\.ts:4:\d+/)
      return true
    })
    assert.deepEqual(await artifactNames(artifacts), ["Counter"], "what was there stays")
  })

  it("refuses two contracts of one name", async (t) => {
    const { project, build } = await built(t)
    await project.write("secret-contracts/copy.ts", COUNTER)
    await assert.rejects(build(), (error) => pluginErrors.is(error, "SAME_NAME"))
  })

  it("finds contracts by their decorator, in folders with wildcards, not in node_modules", async (t) => {
    const { project } = await built(t)
    await project.write("apps/a/secret/x.ts", COUNTER)
    await project.write("apps/b/secret/y.ts", COUNTER)
    await project.write("apps/b/secret/util.ts", "// @contract in a comment\nexport const x: u32 = 1\n")
    await project.write("apps/b/secret/node_modules/z/z.ts", COUNTER)
    const found = await findSources([path.join(project.root, "apps/*/secret")])
    assert.deepEqual(
      found.map(({ file }) => path.relative(project.root, file)),
      ["apps/a/secret/x.ts", "apps/b/secret/y.ts"],
    )
  })

  it("names what there is when a contract is not built, and takes no path for a name", async (t) => {
    const { build, artifacts } = await built(t)
    await build()
    for (const name of ["Missing", "../secret-artifacts/Counter"])
      await assert.rejects(requireArtifact(artifacts, name), (error) => {
        assert.ok(pluginErrors.is(error, "NOT_BUILT"))
        assert.match(error.message, /Known: Counter\./)
        return true
      })
  })

  it("is part of Hardhat's own build and clean", async (t) => {
    const { project, artifacts } = await built(t)
    const hre = await project.hardhat()
    await hre.tasks.getTask("build").run({ quiet: true })
    const { abi, source } = await requireArtifact(artifacts, "Counter")
    assert.equal(source, SOURCE)
    assert.deepEqual(
      abi.map(({ type, name }) => `${type} ${name}`),
      ["function add", "function current"],
    )
    const types = await readFile(path.join(project.root, "types/secret-contracts.d.ts"), "utf8")
    assert.match(types, /readonly Counter: readonly \[/)
    await hre.tasks.getTask("compile").run({ quiet: true })
    await hre.tasks.getTask("clean").run()
    assert.deepEqual(await artifactNames(artifacts), [])
  })
})
