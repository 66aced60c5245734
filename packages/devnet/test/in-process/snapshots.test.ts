import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { devnetErrors } from "../../src/errors.ts"
import type { SnapshotId } from "../../src/in-process/api.ts"
import { type Lab, startLab } from "./support/lab.ts"

describe("snapshot and restore", () => {
  let lab: Lab
  let id: SnapshotId
  const head = () => lab.network.provider.request({ method: "eth_getBlockByNumber", params: ["latest", false] })
  before(async () => {
    lab = await startLab()
    await (await lab.add(1, 5n)).result()
    id = await lab.network.snapshot()
  })
  after(() => lab.network.stop())

  it("takes chain, stores and enclaves back together, block for block", async () => {
    const block = await head()
    const size = await lab.size()
    await (await lab.add(2, 7n)).result()
    assert.equal(await lab.size(), size + 1)
    await lab.network.restore(id)
    assert.deepEqual(await head(), block)
    assert.equal(await lab.size(), size)
  })

  it("goes on from there as if nothing had been", async () => {
    const size = await lab.size()
    await (await lab.add(3, 8n)).result()
    assert.equal(await lab.size(), size + 1)
  })

  it("can be restored again, also over the end of an epoch", async () => {
    const { number } = await lab.network.enigma.epoch()
    await lab.network.advanceEpoch()
    assert.equal((await lab.network.enigma.queue(lab.contract)).committed, 3)
    await lab.network.restore(id)
    assert.equal((await lab.network.enigma.queue(lab.contract)).committed, 0)
    assert.equal((await lab.network.enigma.epoch()).number, number)
    await (await lab.add(4, 9n)).result()
    await lab.network.advanceEpoch()
    assert.equal((await lab.network.enigma.queue(lab.contract)).committed, 3)
  })

  it("brings back nodes that have crashed since", async () => {
    await lab.network.faults.worker(1).crash()
    assert.equal(lab.network.workers[0]!.isUp, false)
    await lab.network.restore(id)
    assert.equal(lab.network.workers[0]!.isUp, true)
    await (await lab.add(5, 1n)).result()
  })

  it("forgets snapshots that are later than one restored", async () => {
    const later = await lab.network.snapshot()
    await lab.network.restore(id)
    await assert.rejects(lab.network.restore(later), (error) => devnetErrors.is(error, "NO_SUCH_SNAPSHOT"))
  })
})
