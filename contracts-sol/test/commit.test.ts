import assert from "node:assert/strict"
import { BASE_FEE, commit, record, useNetwork } from "./support/network.ts"

describe("commit", () => {
  it("pays the worker, refunds the user and moves the head", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, workers } = net
    const before = await enigma.creditOf(alice)
    const { task } = await record(net, queue, alice)
    assert.equal(await enigma.creditOf(alice), before - task.lockedGrains)
    assert.equal(task.lockedGrains, BASE_FEE + 200_000n)
    const { call, receipt } = await commit(net, queue, workers)
    assert.equal(await enigma.creditOf(alice), before - task.lockedGrains / 2n)
    assert.equal(queue.head, call.newHead)
    console.log("commit gas", receipt.gasUsed)
    for (let i = 0; i < 3; i++) {
      const r = await record(net, queue, alice)
      console.log("record", r.receipt.gasUsed)
      console.log("commit gas", (await commit(net, queue, workers)).receipt.gasUsed)
    }
  })
})
