import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { fromHex, type Hex, MAX_RETURN_BYTES, utf8Bytes } from "@enigma-discovery/protocol"
import { MemoryState, testContext, testCrypto } from "@enigma-discovery/testing"
import { AbiCoder, Interface } from "ethers"
import {
  type CallContext,
  type CallOutcome,
  call,
  initWasi,
  type PreparedModule,
  prepare,
  runtimeErrors,
} from "../src/index.ts"
import { fixture } from "./support/fixture.ts"
import { wat } from "./support/wat.ts"

const abi = new Interface(["function run(string[] arguments, bytes input) returns (bytes)"])
const calldata = (args: readonly string[], input: string): Uint8Array =>
  fromHex(abi.encodeFunctionData("run", [args, utf8Bytes(input)]) as Hex)
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const GAS = 50_000_000n

const run = (module: PreparedModule, context: Partial<CallContext>, state = new MemoryState()): CallOutcome =>
  call(module, testContext(context), state, testCrypto(), GAS)
const returned = (outcome: CallOutcome): Uint8Array => {
  assert.ok(outcome.kind === "success", outcome.kind)
  return outcome.returnData
}

describe("WASI profile", async () => {
  assert.throws(
    () => prepare(fixture("words")),
    (e) => runtimeErrors.is(e, "WASI_NOT_READY"),
  )
  await initWasi()
  const words = prepare(fixture("words"))
  const program = (args: readonly string[], input = "", kind: CallContext["kind"] = "call"): CallOutcome =>
    run(words, { calldata: calldata(args, input), kind })
  const printed = (outcome: CallOutcome): string =>
    text(fromHex(AbiCoder.defaultAbiCoder().decode(["bytes"], returned(outcome))[0]))

  it("runs an unmodified program: calldata in, standard output back", () => {
    assert.equal(text(returned(run(words, { calldata: utf8Bytes("one two\nthree\n") }))), "2 3 14\n")
  })

  it("gives arguments and takes output through run(string[],bytes), with a file in between", () => {
    assert.equal(printed(program(["upper"], "quiet words")), "QUIET WORDS")
    assert.equal(printed(program([], "a b c")), "0 3 5\n")
  })

  it("keeps no file from one call to the next", () => {
    assert.equal(printed(program(["upper"], "first")), "FIRST")
    assert.equal(printed(program(["upper"], "2nd")), "2ND")
  })

  it("shows the task's clock and randomness, the same each time", () => {
    const first = program(["clock"])
    assert.match(printed(first), /^1700000000( \d+){4}$/)
    assert.deepEqual(program(["clock"]), first)
    assert.notEqual(printed(program(["clock"], "", "query")), printed(first), "a query has no secret randomness")
  })

  it("reverts with standard error when the exit code is not 0", () => {
    const outcome = program(["fail"])
    assert.ok(outcome.kind === "reverted")
    assert.equal(outcome.message, "told to fail")
    assert.ok(outcome.gasUsed < GAS)
  })

  it("ends abort() as a trap and an endless loop out of gas", () => {
    const crash = program(["crash"])
    assert.ok(crash.kind === "trap")
    assert.equal(crash.trap, "unreachable")
    assert.deepEqual(program(["spin"]), { kind: "out-of-gas", gasUsed: GAS, debug: [] })
  })

  it("reverts on calldata that is no run(string[],bytes)", () => {
    const good = calldata(["upper"], "abc")
    for (const bad of [good.slice(0, 40), good.slice(0, good.length - 32)]) {
      assert.equal(run(words, { calldata: bad }).kind, "reverted")
    }
    for (let at = 4; at < good.length; at++) {
      const bad = good.slice()
      bad[at]! ^= 0xff
      assert.ok(["success", "reverted"].includes(run(words, { calldata: bad }).kind))
    }
  })

  it("runs a Rust program of the standard library: text, hash maps, files, clock, panics", () => {
    const tally = prepare(fixture("tally"))
    const rust = (
      args: readonly string[],
      input = "to be or not to be",
      context: Partial<CallContext> = {},
    ): CallOutcome => run(tally, { calldata: calldata(args, input), ...context })
    assert.equal(printed(rust([])), "be 2\nnot 1\nor 1\nto 2\n")
    assert.equal(printed(rust(["clock"])), "1700000000\n")
    // its hash maps are seeded with the task's randomness: the same order when the task runs again
    const many = Array.from({ length: 40 }, (_, i) => `w${i}`).join(" ")
    const order = rust(["order"], many)
    assert.notEqual(printed(order), many)
    assert.deepEqual(rust(["order"], many), order)
    assert.notEqual(printed(rust(["order"], many, { kind: "query" })), printed(order))
    const panicked = rust(["panic"])
    assert.ok(panicked.kind === "trap")
    assert.equal(panicked.trap, "unreachable")
    assert.match(panicked.detail, /^function \d+, byte \d+ from [\d: ]+: .*told to panic.*tally\.rs/s)
    assert.match((rust(["divide"], "") as { detail: string }).detail, /attempt to divide by zero/)
    assert.deepEqual(run(tally, { calldata: calldata([], "") }), rust([], ""))
    assert.equal(call(tally, testContext(), new MemoryState(), testCrypto(), 560_000n).kind, "out-of-gas")
  })

  it("gives programs the contract's state", () => {
    const visits = prepare(fixture("visits"))
    const state = new MemoryState()
    assert.equal(text(returned(run(visits, { kind: "construct" }, state))), "101")
    assert.equal(text(returned(run(visits, {}, state))), "102")
    assert.equal(text(returned(run(visits, {}, state))), "103")
  })

  it("refuses functions that reach for the world outside", () => {
    for (const name of ["sock_send", "poll_oneoff", "proc_raise", "fd_readdir", "path_symlink"]) {
      const module = wat(
        `(module (import "wasi_snapshot_preview1" "${name}" (func)) (memory (export "memory") 1) (func (export "_start")))`,
      )
      assert.throws(
        () => prepare(module),
        (e) => runtimeErrors.is(e, "UNKNOWN_IMPORT"),
      )
    }
  })

  const writing = (body: string) =>
    prepare(
      wat(`(module
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_seek" (func $seek (param i32 i64 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 4)
        (func (export "_start") (local $i i32) ${body}))`),
    )

  it("bounds what a program may write", () => {
    // 65,536 bytes at a time until it is refused; exits with the error number
    const many = writing(`(i32.store (i32.const 4) (i32.const 65536))
      (loop $l (local.set $i (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))) (br_if $l (i32.eqz (local.get $i))))
      (call $exit (local.get $i))`)
    const outcome = run(many, {})
    assert.ok(outcome.kind === "reverted", outcome.kind)
    assert.equal(outcome.message, "the program exited with code 51")
    const tooMuch = writing(
      `(i32.store (i32.const 4) (i32.const ${MAX_RETURN_BYTES + 1})) (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))`,
    )
    const printedTooMuch = run(tooMuch, {})
    assert.ok(printedTooMuch.kind === "trap")
    assert.equal(printedTooMuch.trap, "host-misuse")
  })

  it("does not leak from call to call", () => {
    for (let i = 0; i < 300; i++) program(["upper"], "warm up")
    const before = process.memoryUsage().rss
    for (let i = 0; i < 700; i++) program(["upper"], "more")
    assert.ok(process.memoryUsage().rss - before < 150_000_000)
  })
})
