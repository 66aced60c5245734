import assert from "node:assert/strict"
import { describe, it } from "node:test"
import fc from "fast-check"
import { createRateLimit } from "../src/p2p/rate-limit.ts"
import { BAN_AT_POINTS, createReputation, HALF_LIFE_MS, OFFENCE } from "../src/p2p/reputation.ts"

describe("rate limit", () => {
  it("admits a burst, then one more each time a share has drained", () => {
    let now = 0
    const limit = createRateLimit({ count: 3, everyMs: 300 }, () => now)
    assert.deepEqual(
      [1, 2, 3, 4].map(() => limit.admit("a")),
      [true, true, true, false],
    )
    assert.equal(limit.admit("b"), true)
    now = 100
    assert.deepEqual(
      [1, 2].map(() => limit.admit("a")),
      [true, false],
    )
    now = 1_000
    assert.deepEqual(
      [1, 2, 3, 4].map(() => limit.admit("a")),
      [true, true, true, false],
    )
  })

  it("never admits more than twice the count in any window, whatever the times", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { maxLength: 200 }), (gaps) => {
        let now = 0
        const limit = createRateLimit({ count: 5, everyMs: 100 }, () => now)
        const admitted: number[] = []
        for (const gap of gaps) {
          now += gap
          if (limit.admit("a")) admitted.push(now)
        }
        for (const start of admitted) assert.ok(admitted.filter((at) => at >= start && at < start + 100).length <= 10)
      }),
    )
  })
})

describe("reputation", () => {
  it("bans once at the limit and forgives by halves", () => {
    let now = 0
    const banned: string[] = []
    const reputation = createReputation(
      () => now,
      (peer) => banned.push(peer),
    )
    for (let points = 0; points < BAN_AT_POINTS; points += OFFENCE.malformed) reputation.report("a", "malformed")
    reputation.report("a", "flooding")
    assert.deepEqual(banned, ["a"])
    assert.ok(reputation.isBanned("a") && !reputation.isBanned("b"))
    now = HALF_LIFE_MS
    assert.ok(!reputation.isBanned("a"))
    assert.ok(Math.abs(reputation.score("a") + (BAN_AT_POINTS + OFFENCE.flooding) / 2) < 0.001)
  })
})
