import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { fromHex, type Hex } from "@enigma-discovery/protocol"
import { Interface } from "ethers"
import fc from "fast-check"
import type { Abi, ConstructorArgs, FunctionArgs, FunctionName, FunctionResult } from "../src/abi.ts"
import { decodeResult, resolveConstructor, resolveFunction } from "../src/functions.ts"
import { ABI, abiEncode, errorCode } from "./support/setup.ts"

const TWICE = [
  { type: "function", name: "add", inputs: [{ name: "a", type: "uint256" }], outputs: [] },
  {
    type: "function",
    name: "add",
    inputs: [
      { name: "a", type: "string" },
      { name: "b", type: "bytes" },
    ],
    outputs: [{ name: "", type: "bytes" }],
  },
] as const

describe("functions of an ABI", () => {
  it("encode as ethers' Interface does, and decode what it encodes", () => {
    const iface = new Interface(TWICE as never)
    fc.assert(
      fc.property(fc.string(), fc.uint8Array({ maxLength: 200 }), (text, bytes) => {
        const { encode, signature } = resolveFunction(TWICE, "add(string,bytes)")
        assert.deepEqual(encode([text, bytes]), fromHex(iface.encodeFunctionData("add(string,bytes)", [text, bytes])))
        const answer = decodeResult(signature, abiEncode(["bytes"], [bytes]))
        assert.deepEqual(fromHex(answer as string), bytes)
      }),
      { numRuns: 50 },
    )
  })

  it("are told apart by their signature where a name is used twice", () => {
    assert.throws(() => resolveFunction(TWICE, "add"), errorCode("AMBIGUOUS_FUNCTION"))
    assert.equal(resolveFunction(TWICE, "add(uint256)").signature, "add(uint256) returns ()")
    assert.throws(() => resolveFunction(TWICE, "sub"), errorCode("UNKNOWN_FUNCTION"))
  })

  it("refuse arguments without repeating them, for they are secret", () => {
    const { encode } = resolveFunction(ABI, "addMillionaire")
    for (const args of [
      ["0x12", 1n],
      [`0x${"11".repeat(20)}`, "very secret"],
      [`0x${"11".repeat(20)}`, -1n],
      [],
      [1, 2, 3],
    ]) {
      assert.throws(
        () => encode(args),
        (error: Error) => {
          assert.ok(errorCode("BAD_ARGUMENTS")(error))
          assert.equal(error.cause, undefined)
          return (
            !error.message.includes("secret") &&
            !JSON.stringify((error as never as { data: object }).data).includes("secret")
          )
        },
      )
    }
  })

  it("give a constructor's arguments without a selector, and none for an ABI without one", () => {
    const owner = `0x${"0a".repeat(20)}`
    assert.deepEqual(resolveConstructor(ABI).encode([owner]), abiEncode(["address"], [owner]))
    assert.deepEqual(resolveConstructor([]).encode([]), new Uint8Array())
    assert.throws(() => resolveConstructor([]).encode([1]), errorCode("BAD_ARGUMENTS"))
  })

  it("refuse what is no ABI", () => {
    for (const bad of [undefined, {}, "abi", [{ type: "function" }]])
      assert.throws(
        () => resolveFunction(bad as never as Abi, "f"),
        (error: Error) => /CLIENT_(BAD_OPTION|UNKNOWN_FUNCTION)/.test(error.name),
      )
  })

  it("decode nested tuples and lists to plain frozen values", () => {
    const signature = "f() returns (tuple(uint8[2][] grid, tuple(string s)[] more) out, bool ok)"
    const data = abiEncode(
      ["tuple(uint8[2][],tuple(string)[])", "bool"],
      [
        [
          [
            [1, 2],
            [3, 4],
          ],
          [["x"]],
        ],
        true,
      ],
    )
    const [out, ok] = decodeResult(signature, data) as readonly [{ grid: bigint[][]; more: { s: string }[] }, boolean]
    assert.deepEqual(
      [out.grid, out.more, ok],
      [
        [
          [1n, 2n],
          [3n, 4n],
        ],
        [{ s: "x" }],
        true,
      ],
    )
    assert.ok(Object.isFrozen(out) && Object.isFrozen(out.grid))
    assert.throws(() => decodeResult(signature, data.slice(0, 40)), errorCode("BAD_RESULT"))
    assert.throws(
      () => decodeResult("f() returns (string)", abiEncode(["uint256"], [2n ** 255n])),
      errorCode("BAD_RESULT"),
    )
  })
})

/** Compile-time: `Same` is true only for equal types. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const yes = <T extends true>(value?: T): T | undefined => value

describe("types from an ABI", () => {
  it("name the functions, their arguments and their results", () => {
    type A = typeof ABI
    yes<Same<FunctionName<A>, "addMillionaire" | "computeRichest" | "top">>()
    yes<Same<FunctionArgs<A, "addMillionaire">, readonly [string, bigint | number]>>()
    yes<Same<FunctionResult<A, "addMillionaire">, undefined>>()
    yes<Same<FunctionResult<A, "computeRichest">, Hex>>()
    yes<Same<FunctionResult<A, "top">, readonly [readonly { readonly who: Hex; readonly worth: bigint }[], bigint]>>()
    yes<Same<ConstructorArgs<A>, readonly [string]>>()
    yes<Same<ConstructorArgs<readonly []>, readonly []>>()
    // An ABI read from a file has no literal types: everything goes, and is checked when it runs.
    yes<Same<FunctionName<Abi>, string>>()
    yes<Same<FunctionArgs<Abi, "f">, readonly unknown[]>>()
    yes<Same<FunctionResult<Abi, "f">, unknown>>()
    yes<Same<ConstructorArgs<Abi>, readonly unknown[]>>()
    const grid = [
      {
        type: "function",
        name: "g",
        inputs: [{ name: "x", type: "uint8[2][]" }],
        outputs: [{ name: "", type: "bytes32[]" }],
      },
    ] as const
    yes<Same<FunctionArgs<typeof grid, "g">, readonly [readonly (readonly (bigint | number)[])[]]>>()
    yes<Same<FunctionResult<typeof grid, "g">, readonly Hex[]>>()
  })
})
