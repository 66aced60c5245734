import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { MAX_TRAP_CALLERS, readTrapText, type TrapPlace } from "@enigma-discovery/protocol"
import { MemoryState, testContext, testCrypto } from "@enigma-discovery/testing"
import asc from "assemblyscript/asc"
import { call, explainTrap, type PreparedModule, prepare, runtimeErrors, type Trap } from "../src/index.ts"
import { trapPlace } from "../src/internal/trap-place.ts"
import { withoutNames } from "./support/strip.ts"
import { offsetOf, wat } from "./support/wat.ts"

const run = (module: PreparedModule): Trap => {
  const outcome = call(module, testContext(), new MemoryState(), testCrypto(), 10_000_000n)
  assert.ok(outcome.kind === "trap", outcome.kind)
  return outcome
}

const placeOf = ({ trap, detail }: Trap): TrapPlace => readTrapText(`${trap}: ${detail}`)!.place!

/** A module whose trapping instruction stands behind charges, in loops, arms and calls. */
const source = (trapping: string) => `(module $Shop
  (import "env" "return_data" (func $return_data (param i32 i32)))
  (memory 1 2) (table 2 funcref) (elem (i32.const 0) $nothing)
  (func $nothing)
  (func $down (call $down))
  (func $pay (param i32) (result i32) (local i32)
    (loop $l
      (if (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (i32.const 9)) (then (br $l))))
    (drop (memory.grow (i32.const 0)))
    (if (local.get 0) (then ${trapping}))
    (i32.const 7))
  (func (export "construct"))
  (func (export "call") (drop (call $pay (i32.const 1)))))`

describe("place of a trap", () => {
  for (const [trap, trapping, bytes] of [
    ["unreachable", "(i64.store (i32.const 0) (i64.const 77)) unreachable", [0x37, 3, 0, 0x00]],
    ["division-by-zero", "(drop (i32.div_u (i32.const 5) (i32.const 0)))", [0x6e, 0x1a]],
    ["memory-out-of-bounds", "(drop (i32.load16_u (i32.const -1)))", [0x2f, 1, 0, 0x1a]],
    ["memory-out-of-bounds", "(memory.copy (i32.const 0) (i32.const -1) (i32.const 3))", [0xfc, 0x0a, 0, 0]],
    ["bad-indirect-call", "(call_indirect (i32.const 1))", [0x11]],
    ["host-misuse", "(call $return_data (i32.const -5) (i32.const 5))", [0x10, 0]],
  ] as const) {
    it(`is the very instruction: ${trap} of ${trapping}`, () => {
      const code = wat(source(trapping))
      const outcome = run(prepare(code))
      assert.equal(outcome.trap, trap)
      // what stands before the opcode is a store for "unreachable", whose opcode alone is no landmark
      const at = offsetOf(code, bytes) + (trap === "unreachable" ? 3 : 0)
      const callers = [{ functionIndex: 5, offsetBytes: offsetOf(code, [0x10, 3]) }]
      assert.deepEqual(placeOf(outcome), { functionIndex: 3, offsetBytes: at, functionName: "pay", callers })
      const from = `from 5:${callers[0]!.offsetBytes}`
      assert.ok(outcome.detail.startsWith(`function 3, byte ${at} ${from} in pay`), outcome.detail)
    })
  }

  it("is the function that went too deep", () => {
    const outcome = run(prepare(wat(source("(call $down)"))))
    assert.equal(outcome.trap, "stack-overflow")
    assert.equal(placeOf(outcome).functionName, "down")
    assert.match(outcome.detail, /^function 2, byte (\d+) from 2:\1 2:\1 2:\1 in down: calls are nested too deep$/)
  })

  it("needs no names, and gas and kind do not depend on them", () => {
    const named = wat(source("unreachable"))
    const bare = withoutNames(named)
    assert.ok(bare.length < named.length)
    const [withNames, without] = [run(prepare(named)), run(prepare(bare))]
    assert.deepEqual(placeOf(without), { ...placeOf(withNames), functionName: "" })
    assert.deepEqual({ ...without, detail: 0 }, { ...withNames, detail: 0 })
    const free = (code: Uint8Array) =>
      call(prepare(code), testContext({ kind: "construct" }), new MemoryState(), testCrypto(), 1_000_000n)
    assert.deepEqual(free(named), free(bare))
  })

  it("is explained by the code with names that was kept beside", () => {
    const named = wat(source("unreachable"))
    const outcome = run(prepare(withoutNames(named)))
    const { offsetBytes } = placeOf(outcome)
    assert.equal(explainTrap(outcome).text, `unreachable in function 3 (byte ${offsetBytes})`)
    const explained = explainTrap(outcome, { code: named })
    assert.equal(explained.text, `unreachable in Shop.pay (byte ${offsetBytes})`)
    assert.equal(explainTrap(outcome, { contract: "Till", code: named }).contract, "Till")
    // and so is the message of the sealed error
    assert.deepEqual(explainTrap(`${outcome.trap}: ${outcome.detail}`, { code: named }), explained)
  })

  it("has the innermost calls that led there, of the contract's own code alone", () => {
    const { instrumented } = prepare(wat(source("unreachable")))
    const frame = (module: string, index: number) => `at f (wasm://wasm/${module}:wasm-function[${index}]:0x40)`
    const lines = [frame("a1", 900), frame("a1", 3), "at js (file:///x.js:1:1)", frame("b2", 2), frame("a1", 5)]
    const place = trapPlace(instrumented, ["RuntimeError: unreachable", ...lines].join("\n    "))!
    assert.equal(place.functionIndex, 3)
    assert.deepEqual(
      place.callers.map(({ functionIndex }) => functionIndex),
      [5],
    )
    const deep = Array.from({ length: 9 }, () => frame("a1", 2)).join("\n")
    assert.equal(trapPlace(instrumented, deep)!.callers.length, MAX_TRAP_CALLERS)
    assert.equal(trapPlace(instrumented, "RuntimeError: unreachable"), undefined)
  })

  it("says what the host refused", () => {
    const outcome = run(prepare(wat(source("(call $return_data (i32.const -5) (i32.const 5))"))))
    assert.match(explainTrap(outcome).text, /^host-misuse in pay \(byte \d+\): data is outside memory$/)
  })

  it("takes any text", () => {
    for (const text of ["", "x", "unreachable: ", "unreachable: function 1, byte 2 in : ", ":".repeat(999)])
      assert.equal(typeof explainTrap(text).text, "string")
  })
})

