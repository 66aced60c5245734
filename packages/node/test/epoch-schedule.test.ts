import assert from "node:assert/strict"
import { describe, it } from "node:test"
import fc from "fast-check"
import { dueEpoch, MAX_PLACES, turnAt } from "../src/keeper/epoch-schedule.ts"
import { keyOf } from "./support/peers.ts"

const account = (name: string) => keyOf(name).slice(12)
const network = { chainId: 31_337n, enigma: new Uint8Array(20).fill(1), depth: 2, keyManagers: 1 }

describe("due epoch", () => {
  const state = { epoch: 4, scheduledStartBlock: 40n }

  it("is due from its start to the end of the window, once", () => {
    const due = (nextBlock: number, from = state) => dueEpoch(nextBlock, from, 10, 6)
    assert.equal(due(49), undefined, "opened for 40")
    assert.deepEqual(due(50), { epoch: 5, start: 50, lastBlock: 56 })
    assert.deepEqual(due(56), { epoch: 5, start: 50, lastBlock: 56 })
    assert.equal(due(57), undefined, "skipped")
    assert.deepEqual(due(60), { epoch: 5, start: 60, lastBlock: 66 }, "the next start, the same number")
    assert.equal(due(52, { epoch: 5, scheduledStartBlock: 50n }), undefined)
    assert.equal(due(3, { epoch: 0, scheduledStartBlock: 0n }), undefined, "nothing is before block 0")
  })

  it("agrees with Enigma's rule at any block", () => {
    fc.assert(
      fc.property(
        fc.nat(10_000),
        fc.integer({ min: 2, max: 300 }),
        fc.nat(400),
        fc.nat(20),
        (block, length, window, k) => {
          const opened = BigInt(Math.max(0, (Math.floor(block / length) - k) * length))
          const found = dueEpoch(block, { epoch: 7, scheduledStartBlock: opened }, length, window)
          const start = block - (block % length)
          assert.equal(found !== undefined, BigInt(start) > opened && block <= start + window)
          if (found !== undefined) assert.ok(found.start === start && found.lastBlock >= block)
          if (found !== undefined) assert.ok(found.lastBlock < start + length, "after that another start is the latest")
        },
      ),
    )
  })
})

describe("turn of a keeper", () => {
  const due = { epoch: 5, start: 1_000, lastBlock: 1_200 }
  const turn = (name: string, more: Partial<Parameters<typeof turnAt>[0]> = {}) =>
    turnAt({ network, due, account: account(name), activeWorkers: 3, ladderBlocks: 2, ...more })

  it("comes when the block before the start is at depth, or a whole number of steps later", () => {
    const turns = Array.from({ length: 200 }, (_, i) => turn(`keeper ${i}`))
    assert.deepEqual([...new Set(turns)].sort(), [1_001, 1_003, 1_005, 1_007])
    const counts = [1_001, 1_003, 1_005, 1_007].map((at) => turns.filter((t) => t === at).length)
    assert.ok(Math.min(...counts) > 25, `places are shared out evenly: ${counts}`)
  })

  it("makes another one first each time", () => {
    const places = Array.from({ length: 40 }, (_, epoch) => turn("keeper", { due: { ...due, epoch } }))
    assert.ok(new Set(places).size === 4)
  })

  it("has come for all by the middle of the window, however short it is and however many they are", () => {
    fc.assert(
      fc.property(
        fc.nat(250),
        fc.nat(20_000),
        fc.integer({ min: 1, max: 64 }),
        fc.nat(5),
        fc.nat(),
        (window, workers, ladder, depth, n) => {
          const short = { epoch: 5, start: 1_000, lastBlock: 1_000 + window }
          const at = turnAt({
            network: { ...network, depth },
            due: short,
            account: account(String(n)),
            activeWorkers: workers,
            ladderBlocks: ladder,
          })
          const first = 999 + Math.max(1, depth)
          assert.ok(at >= first && at <= Math.max(first, (first + short.lastBlock) / 2))
          assert.ok((at - first) / ladder < MAX_PLACES)
        },
      ),
    )
  })

  it("is never before the start itself, which nodes must have reached to simulate the opening", () => {
    for (const depth of [0, 1])
      assert.ok(turn("keeper", { network: { ...network, depth }, activeWorkers: 0 }) === 1_000)
  })
})
