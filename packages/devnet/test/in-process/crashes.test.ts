import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import type { CrashStep, SnapshotId } from "../../src/in-process/api.ts"
import { type Lab, startLab } from "./support/lab.ts"

const BEFORE_THE_END: readonly CrashStep[] = ["envelope", "record", "execute", "result"]
const AT_THE_END: readonly CrashStep[] = ["batch", "commit"]

describe("a worker that ends in the middle", () => {
  let lab: Lab
  let id: SnapshotId
  before(async () => {
    lab = await startLab()
    await (await lab.add(1, 5n)).result()
    id = await lab.network.snapshot()
  })
  after(() => lab.network.stop())

  for (const step of BEFORE_THE_END)
    it(`loses nothing after "${step}"`, async () => {
      await lab.network.restore(id)
      const worker = lab.network.faults.worker(1)
      const crashed = worker.crashAfter(step)
      // An envelope that was not acknowledged is sent again.
      const calling = lab.add(2, 7n).catch(() => undefined)
      await crashed
      assert.equal(lab.network.workers[0]!.isUp, false)
      await worker.restart()
      const task = (await calling) ?? (await lab.add(2, 7n))
      await task.result()
      await lab.network.advanceEpoch()
      const { submitted, committed } = await lab.network.enigma.queue(lab.contract)
      assert.equal(committed, submitted)
      assert.equal((await task.receipt()).status, "Success")
    })

  for (const step of AT_THE_END)
    it(`loses nothing after "${step}"`, async () => {
      await lab.network.restore(id)
      const task = await lab.add(2, 7n)
      await task.result()
      const worker = lab.network.faults.worker(1)
      const crashed = worker.crashAfter(step)
      const advancing = lab.network.advanceEpoch()
      await crashed
      await advancing
      await worker.restart()
      await lab.network.advanceEpoch()
      assert.equal((await task.receipt()).status, "Success")
      const { submitted, committed } = await lab.network.enigma.queue(lab.contract)
      assert.equal(committed, submitted)
      assert.equal(await lab.size(), 3)
    })
})

describe("a worker that never comes back", () => {
  it("is replaced in a later epoch, with the same results and nothing lost", async () => {
    const lab = await startLab({ stakesEng: [500, 500, 500] })
    const { network, contract } = lab
    await (await lab.add(1, 5n)).result()
    await network.advanceEpoch()
    const task = await lab.add(2, 7n)
    await task.result()
    const dead = await network.enigma.drawnWorker(contract)
    await network.faults.worker(dead).crash()
    for (let epochs = 0; (await network.enigma.drawnWorker(contract)) === dead; epochs++) {
      assert.ok(epochs < 20, "somebody else must be drawn some time")
      await network.advanceEpoch()
    }
    await (await lab.add(3, 9n)).result()
    await network.advanceEpoch()
    const { submitted, committed } = await network.enigma.queue(contract)
    assert.ok(committed >= 3 && submitted === 4, `committed ${committed} of ${submitted}`)
    assert.equal((await task.receipt()).status, "Success")
    await network.stop()
  })
})
