import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { keccak256 } from "@enigma-discovery/crypto"
import { nodeCrypto } from "@enigma-discovery/crypto/node"
import { concatBytes, utf8Bytes } from "@enigma-discovery/protocol"
import { MemoryState, type TestContext, testContext } from "./runtime-host.ts"

/** A call's end; the shape is runtime-wasm's `CallOutcome`. */
export type ConformanceOutcome =
  | {
      readonly kind: "success"
      readonly returnData: Uint8Array
      readonly gasUsed: bigint
      readonly callbacks: readonly { readonly target: Uint8Array; readonly data: Uint8Array }[]
      readonly events: readonly Uint8Array[]
    }
  | { readonly kind: "reverted"; readonly message: string; readonly gasUsed: bigint }
  | { readonly kind: "out-of-gas"; readonly gasUsed: bigint }
  | { readonly kind: "trap"; readonly trap: string; readonly detail: string; readonly gasUsed: bigint }

/**
 * One call of the profile's conformance contract, with fresh test cryptography. The contract does what the first byte of
 * its input says with the rest of it: see CONFORMANCE, and runtime-wasm's test/fixtures/wasi/conformance.c.
 */
export type ConformanceCall = (context: TestContext, state: MemoryState, gasLimit: bigint) => ConformanceOutcome

/** What a conformance contract must know to do, by the first byte of its input. */
export const CONFORMANCE = {
  /** Returns the rest. */
  echo: 0,
  /** Writes a value: length of the key (one byte), key, value. */
  write: 1,
  /** Returns the value under the key; reverts with "absent". */
  read: 2,
  remove: 3,
  /** Returns all keys with a prefix, each after its length (one byte). */
  keys: 4,
  /** sender 20 | contract 20 | task 32 | block u64 LE | time u64 LE | token 20 | amount 32 */
  context: 5,
  /** 8 random bytes and 8 more. */
  random: 6,
  /** Reverts with the rest as message. */
  revert: 7,
  /** Fails as a bug does. */
  trap: 8,
  /** Never ends. */
  spin: 9,
  /** Calls itself without end. */
  recurse: 10,
  /** Counts, in memory that is not state, how often it was called. */
  memory: 11,
  /** Two calls of Ethereum: target 20 and data; the same target and "again". */
  ethereum: 12,
  /** Two events: the rest, and "second". */
  event: 13,
  /** Gives the host a range outside its memory. */
  misuse: 14,
  /** keccak256 | sha256 of the rest. */
  hash: 15,
  /** Does something as often as a number says (u32 LE). */
  work: 16,
  /** Encrypts the rest, opens it again and returns it; finds that a changed box does not open. */
  seal: 17,
} as const

