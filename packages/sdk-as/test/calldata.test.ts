import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { nodeCrypto } from "@enigma-discovery/crypto/node"
import { LocalEngine, StateMap } from "@enigma-discovery/enclave/engine"
import { fromHex, type Hex } from "@enigma-discovery/protocol"
import { concat, Interface, type InterfaceAbi, toBeHex } from "ethers"
import fc from "fast-check"
import { type CompiledContract, compileContract } from "../src/index.ts"

const word = (value: bigint | number) => toBeHex(value, 32)

/** Runs raw calldata. @returns how it ended */
function runner({ wasm, codeHash }: CompiledContract) {
  const engine = new LocalEngine(nodeCrypto)
  const zeros = (length: number) => new Uint8Array(length)
  const base = { contract: zeros(20), sender: zeros(20), taskId: zeros(32), token: zeros(20) }
  const context = { ...base, blockNumber: 1n, timestamp: 1n, amount: 0n }
  return async (calldata: string, kind: "call" | "construct" = "call"): Promise<string> => {
    const call = { ...context, calldata: fromHex(calldata as Hex), kind }
    const code = { contract: base.contract, codeHash: fromHex(codeHash), code: wasm, randomSeed: zeros(32) }
    const [ran] = await engine.run([{ ...code, context: call, gasLimit: 50_000_000n }], new StateMap())
    assert.equal(ran?.kind, "outcome")
    const { outcome } = ran as Extract<typeof ran, { readonly kind: "outcome" }>
    return outcome.kind === "reverted" ? outcome.message : outcome.kind
  }
}

describe("hostile calldata", async () => {
  const library = await compileContract(`${import.meta.dirname}/secret-contract/library.ts`)
  const features = await compileContract(`${import.meta.dirname}/secret-contract/features.ts`)
  const abi = new Interface([...library.abi, ...features.abi.filter(({ type }) => type === "function")] as InterfaceAbi)
  const [runLibrary, runFeatures] = [runner(library), runner(features)]
  const selector = (name: string) => abi.getFunction(name)!.selector
  const refused = async (name: string, ...words: readonly string[]) =>
    assert.equal(await runLibrary(concat([selector(name), ...words])), "bad calldata", `${name} ${words.join(" ")}`)

  it("is refused when it is no call", async () => {
    for (const [calldata, message] of [
      ["0x", "no function given"],
      ["0x010203", "no function given"],
      ["0x01020304", "unknown function"],
      [selector("text"), "bad calldata"],
      [concat([selector("text"), "0x00"]), "bad calldata"],
    ] as const)
      assert.equal(await runLibrary(calldata), message)
    assert.equal(await runFeatures(word(1), "construct"), "bad calldata")
  })

  it("is refused when a word has stray bits", async () => {
    await refused("echoU64", word(2n ** 64n))
    await refused("echoI64", word(2n ** 64n - 1n))
    await refused("echoI64", word(2n ** 256n - 2n ** 63n - 1n))
    const words = [0n, 0n, 0n, 0n, 0n, 0n, 0n]
    const max = 2n ** 256n
    for (const [at, bad] of [
      [0, 2n],
      [1, 256n],
      [2, 128n],
      [2, max - 129n],
      [3, 65_536n],
      [4, 32_768n],
      [5, 2n ** 32n],
      [6, 2n ** 31n],
    ] as const)
      await refused("echoWords", ...words.with(at, bad).map(word))
    await refused("isSignedBy", word(2n ** 160n), word(0), word(96), word(0))
    assert.equal(await runFeatures(concat([selector("narrow"), word(2n ** 96n)])), "bad calldata")
  })

  it("is refused when an offset or a size leaves it", async () => {
    for (const size of [1n, 32n, 2n ** 23n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 64n]) {
      await refused("echoBytes", word(32), word(size))
      await refused("echoText", word(32), word(size))
      await refused("echoHashes", word(32), word(size))
      await refused("echoNested", word(32), word(size))
    }
    for (const offset of [33n, 64n, 2n ** 32n - 1n, 2n ** 32n - 32n, 2n ** 32n, 2n ** 255n])
      await refused("echoBytes", word(offset), word(0))
    await refused("echoHashes", word(32), word(2), word(1))
    await refused("echoNested", word(32), word(1), word(32))
    await refused("echoNested", word(32), word(1), word(2n ** 32n - 64n), word(0))
  })

  it("never ends in anything but a result, a revert, or lack of gas", async () => {
    const names = ["echoBytes", "echoText", "echoNested", "echoMixed", "echoHashes", "echoWords", "arithmetic"]
    const part = fc.oneof(
      fc
        .constantFrom(0n, 1n, 2n, 31n, 32n, 33n, 64n, 96n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 64n, 2n ** 256n - 1n)
        .map(word),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.array(part, { maxLength: 8 }), async (name, parts) => {
        const end = await runLibrary(concat([selector(name), ...parts]))
        assert.notEqual(end, "trap")
      }),
      { numRuns: 2_000, seed: 6 },
    )
  })
})
