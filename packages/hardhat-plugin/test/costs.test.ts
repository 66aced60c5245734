import assert from "node:assert/strict"
import { mkdtemp, rm } from "node:fs/promises"
import os from "node:os"
import path from "node:path"
import { describe, it } from "node:test"
import type { TaskHandle, TaskOutcome } from "@enigma-discovery/client"
import { type Cost, CostLog } from "../src/costs/recorder.ts"
import { clearCosts, loadCosts, saveCosts } from "../src/costs/store.ts"
import { costTable } from "../src/costs/table.ts"

const cost = (fn: string, gas: number, compute?: number): Cost => ({
  contract: "Auction",
  fn,
  gas,
  feeGrains: 150_000_000,
  compute,
})

describe("the cost table", () => {
  it("groups calls by function", () => {
    const table = costTable([cost("bid", 40_000, 1_000), cost("bid", 50_000, 3_000), cost("close", 60_000)]).split("\n")
    assert.match(table[1]!, /contract +function +calls +gas min +gas avg +gas max +ENG avg +compute avg +compute max/)
    assert.match(table[3]!, /^Auction +bid +2 +40,000 +45,000 +50,000 +1\.5 +2,000 +3,000$/)
    assert.match(table[4]!, /^Auction +close +1 +60,000 +60,000 +60,000 +1\.5 +- +-$/)
    assert.equal(new Set(table.slice(1).map((line) => line.length)).size, 1, "columns are aligned")
  })

  it("notes what a task cost: its receipt's fee, or the lock while there is none", async () => {
    const log = new CostLog(async (hash) => (hash === "0x01" ? 41_000 : Promise.reject(new Error("gone"))))
    const task = (transactionHash: string) =>
      ({ recorded: { transactionHash, lockedGrains: 9n } }) as unknown as TaskHandle
    const outcome = (o: object) => o as unknown as TaskOutcome
    log.add({
      contract: "A",
      fn: "f",
      task: task("0x01"),
      outcome: outcome({ receipt: { feeGrains: 5n }, gasUsed: 7n }),
    })
    log.add({ contract: "A", fn: "g", task: task("0x01"), outcome: outcome({}) })
    log.add({ contract: "A", fn: "h", task: task("0x02"), outcome: outcome({}) })
    assert.deepEqual(await log.take(), [
      { contract: "A", fn: "f", gas: 41_000, feeGrains: 5, compute: 7 },
      { contract: "A", fn: "g", gas: 41_000, feeGrains: 9, compute: undefined },
    ])
    assert.deepEqual(await log.take(), [])
  })

  it("meets from many processes in files", async (t) => {
    const cache = await mkdtemp(path.join(os.tmpdir(), "costs-"))
    t.after(() => rm(cache, { recursive: true }))
    await saveCosts(cache, "mocha", [cost("bid", 1, 9)])
    await saveCosts(cache, "mocha", [cost("bid", 2)])
    await saveCosts(cache, "mocha", [])
    await saveCosts(cache, "other", [cost("bid", 3)])
    const loaded = await loadCosts(cache, "mocha")
    assert.deepEqual(
      [...loaded].sort((a, b) => a.gas - b.gas),
      [cost("bid", 1, 9), cost("bid", 2)],
    )
    await clearCosts(cache, "mocha")
    assert.deepEqual(await loadCosts(cache, "mocha"), [])
    assert.equal((await loadCosts(cache, "other")).length, 1)
  })
})
