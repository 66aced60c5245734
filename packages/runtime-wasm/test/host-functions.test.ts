import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { describe, it } from "node:test"
import {
  HOST_FUNCTIONS,
  type HostFunction,
  hostSignature,
  MAX_CALLBACKS,
  MAX_EVENTS,
  MAX_MEMORY_PAGES,
} from "@enigma-discovery/protocol"
import { MemoryState, testContext, testCrypto } from "@enigma-discovery/testing"
import { hostAbiFiles } from "../scripts/host-abi-files.ts"
import { type CallOutcome, call, type PreparedModule, prepare } from "../src/index.ts"
import { wat } from "./support/wat.ts"

const ROWS: readonly HostFunction[] = HOST_FUNCTIONS
const GAS = 1_000_000_000n
const MEMORY_BYTES = MAX_MEMORY_PAGES * 65_536

/** Calls a row once (or `rounds` times) with the given arguments. */
function calling(row: HostFunction, args: readonly number[], rounds = 1): PreparedModule {
  const { params, results } = hostSignature(row)
  const type = `(param ${params.join(" ")}) (result ${results.join(" ")})`
  const body = `${args.map((arg) => `(i32.const ${arg})`).join(" ")} (call $f) ${results.map(() => "(drop)").join("")}`
  return prepare(
    wat(`(module (import "env" "${row.name}" (func $f ${type})) (memory ${MAX_MEMORY_PAGES})
      (func (export "construct")) (func (export "call") (local i32) ${body.repeat(rounds)}))`),
    { allowDebug: true },
  )
}
const run = (
  module: PreparedModule,
  gas = GAS,
  state = new MemoryState(),
  kind: "call" | "query" = "call",
): CallOutcome => call(module, testContext({ calldata: new Uint8Array(64), kind }), state, testCrypto(), gas)

/** Arguments in range: sizes that the row wants, pointers that do not overlap. */
const GOOD_SIZES: Readonly<Record<string, number>> = { public_key_size: 33, size: 40, offset: 0 }
const goodArgs = (row: HostFunction): number[] =>
  row.params.map(({ name, kind }, i) => (kind === "size" ? (GOOD_SIZES[name] ?? 8) : 4_096 * (i + 1)))

/** Bytes that a row is to be charged for, as its price names them. */
const countedBytes = (row: HostFunction, args: readonly number[]): number =>
  row.params.reduce((sum, { name }, i) => (new RegExp(`\\b${name}\\b`).test(row.price.bytes) ? sum + args[i]! : sum), 0)

/** Gas of the module around the call: its instance, constants, the call and drops. */
const around = (module: PreparedModule, row: HostFunction): bigint =>
  module.instanceGas + BigInt(row.params.length + 5 + hostSignature(row).results.length) + 1n

