import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { findRecord } from "@enigma-discovery/client"
import { devnetErrors } from "../../src/errors.ts"
import { type Lab, startLab } from "./support/lab.ts"

describe("re-orgs within the depth", () => {
  let lab: Lab
  before(async () => {
    lab = await startLab({ depth: 2 })
  })
  after(() => lab.network.stop())

  it("mines what a waiting caller's depth takes", async () => {
    await (await lab.add(1, 5n)).result()
  })

  it("finds a record again that was moved to another block", async () => {
    const task = await lab.add(2, 7n)
    const { blockNumber } = task.recorded
    await lab.network.faults.chain.reorg(1)
    await task.result()
    assert.ok(task.recorded.blockNumber > blockNumber)
  })

  it("drops a record that the new blocks leave out, and keeps the queue sound", async () => {
    const { submitted } = await lab.network.enigma.queue(lab.contract)
    const task = await lab.add(3, 8n)
    await lab.network.faults.chain.reorg(1, { without: [task.recorded.transactionHash] })
    assert.equal((await lab.network.enigma.queue(lab.contract)).submitted, submitted)
    const { task: prepared, blockNumber } = task.recorded
    assert.equal(await findRecord(lab.client(), prepared, { fromBlock: blockNumber - 2 }), undefined)
    await (await lab.add(4, 9n)).result()
    await lab.network.advanceEpoch()
    const after = await lab.network.enigma.queue(lab.contract)
    assert.deepEqual([after.submitted, after.committed], [submitted + 1, submitted + 1])
  })

  it("goes back no further than the depth, nor to what it did not see", async () => {
    const { chain } = lab.network.faults
    await assert.rejects(chain.reorg(3), (error) => devnetErrors.is(error, "REORG_TOO_DEEP"))
  })
})
