import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"
import { after, before, describe, it } from "node:test"
import { promisify } from "node:util"
import { type DocBlock, docBlocks } from "@enigma-discovery/testing"
import { Interface, type InterfaceAbi } from "ethers"
import { type CompiledContract, compileContract } from "../src/index.ts"

const run = promisify(execFile)
const load = createRequire(import.meta.url)
const root = resolve(import.meta.dirname, "../../..")
const TSC = join(root, "node_modules/typescript/bin/tsc")

type Block = DocBlock & { readonly file: string }

/** Each names its file in its first line. */
function blocksOf(page: string): readonly Block[] {
  const blocks = docBlocks(page)
  for (const { language, file } of blocks) assert.ok(file !== undefined, `a ${language} block does not name its file`)
  return blocks as readonly Block[]
}

describe("docs/WRITING.md", async () => {
  const blocks = blocksOf(await readFile(join(root, "docs/WRITING.md"), "utf8"))
  const folder = await mkdtemp(join(tmpdir(), "enigma-writing-"))
  const compiled = new Map<string, CompiledContract>()
  const paths = (pattern: RegExp) => blocks.map(({ file }) => file).filter((file) => pattern.test(file))

  before(async () => {
    await symlink(join(root, "node_modules"), join(folder, "node_modules"))
    for (const { file, text } of blocks) {
      await mkdir(dirname(join(folder, file)), { recursive: true })
      await writeFile(join(folder, file), text)
    }
  })
  after(() => rm(folder, { recursive: true, force: true }))

  it("has contracts, tests and Solidity", () => {
    assert.ok(paths(/^secret-contract\/.*\.ts$/).length >= 4)
    assert.ok(paths(/^test\//).length >= 2)
    assert.ok(paths(/\.sol$/).length >= 1)
    assert.equal(new Set(paths(/./)).size, blocks.length, "two blocks are one file")
  })

  for (const path of paths(/^secret-contract\/.*\.ts$/))
    it(`${path} compiles`, async () => {
      compiled.set(path, await compileContract(join(folder, path)))
    })

  it("its contracts and the examples' are right to an editor", async () => {
    const include = [join(folder, "secret-contract/*.ts"), join(root, "examples/*/secret-contract/*.ts")]
    await writeFile(
      join(folder, "tsconfig.json"),
      JSON.stringify({ extends: "./secret-contract/tsconfig.json", include }),
    )
    await run(process.execPath, [TSC, "-p", join(folder, "tsconfig.json")]).catch((error: { stdout?: string }) =>
      assert.fail(error.stdout ?? String(error)),
    )
  })

  it("its tests pass", async () => {
    const arguments_ = ["--conditions=@enigma/source", "--test", ...paths(/^test\//)]
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    await run(process.execPath, arguments_, { cwd: folder, env }).catch((error: { stdout?: string }) =>
      assert.fail(error.stdout ?? String(error)),
    )
  })

  it("its Solidity compiles, and has what the contracts call", async () => {
    const solidity = new Interface(compileSolidity(blocks.filter(({ language }) => language === "solidity")))
    const known = solidity.fragments.filter(({ type }) => type === "function").map((f) => f.format())
    const called = [...compiled.values()].flatMap(({ ethereum }) => ethereum.flatMap(({ abi }) => abi))
    for (const f of new Interface(called as InterfaceAbi).fragments) assert.ok(known.includes(f.format()), f.format())
    assert.ok(called.length > 0)
  })
})

/** The ABIs of all contracts, in one list. */
function compileSolidity(blocks: readonly Block[]): InterfaceAbi {
  const solc = load("solc") as { compile(input: string): string }
  const sources = Object.fromEntries(blocks.map(({ file, text }) => [file, { content: text }]))
  const settings = { outputSelection: { "*": { "*": ["abi"] } } }
  const output = JSON.parse(solc.compile(JSON.stringify({ language: "Solidity", sources, settings }))) as {
    errors?: { severity: string; formattedMessage: string }[]
    contracts: Record<string, Record<string, { abi: InterfaceAbi[] }>>
  }
  const errors = output.errors?.filter(({ severity }) => severity === "error") ?? []
  assert.deepEqual(
    errors.map(({ formattedMessage }) => formattedMessage),
    [],
  )
  return Object.values(output.contracts).flatMap((file) =>
    Object.values(file).flatMap((c) => c.abi),
  ) as unknown as InterfaceAbi
}
