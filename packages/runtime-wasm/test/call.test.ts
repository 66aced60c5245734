import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { MAX_GAS_LIMIT } from "@enigma-discovery/protocol"
import { MemoryState, testContext, testCrypto } from "@enigma-discovery/testing"
import { type CallOutcome, call, type PreparedModule, prepare, runtimeErrors, stateRefusal } from "../src/index.ts"
import { wat } from "./support/wat.ts"

const GAS = 1_000_000n
const contract = (body: string, more = ""): PreparedModule =>
  prepare(
    wat(`(module
    (import "env" "return_data" (func $return_data (param i32 i32)))
    (import "env" "revert" (func $revert (param i32 i32)))
    (import "env" "state_write" (func $state_write (param i32 i32 i32 i32)))
    (memory 1 4)
    (data (i32.const 0) "no luck")
    ${more}
    (func (export "construct"))
    (func (export "call") ${body}))`),
  )
const run = (module: PreparedModule, gas = GAS, state = new MemoryState()): CallOutcome =>
  call(module, testContext(), state, testCrypto(), gas)

describe("call", () => {
  it("returns what the contract set, and the gas it used", () => {
    const outcome = run(contract("(call $return_data (i32.const 3) (i32.const 4))"))
    assert.ok(outcome.kind === "success")
    assert.equal(new TextDecoder().decode(outcome.returnData), "luck")
    // instance 20,000 + one page 10,000 + 7 bytes of data (1) + two constants and a call (7) + return_data of 4 bytes (104)
    assert.equal(outcome.gasUsed, 30_112n)
  })

  it("returns nothing when nothing was set", () => {
    const outcome = run(contract(""))
    assert.ok(outcome.kind === "success")
    assert.equal(outcome.returnData.length, 0)
  })

  it("reverts with the message and only the gas used so far", () => {
    const outcome = run(contract("(call $revert (i32.const 0) (i32.const 7)) (loop $l (br $l))"))
    assert.deepEqual(outcome, { kind: "reverted", message: "no luck", gasUsed: 30_115n, debug: [] })
  })

  it("charges exactly: one unit less is out of gas, and takes all", () => {
    const module = contract(
      "(local i32) (loop $l (br_if $l (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 1000))))",
    )
    const outcome = run(module)
    assert.equal(outcome.kind, "success")
    assert.equal(run(module, outcome.gasUsed).kind, "success")
    assert.deepEqual(run(module, outcome.gasUsed - 1n), {
      kind: "out-of-gas",
      gasUsed: outcome.gasUsed - 1n,
      debug: [],
    })
  })

  it("stops a loop that would never end", () => {
    assert.deepEqual(run(contract("(loop $l (br $l))")), { kind: "out-of-gas", gasUsed: GAS, debug: [] })
  })

  it("does not start what cannot pay for its instance", () => {
    assert.deepEqual(run(contract(""), 30_000n), { kind: "out-of-gas", gasUsed: 30_000n, debug: [] })
  })

  it("runs the start function first, on the call's gas", () => {
    const module = contract(
      "(call $return_data (i32.const 0) (i32.const 2))",
      `(func $init (i32.store8 (i32.const 0) (i32.const 0x4f))) (start $init)`,
    )
    const outcome = run(module)
    assert.ok(outcome.kind === "success")
    assert.equal(new TextDecoder().decode(outcome.returnData), "Oo")
    assert.equal(run(contract("", "(func $init (loop $l (br $l))) (start $init)")).kind, "out-of-gas")
  })

  for (const [name, body, trap] of [
    ["unreachable", "unreachable", "unreachable"],
    ["a load outside memory", "(drop (i32.load (i32.const 65536)))", "memory-out-of-bounds"],
    ["a copy outside memory", "(memory.copy (i32.const 65530) (i32.const 0) (i32.const 8))", "memory-out-of-bounds"],
    [
      "a segment read outside its bytes",
      "(memory.init 0 (i32.const 0) (i32.const 1) (i32.const 8))",
      "memory-out-of-bounds",
    ],
    ["a division by zero", "(drop (i32.div_u (i32.const 1) (i32.const 0)))", "division-by-zero"],
    ["a remainder by zero", "(drop (i64.rem_s (i64.const 1) (i64.const 0)))", "division-by-zero"],
    ["a quotient that does not fit", "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))", "integer-overflow"],
    ["a call of no function", "(call_indirect (i32.const 1))", "bad-indirect-call"],
    ["a call with another type", "(drop (call_indirect (result i32) (i32.const 0)))", "bad-indirect-call"],
    ["a call beyond the table", "(call_indirect (i32.const 9))", "table-out-of-bounds"],
    ["a copy beyond the table", "(table.copy (i32.const 0) (i32.const 1) (i32.const 2))", "table-out-of-bounds"],
    ["endless recursion", "(call $down)", "stack-overflow"],
    ["a host call outside memory", "(call $return_data (i32.const 65535) (i32.const 2))", "host-misuse"],
    ["a host call with too large a size", "(call $return_data (i32.const 0) (i32.const -1))", "host-misuse"],
  ] as const) {
    it(`ends ${name} as the trap "${trap}" and takes the whole limit`, () => {
      const outcome = run(
        contract(body, "(table 2 funcref) (func $nothing) (elem (i32.const 0) $nothing) (func $down (call $down))"),
      )
      assert.ok(outcome.kind === "trap", outcome.kind)
      assert.equal(outcome.trap, trap)
      assert.equal(outcome.gasUsed, GAS)
    })
  }

  it("keeps nothing from one call to the next", () => {
    const module = contract(
      "(if (i32.load (i32.const 100)) (then unreachable)) (i32.store (i32.const 100) (i32.const 1))",
    )
    assert.equal(run(module).kind, "success")
    assert.equal(run(module).kind, "success")
  })

  it("lets a fault of the host pass, and turns a refusal of the state into a revert", () => {
    const module = contract("(call $state_write (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 1))")
    const failing = (error: Error) =>
      Object.assign(new MemoryState(), {
        set() {
          throw error
        },
      })
    assert.throws(() => run(module, GAS, failing(new TypeError("disk"))), TypeError)
    const outcome = run(module, GAS, failing(stateRefusal("the delta is full")))
    assert.ok(outcome.kind === "reverted")
    assert.equal(outcome.message, "the delta is full")
  })

  it("grants no more than the highest limit, and refuses a context of wrong shape", () => {
    const outcome = call(contract(""), testContext(), new MemoryState(), testCrypto(), 2n * MAX_GAS_LIMIT)
    assert.equal(outcome.kind, "success")
    assert.equal(outcome.gasUsed, 30_001n)
    for (const wrong of [
      { sender: new Uint8Array(19) },
      { amount: 1n << 256n },
      { blockNumber: -1n },
      { calldata: new Uint8Array(300_000) },
    ]) {
      assert.throws(
        () => call(contract(""), testContext(wrong), new MemoryState(), testCrypto(), GAS),
        (e) => runtimeErrors.is(e, "BAD_CONTEXT"),
      )
    }
  })
})
