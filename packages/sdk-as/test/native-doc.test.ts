import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"
import { after, before, describe, it } from "node:test"
import { promisify } from "node:util"
import { docBlocks } from "@enigma-discovery/testing"
import { id } from "ethers"
import { simulate } from "../src/simulate.ts"

const run = promisify(execFile)
const root = resolve(import.meta.dirname, "../../..")
const FIXTURES = join(root, "packages/runtime-wasm/test/fixtures")
/** `npm run test:native-wasm` compiles the contract of the page anew, and names the folder. */
const BUILT = process.env.NATIVE_WASM_DIR ?? FIXTURES
const ENIGMA_WASM = join(root, "packages/runtime-wasm/src/cli.ts")

describe("docs/NATIVE.md", async () => {
  const blocks = docBlocks(await readFile(join(root, "docs/NATIVE.md"), "utf8"))
  const folder = await mkdtemp(join(tmpdir(), "enigma-native-doc-"))
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const node = (...args: string[]) =>
    run(process.execPath, ["--conditions=@enigma/source", ...args], { cwd: folder, env }).catch(
      (error: { stdout?: string }) => assert.fail(error.stdout || String(error)),
    )

  before(async () => {
    await symlink(join(root, "node_modules"), join(folder, "node_modules"))
    for (const { file, text } of blocks) {
      if (file === undefined) continue
      await mkdir(dirname(join(folder, file)), { recursive: true })
      await writeFile(join(folder, file), text)
    }
    await writeFile(join(folder, "till.wasm"), await readFile(join(BUILT, "debug/till-dwarf5.wasm")))
    await node(ENIGMA_WASM, "till.wasm", "--out-dir", "out")
  })
  after(() => rm(folder, { recursive: true, force: true }))

  it("shows the contract that was compiled", async () => {
    const { text } = blocks.find(({ language }) => language === "c")!
    assert.equal(text, await readFile(join(FIXTURES, "debug/contract/till.c"), "utf8"))
    for (const signature of ["put(uint64)", "share(uint64)"])
      assert.ok(text.includes(`${id(signature).slice(0, 10)} `), signature)
  })

  it("its test passes", async () => {
    await node("--test", "test/till.test.ts")
  })

  it("tells what is missing beside a module", async () => {
    const has = (code: string) => (error: unknown) => (error as { code?: string }).code === code
    await assert.rejects(simulate(join(folder, "none.wasm")), has("ENTRY_NOT_FOUND"))
    await assert.rejects(simulate(join(folder, "till.wasm")), has("BAD_ABI"))
    await writeFile(join(folder, "till.json"), JSON.stringify({ contractName: "Till", abi: 7 }))
    await assert.rejects(simulate(join(folder, "./till.wasm")), has("BAD_ABI"))
  })

  it("explains a trap without a map by function and byte", async () => {
    const bare = join(folder, "bare.wasm")
    await writeFile(bare, await readFile(join(folder, "out/till.wasm")))
    await writeFile(join(folder, "bare.json"), await readFile(join(folder, "out/till.json")))
    const till = await simulate<{ share(people: bigint): bigint }>(bare)
    await assert.rejects(till.share(0n), /bare\.share trapped: division-by-zero in bare\.function \d+ \(byte \d+\)/)
  })
})

describe("a program for WASI", () => {
  it("is simulated as it is", async () => {
    const folder = await mkdtemp(join(tmpdir(), "enigma-program-"))
    try {
      await writeFile(join(folder, "words.wasm"), await readFile(join(BUILT, "wasi/words.wasm")))
      const bytes = { name: "input", type: "bytes" }
      const abi = [
        { type: "function", name: "run", inputs: [{ name: "args", type: "string[]" }, bytes], outputs: [bytes] },
      ]
      await writeFile(join(folder, "words.json"), JSON.stringify(abi))
      const words = await simulate<{ run(args: string[], input: string): string }>(join(folder, "words.wasm"))
      const input = `0x${Buffer.from("to be or\nnot").toString("hex")}`
      const { result } = await words.run("run", [], input)
      assert.equal(Buffer.from(result.slice(2), "hex").toString(), "1 4 12\n")
      await assert.rejects(words.run("run", ["fail"], input), /words\.run reverted: told to fail/)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
