import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { toHex } from "@enigma-discovery/protocol"
import { Interface } from "ethers"
import { address, path, TestContract } from "./support/contract.ts"

describe("millionaires", async () => {
  const compiled = await TestContract.of(path("../../../../examples/millionaires/secret-contract/millionaires.ts"))
  const deployed = (): TestContract => {
    const contract = new TestContract(compiled.wasm, compiled.abi.fragments)
    assert.equal(contract.construct([address(0xe7)]).kind, "success")
    return contract
  }

  it("compiles to at most 4 KB", () => {
    assert.ok(compiled.wasm.length <= 4_096, `${compiled.wasm.length} bytes`)
  })

  it("finds the richest, whatever the order, and after a change", () => {
    const contract = deployed()
    assert.equal(contract.call("computeRichest")[0], address(0))
    contract.call("addMillionaire", [address(1), 5n])
    contract.call("addMillionaire", [address(2), 2n ** 255n])
    contract.call("addMillionaire", [address(3), 7n])
    assert.equal(contract.call("computeRichest")[0], address(2))
    contract.call("addMillionaire", [address(2), 1n])
    assert.equal(contract.call("computeRichest")[0], address(3))
  })

  it("announces the richest to the registry it was given", () => {
    const contract = deployed()
    contract.call("addMillionaire", [address(9), 1n])
    const outcome = contract.outcome("announceRichest", [])
    assert.ok(outcome.kind === "success")
    assert.equal(outcome.callbacks.length, 1)
    const [{ target, data }] = outcome.callbacks as [(typeof outcome.callbacks)[0]]
    assert.equal(toHex(target), address(0xe7))
    const registry = new Interface(["function announce(address richest)"])
    assert.equal(registry.decodeFunctionData("announce", data)[0], address(9))
  })

  it("refuses what is no call of it, with the reason", () => {
    const contract = deployed()
    for (const [calldata, message] of [
      [new Uint8Array(0), "no function given"],
      [new Uint8Array([1, 2, 3]), "no function given"],
      [new Uint8Array([1, 2, 3, 4]), "unknown function"],
      [
        new Uint8Array([...Buffer.from(compiled.abi.getFunction("addMillionaire")!.selector.slice(2), "hex")]),
        "bad calldata",
      ],
    ] as const) {
      const outcome = contract.run(calldata)
      assert.ok(outcome.kind === "reverted", outcome.kind)
      assert.equal(outcome.message, message)
    }
    assert.equal(contract.reverted("computeRichest", [], { amount: 1n }), "function is not payable")
    const outcome = contract.construct([address(1)], { calldata: new Uint8Array(31) })
    assert.ok(outcome.kind === "reverted")
  })

  it("costs little", () => {
    const contract = deployed()
    contract.call("addMillionaire", [address(1), 5n])
    assert.ok(contract.gasUsed < 60_000n, `${contract.gasUsed}`)
  })
})