const PLENTY = 100_000_000n
const u32le = (n: number): Uint8Array => Uint8Array.of(n, n >> 8, n >> 16, n >> 24)
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** What every profile of the runtime must do alike. */
export function runtimeConformance(profile: string, call: ConformanceCall): void {
  type Op = keyof typeof CONFORMANCE
  const run = (
    op: Op,
    rest: Uint8Array | string = "",
    more: Partial<TestContext> = {},
    gas = PLENTY,
    state = new MemoryState(),
  ) =>
    call(
      testContext({
        calldata: concatBytes(Uint8Array.of(CONFORMANCE[op]), typeof rest === "string" ? utf8Bytes(rest) : rest),
        ...more,
      }),
      state,
      gas,
    )
  const returned = (outcome: ConformanceOutcome): Uint8Array => {
    assert.ok(
      outcome.kind === "success",
      JSON.stringify(outcome, (_, v) => (typeof v === "bigint" ? String(v) : v)),
    )
    return outcome.returnData
  }

  describe(`runtime profile "${profile}"`, () => {
    it("takes input and gives output", () => {
      assert.equal(text(returned(run("echo", "there and back"))), "there and back")
      assert.equal(returned(run("echo")).length, 0)
      assert.equal(returned(run("echo", new Uint8Array(4_000).fill(9))).length, 4_000)
    })

    it("reads, writes, removes and lists state, in the order of the bytes of keys", () => {
      const state = new MemoryState()
      const on = (op: Op, rest: string) => run(op, rest, {}, PLENTY, state)
      for (const key of ["b", "a", "ab", "z"])
        returned(on("write", `${String.fromCharCode(key.length)}${key}of ${key}`))
      assert.equal(text(returned(on("read", "ab"))), "of ab")
      returned(on("remove", "z"))
      const gone = on("read", "z")
      assert.ok(gone.kind === "reverted")
      assert.equal(gone.message, "absent")
      assert.equal(text(returned(on("keys", ""))), "\x01a\x02ab\x01b")
      assert.equal(text(returned(on("keys", "a"))), "\x01a\x02ab")
      assert.deepEqual([...state.entries.values()].map(({ value }) => text(value)).sort(), ["of a", "of ab", "of b"])
    })

    it("tells the call what it is about", () => {
      const context = testContext({ amount: 5n })
      const data = returned(run("context", "", { amount: 5n }))
      const word = new Uint8Array(32)
      word[31] = 5
      const numbers = new DataView(new ArrayBuffer(16))
      numbers.setBigUint64(0, context.blockNumber, true)
      numbers.setBigUint64(8, context.timestamp, true)
      const { sender, contract, taskId, token } = context
      assert.deepEqual(data, concatBytes(sender, contract, taskId, new Uint8Array(numbers.buffer), token, word))
    })

    it("has randomness that never repeats within a call and is the same when the call runs again", () => {
      const data = returned(run("random"))
      assert.notDeepEqual(data.slice(0, 8), data.slice(8))
      assert.deepEqual(returned(run("random")), data)
      const query = run("random", "", { kind: "query" })
      assert.ok(query.kind === "trap")
      assert.equal(query.trap, "host-misuse")
    })

    it("hashes and seals", () => {
      const rest = utf8Bytes("some bytes")
      assert.deepEqual(returned(run("hash", rest)), concatBytes(keccak256(rest), nodeCrypto.sha256(rest)))
      assert.equal(text(returned(run("seal", "for later"))), "for later")
    })

    it("keeps the order of callbacks and events", () => {
      const target = new Uint8Array(20).fill(0xee)
      const called = run("ethereum", concatBytes(target, utf8Bytes("data")))
      assert.ok(called.kind === "success")
      assert.deepEqual(
        called.callbacks.map(({ data }) => text(data)),
        ["data", "again"],
      )
      assert.deepEqual(called.callbacks[0]!.target, target)
      const told = run("event", "first")
      assert.ok(told.kind === "success")
      assert.deepEqual(told.events.map(text), ["first", "second"])
    })

    it("reverts with the contract's message and keeps the gas that is left", () => {
      const outcome = run("revert", "not today")
      assert.ok(outcome.kind === "reverted")
      assert.equal(outcome.message, "not today")
      assert.ok(outcome.gasUsed < PLENTY / 2n)
    })

    for (const [op, trap] of [
      ["trap", "unreachable"],
      ["recurse", "stack-overflow"],
      ["misuse", "host-misuse"],
    ] as const) {
      it(`ends ${op} as the trap "${trap}", which takes the whole limit and says where`, () => {
        const outcome = run(op)
        assert.ok(outcome.kind === "trap", outcome.kind)
        assert.equal(outcome.trap, trap)
        assert.equal(outcome.gasUsed, PLENTY)
        assert.match(outcome.detail, /^function \d+, byte \d+/)
      })
    }

    it("meters: work costs gas, to the unit, and what never ends runs out", () => {
      const [little, much] = [run("work", u32le(10)), run("work", u32le(1_010))]
      assert.ok(little.kind === "success" && much.kind === "success")
      assert.ok(much.gasUsed - little.gasUsed >= 1_000n)
      assert.equal(run("work", u32le(10), {}, little.gasUsed).kind, "success")
      assert.equal(run("work", u32le(10), {}, little.gasUsed - 1n).kind, "out-of-gas")
      const spun = run("spin", "", {}, 5_000_000n)
      assert.ok(spun.kind === "out-of-gas")
      assert.equal(spun.gasUsed, 5_000_000n)
      assert.equal(run("echo", "", {}, 0n).kind, "out-of-gas")
    })

    it("charges by bytes", () => {
      const cost = (op: Op, bytes: number) => {
        const outcome = run(op, new Uint8Array(bytes).fill(1))
        assert.ok(outcome.kind === "success")
        return outcome.gasUsed
      }
      for (const op of ["echo", "hash", "event"] as const) assert.ok(cost(op, 1_000) >= cost(op, 10) + 400n, op)
    })

    it("keeps nothing but the state from one call to the next", () => {
      for (let i = 0; i < 3; i++) assert.deepEqual(returned(run("memory")), Uint8Array.of(1))
    })

    it("gives equal outcomes for equal inputs", () => {
      for (const op of Object.keys(CONFORMANCE) as Op[]) {
        const once = (): unknown => run(op, op === "work" ? u32le(9) : "\x01aAAAAAAAAAAAAAAAAAAAA", {}, 5_000_000n)
        assert.deepEqual(once(), once(), op)
      }
    })
  })
}