describe("host ABI", () => {
  it("is written into the SDK, the C header and the documentation as the table says", () => {
    for (const [name, text] of Object.entries(hostAbiFiles()))
      assert.equal(
        readFileSync(new URL(`../../../${name}`, import.meta.url), "utf8"),
        text,
        `${name}: run node packages/runtime-wasm/scripts/generate-host-abi.ts`,
      )
  })

  for (const row of ROWS) {
    describe(row.name, () => {
      const args = goodArgs(row)
      const price = BigInt(row.price.base + row.price.perByte * countedBytes(row, args))

      it("costs what the table says, before it acts", () => {
        const module = calling(row, args)
        const outcome = run(module)
        assert.equal(outcome.kind, row.result === "never" ? "reverted" : "success")
        const exact = around(module, row) + price
        assert.equal(outcome.gasUsed, exact)
        assert.equal(run(module, exact).kind, outcome.kind)
        const state = new MemoryState()
        assert.equal(run(module, exact - 1n, state).kind, "out-of-gas")
        assert.deepEqual(state.log, [], "nothing is asked of the state that is not paid for")
      })

      for (const [i, param] of row.params.entries()) {
        if (param.kind === "size") {
          if (param.name === "capacity" || param.name === "offset") continue
          it(`traps on a ${param.name} above every limit, at no cost of memory`, () => {
            for (const wrong of [-1, 0x7fffffff, 2_000_000]) {
              const outcome = run(calling(row, args.with(i, wrong)))
              assert.ok(outcome.kind === "trap", outcome.kind)
              assert.equal(outcome.trap, "host-misuse")
            }
          })
        } else if (row.result !== "size" || param.kind === "in") {
          it(`traps when ${param.name} leaves the memory`, () => {
            for (const wrong of [MEMORY_BYTES, MEMORY_BYTES - 1, -1, -8]) {
              const outcome = run(calling(row, args.with(i, wrong)))
              // a result that there is none of is not written, wherever to
              if (param.kind === "out" && row.result === "flag") assert.equal(outcome.kind, "success")
              else assert.equal(outcome.kind === "trap" && outcome.trap, "host-misuse", String(wrong))
            }
          })
        }
      }

      it(row.inQuery === "trap" ? "is not there in a query" : "is there in a query", () => {
        const outcome = run(calling(row, args), GAS, new MemoryState(), "query")
        assert.equal(outcome.kind === "trap" && outcome.trap === "host-misuse", row.inQuery === "trap")
      })
    })
  }

  const rowOf = (name: string) => ROWS.find((row) => row.name === name)!
  const trapOf = (outcome: CallOutcome) => (outcome.kind === "trap" ? outcome.trap : outcome.kind)

  it("hands over nothing rather than a part", () => {
    const state = new MemoryState()
    state.set(new Uint8Array(8), new Uint8Array(100).fill(7), false)
    const read = rowOf("state_read")
    const cheap = run(calling(read, [0, 8, 4_096, 99]), GAS, state)
    const copied = run(calling(read, [0, 8, 4_096, 100]), GAS, state)
    assert.equal(copied.gasUsed - cheap.gasUsed, 100n * BigInt(read.price.perByte))
    assert.equal(trapOf(run(calling(read, [0, 8, MEMORY_BYTES - 99, 100]), GAS, state)), "host-misuse")
  })

  it("bounds callbacks and events of a call", () => {
    assert.equal(run(calling(rowOf("ethereum_call"), [0, 64, 4], MAX_CALLBACKS)).kind, "success")
    assert.equal(trapOf(run(calling(rowOf("ethereum_call"), [0, 64, 4], MAX_CALLBACKS + 1))), "host-misuse")
    assert.equal(run(calling(rowOf("emit_event"), [0, 4], MAX_EVENTS)).kind, "success")
    assert.equal(trapOf(run(calling(rowOf("emit_event"), [0, 4], MAX_EVENTS + 1))), "host-misuse")
    assert.equal(trapOf(run(calling(rowOf("emit_event"), [0, 4_096], 17))), "host-misuse")
  })

  it("wants keys of at least a byte, public keys of 33 or 65, and calldata that is there", () => {
    assert.equal(trapOf(run(calling(rowOf("state_read"), [0, 0, 0, 0]))), "host-misuse")
    assert.equal(trapOf(run(calling(rowOf("secp256k1_verify"), [0, 64, 128, 34]))), "host-misuse")
    assert.equal(trapOf(run(calling(rowOf("calldata_read"), [0, 60, 5]))), "host-misuse")
    assert.equal(trapOf(run(calling(rowOf("calldata_read"), [0, -1, 1]))), "host-misuse")
  })

  it("refuses a high s of secp256k1", () => {
    const state = new MemoryState()
    const crypto = testCrypto()
    let asked = 0
    const count = (): void => {
      asked++
    }
    const spy = { ...crypto, verifySecp256k1: () => asked++ > 0, recoverSecp256k1: () => count() as undefined }
    // 0x7f… is the largest first byte of a low s
    const signed = (first: number) =>
      prepare(
        wat(`(module (import "env" "secp256k1_verify" (func $v (param i32 i32 i32 i32) (result i32)))
          (import "env" "secp256k1_recover" (func $r (param i32 i32 i32) (result i32)))
          (memory 1) (data (i32.const 96) "\\${first.toString(16)}")
          (func (export "construct")) (func (export "call")
            (drop (call $v (i32.const 0) (i32.const 64) (i32.const 200) (i32.const 33)))
            (drop (call $r (i32.const 0) (i32.const 64) (i32.const 200)))))`),
      )
    call(signed(0x80), testContext(), state, spy, GAS)
    assert.equal(asked, 0)
    call(signed(0x7e), testContext(), state, spy, GAS)
    assert.equal(asked, 2)
  })
})
