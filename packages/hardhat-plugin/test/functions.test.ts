import assert from "node:assert/strict"
import { describe, it } from "node:test"
import type { Abi } from "@enigma-discovery/client"
import { pluginErrors } from "../src/errors.ts"
import { functionsOf, splitOverrides } from "../src/network/functions.ts"
import { callOptions } from "../src/network/secret-contract.ts"
import { offlineContract } from "./support/offline-contract.ts"

const fn = (name: string, ...types: readonly string[]) => ({
  ...{ type: "function", name, outputs: [] },
  inputs: types.map((type) => ({
    name: "",
    type,
    ...(type.startsWith("tuple") && { components: [{ name: "a", type: "bool" }] }),
  })),
})

describe("functions of a contract", () => {
  it("are called by name, or by signature where a name is used twice", () => {
    const abi = [fn("one", "uint256"), fn("two"), fn("two", "tuple[]", "bytes"), { type: "event", name: "one" }] as Abi
    assert.deepEqual(
      functionsOf(abi).map(({ key, inputs }) => [key, inputs]),
      [
        ["one", 1],
        ["two()", 0],
        ["two((bool)[],bytes)", 2],
      ],
    )
  })

  it("take overrides after their arguments, and nothing misspelt", () => {
    const [one] = functionsOf([fn("one", "uint256")] as Abi)
    assert.deepEqual(splitOverrides("X.one", one!, [5n]), { args: [5n], overrides: {} })
    assert.deepEqual(splitOverrides("X.one", one!, [5n, { gasLimit: 1n }]), { args: [5n], overrides: { gasLimit: 1n } })
    for (const given of [[], [5n, 6n], [5n, { gaslimit: 1n }], [5n, {}, {}], [5n, null], [{ gasLimit: 1n }, 2n, 3n]])
      assert.throws(
        () => splitOverrides("X.one", one!, given),
        (error) => pluginErrors.is(error, "BAD_CALL"),
      )
  })

  it("pay ETH or tokens, not both", () => {
    assert.deepEqual(callOptions({ value: 3n, timeoutMs: 1, finality: "committed" }), { payment: { amount: 3n } })
    assert.throws(
      () => callOptions({ value: 3n, payment: { amount: 1n } }),
      (error) => pluginErrors.is(error, "BAD_CALL"),
    )
  })

  it("are members of a frozen object that names what there is", () => {
    const contract = offlineContract()
    assert.ok(Object.isFrozen(contract))
    assert.equal(typeof (contract as unknown as Record<string, unknown>).bid, "function")
    assert.equal(typeof contract.query.bid, "function")
    assert.throws(
      () => contract.getFunction("ask"),
      (error) => pluginErrors.is(error, "UNKNOWN_FUNCTION") && /It has: bid\./.test(error.message),
    )
  })
})
