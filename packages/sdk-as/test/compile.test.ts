import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, it } from "node:test"
import { promisify } from "node:util"
import { keccak256 } from "ethers"
import { compileContract, sdkErrors } from "../src/index.ts"
import { compileText } from "./support/source.ts"

const FEATURES = join(import.meta.dirname, "secret-contract/features.ts")
const CLI = join(import.meta.dirname, "../src/cli.ts")
const run = promisify(execFile)
const SMALL = `@contract
export class Small { @view one(): u64 { return 1 } }
`

describe("compileContract", () => {
  it("answers ABI, state and callees", async () => {
    const { abi, state, ethereum, wasm, codeHash } = await compileContract(FEATURES)
    assert.equal(codeHash, keccak256(wasm))
    assert.deepEqual(abi[0], {
      type: "constructor",
      inputs: [
        { name: "bank", type: "address", internalType: "address" },
        { name: "round", type: "uint32", internalType: "uint32" },
      ],
      stateMutability: "nonpayable",
    })
    const shown = abi.slice(1).map((entry) => `${entry.type} ${"name" in entry ? entry.name : ""}`)
    assert.deepEqual(shown, [
      ...["setName", "pay", "roll", "item", "divide", "narrow", "forever", "hashOf", "when", "pair", "pairsOf"].map(
        (name) => `function ${name}`,
      ),
      ...["event Paid", "event Nothing", "error TooMuch", "error Closed"],
    ])
    const byName = (name: string) => abi.find((entry) => "name" in entry && entry.name === name)
    assert.deepEqual(byName("pay"), {
      type: "function",
      name: "pay",
      inputs: [
        { name: "to", type: "address", internalType: "address" },
        { name: "memo", type: "string", internalType: "string" },
      ],
      outputs: [{ name: "", type: "uint96", internalType: "uint96" }],
      stateMutability: "payable",
    })
    assert.equal((byName("hashOf") as { stateMutability: string }).stateMutability, "view")
    assert.deepEqual(state, [
      { name: "bank", kind: "value", keys: [], value: "address", isPublic: false },
      { name: "round", kind: "value", keys: [], value: "uint32", isPublic: true },
      { name: "names", kind: "mapping", keys: ["address"], value: "string", isPublic: false },
      { name: "log", kind: "list", keys: [], value: "uint64", isPublic: false },
      { name: "pairs", kind: "mapping", keys: ["string", "uint64"], value: "bool", isPublic: false },
    ])
    assert.deepEqual(
      ethereum.map(({ name, abi: functions }) => [name, functions.length]),
      [["Bank", 2]],
    )
  })

  it("gives the same bytes wherever and whenever it is compiled, without names", async () => {
    const first = await compileContract(FEATURES)
    await compileText(SMALL)
    const elsewhere = await compileText(await readFile(FEATURES, "utf8"))
    const again = await compileContract(FEATURES)
    assert.equal(again.codeHash, first.codeHash)
    assert.equal(elsewhere.codeHash, first.codeHash)
    const custom = (wasm: Uint8Array, name: string) =>
      WebAssembly.Module.customSections(new WebAssembly.Module(wasm as BufferSource), name).length
    assert.deepEqual([custom(first.wasm, "name"), custom(first.wasm, "sourceMappingURL")], [0, 0])
    assert.ok(first.sourceMap.includes('"features/Features#pay"'), "names are beside the code")
    assert.ok(JSON.parse(first.sourceMap).sources.includes("features.ts"))
  })

  it("compiles many at once", async () => {
    const bodies = [1, 2, 3].map((n) => SMALL.replace("return 1", `return ${n}`))
    const compiled = await Promise.all(bodies.map((body) => compileText(body)))
    assert.equal(new Set(compiled.map(({ codeHash }) => codeHash)).size, 3)
  })

  it("knows explicit names of entries", async () => {
    const { state } = await compileText(`import { List, Value } from "@enigma-discovery/sdk-as/assembly"
@contract
export class Small {
  total: Value<u64> = new Value<u64>("sum", true)
  parts: List<string> = new List<string>("parts")
  @view one(): u64 { return this.total.get() + this.parts.length }
}
`)
    assert.deepEqual(state, [
      { name: "sum", kind: "value", keys: [], value: "uint64", isPublic: true },
      { name: "parts", kind: "list", keys: [], value: "string", isPublic: false },
    ])
  })

  it("collects garbage where it is told to", async () => {
    const folder = await mkdtemp(join(tmpdir(), "enigma-sdk-"))
    try {
      const compiled = await compileContract(FEATURES, { runtime: "incremental", outDir: folder })
      assert.notEqual(compiled.codeHash, (await compileContract(FEATURES)).codeHash)
      const artifact = JSON.parse(await readFile(join(folder, "Features.json"), "utf8"))
      const { name: contractName, abi, state, ethereum, codeHash } = compiled
      assert.deepEqual(artifact, { format: "enigma-sdk-as-1", contractName, abi, state, ethereum, codeHash })
      assert.deepEqual(new Uint8Array(await readFile(join(folder, "Features.wasm"))), compiled.wasm)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it("has a command that exits by how it went", async () => {
    const folder = await mkdtemp(join(tmpdir(), "enigma-sdk-"))
    const command = (...args: string[]) => run(process.execPath, ["--conditions=@enigma/source", CLI, ...args])
    try {
      const { stdout } = await command(FEATURES, "--out-dir", folder)
      assert.match(stdout, /^Features: \d+ bytes, code hash 0x[0-9a-f]{64}\n$/)
      await assert.rejects(command("/nowhere.ts"), (error: { code: number; stderr: string }) => {
        assert.equal(error.code, 1)
        assert.match(error.stderr, /There is no contract source/)
        return true
      })
      await assert.rejects(command("/nowhere/Bank.json"), (error: { code: number; stderr: string }) => {
        assert.equal(error.code, 1)
        assert.match(error.stderr, /^Bank is no ABI that calls can be made from: ENOENT/)
        return true
      })
      await writeFile(join(folder, "Bank.json"), JSON.stringify([{ type: "function", name: "pay", inputs: [] }]))
      await command(join(folder, "Bank.json"), "--out-dir", folder)
      assert.match(
        await readFile(join(folder, "Bank.ts"), "utf8"),
        /class Bank extends EthereumContract \{\n {2}pay\(\)/,
      )
      await assert.rejects(command(), (error: { code: number }) => error.code === 2)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it("is not ended by a compiler that crashes", async () => {
    // Deeper than the compiler's own recursion goes.
    const deep = `@contract\nexport class A { @call a(): void { ${"(".repeat(20_000)}1${")".repeat(20_000)} } }`
    await assert.rejects(compileText(deep), (error) => sdkErrors.is(error, "COMPILER_CRASHED"))
    assert.equal((await compileText(SMALL)).name, "Small")
  })
})
