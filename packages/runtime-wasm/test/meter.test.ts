import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { prepare } from "../src/index.ts"
import { OPCODES, PREFIXED_OPCODES } from "../src/internal/opcodes.ts"
import { compareWith, interpret } from "./support/compare.ts"
import { Random, randomModule } from "./support/random-module.ts"

/** Modules tried; METER_MODULES sets more. The seed of a failure is in its message. */
const MODULES = Number(process.env.METER_MODULES ?? 2_000)
const FIRST_SEED = Number(process.env.METER_SEED ?? 1)
const LIMIT = 100_000n
const ALL_OPCODES = [OPCODES, PREFIXED_OPCODES].flatMap((opcodes, prefixed) =>
  opcodes.flatMap((opcode, code) => (opcode === undefined ? [] : [[prefixed * 0xfc00 + code, opcode.name] as const])),
)

describe("meter", () => {
  it(`charges what ${MODULES} random modules execute, to the unit`, () => {
    const ends: Record<string, number> = {}
    const executed = new Set<number>()
    for (let seed = FIRST_SEED; seed < FIRST_SEED + MODULES; seed++) {
      const code = randomModule(seed)
      const expected = interpret(code, LIMIT, executed)
      const kind = expected.kind === "trap" ? `trap ${expected.trap}` : expected.kind
      ends[kind] = (ends[kind] ?? 0) + 1
      const random = new Random(seed)
      const gas = expected.kind === "stopped" ? LIMIT : expected.gas
      const less = Array.from({ length: 3 }, () => BigInt(random.below(Number(gas) + 1)))
      try {
        compareWith(expected, prepare(code), LIMIT, less)
      } catch (cause) {
        throw new Error(`seed ${seed}: ${cause instanceof Error ? cause.message : cause}`, { cause })
      }
    }
    if (process.env.METER_MODULES) console.log(ends)
    // The generator must keep reaching every kind of end, or the property says less than it seems to.
    const share = (kind: string) => (ends[kind] ?? 0) / MODULES
    assert.ok(share("success") > 0.3, JSON.stringify(ends))
    assert.ok(share("reverted") > 0.02, JSON.stringify(ends))
    const missed = ALL_OPCODES.filter(([code]) => !executed.has(code)).map(([, name]) => name)
    assert.deepEqual(missed, [], "every opcode that contracts may use was executed by some module")
  })
})