const FILE = `export function construct(): void {}
export function call(): void {
  store<u32>(8, load<u32>(16) + 1)
  store<u32>(0, 100 / load<u32>(64))
  store<u32>(12, load<u32>(20) + 1)
}
`

/** Optimised, without names, with a source map: as a contract is deployed. */
async function compiled(...flags: string[]): Promise<{ code: Uint8Array; sourceMap: string }> {
  const files = new Map<string, Uint8Array | string>()
  const { error } = await asc.main(
    ["shop.ts", "--outFile", "shop.wasm", "--runtime", "stub", "--initialMemory", "1", "--sourceMap", ...flags],
    {
      stderr: asc.createMemoryStream(),
      readFile: (name) => (name === "shop.ts" ? FILE : null),
      writeFile: (name, contents) => void files.set(name, contents),
      listFiles: () => [],
    },
  )
  assert.equal(error, null)
  return { code: files.get("shop.wasm") as Uint8Array, sourceMap: String(files.get("shop.wasm.map")) }
}

describe("source of a trap", () => {
  for (const flags of [["-O0"], ["-Oz", "--converge"], ["-O3"]]) {
    it(`is the line that divides, compiled with ${flags[0]}`, async () => {
      const { code, sourceMap } = await compiled(...flags)
      const explained = explainTrap(run(prepare(code)), { contract: "Shop", sourceMap })
      assert.equal(explained.source?.file, "shop.ts")
      assert.equal(explained.source?.line, 4)
      assert.match(explained.text, /^division-by-zero in Shop\..* \(shop\.ts:4:\d+\)$/)
    })
  }

  it("refuses what is no source map", () => {
    const outcome = run(prepare(wat(source("unreachable"))))
    for (const sourceMap of [
      "",
      "[]",
      "null",
      '{"version":2,"sources":[],"mappings":""}',
      '{"version":3,"sources":[]}',
      '{"version":3,"sources":["a"],"mappings":"A*AA"}',
      '{"version":3,"sources":["a"],"mappings":"g"}',
      `{"version":3,"sources":["a"],"mappings":"${"g".repeat(40)}A"}`,
    ]) {
      assert.throws(
        () => explainTrap(outcome, { sourceMap }),
        (e) => runtimeErrors.is(e, "BAD_SOURCE_MAP"),
        sourceMap,
      )
    }
    assert.equal(explainTrap(outcome, { sourceMap: '{"version":3,"sources":[],"mappings":""}' }).source, undefined)
  })
})
