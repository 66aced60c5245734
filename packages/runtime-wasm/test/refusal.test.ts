import assert from "node:assert/strict"
import { before, describe, it } from "node:test"
import { mutants } from "../fuzz/campaign.ts"
import { mutate } from "../fuzz/mutate.ts"
import { tryModule } from "../fuzz/try-module.ts"
import { WORST_CASES } from "../fuzz/worst-cases.ts"
import { initWasi, prepare, runtimeErrors } from "../src/index.ts"
import { Random, randomModule } from "./support/random-module.ts"

/** A slice of `npm run fuzz:runtime`, which throws 50,000; `npm run fuzz:runtime -- --count 1 --seed N` makes one again. */
const MUTANTS = 1_500

describe("refusal", () => {
  before(initWasi)

  for (const { name, make, ends } of WORST_CASES) {
    it(`ends ${name} as ${ends}`, () => assert.equal(tryModule(make(), 4_000_000n).ends, ends))
  }

  it("says where and what it refuses", () => {
    const message = (wanted: string): string => {
      try {
        prepare(WORST_CASES.find(({ name }) => name === wanted)!.make())
      } catch (error) {
        assert.ok(runtimeErrors.is(error))
        return error.message
      }
      return assert.fail("it was accepted")
    }
    assert.match(message("a float constant"), /Function call uses a floating-point instruction at byte 52\./)
    assert.match(message("an atomic fence"), /an atomic instruction/)
    assert.match(message("SIMD"), /a SIMD instruction/)
    assert.match(message("a tail call"), /a tail call/)
    assert.match(message("ref.null"), /a reference-type instruction/)
    assert.match(message("try"), /an exception instruction/)
    assert.match(message("a garbage-collected object"), /a garbage-collection instruction/)
    assert.match(message("an unknown import"), /env\.open_socket/)
    assert.match(message("debug output"), /debug/)
    assert.match(message("50,000 locals"), /50000 locals in a function; at most 2000/)
  })

  it(`ends ${MUTANTS} mutants in a typed refusal or an outcome`, () => {
    const { ends, wrong } = mutants(1, MUTANTS)
    assert.deepEqual(wrong, [])
    // The mutants must keep reaching both sides, or this says less than it seems to.
    const share = (kind: string) => (ends[kind] ?? 0) / MUTANTS
    assert.ok(share("MALFORMED") > 0.1 && share("success") > 0.05, JSON.stringify(ends))
    assert.ok(Object.keys(ends).length > 12, JSON.stringify(ends))
  })

  it("makes the same mutant of the same seed", () => {
    const make = () => mutate(randomModule(7), new Random(9))
    assert.deepEqual(make(), make())
  })
})
