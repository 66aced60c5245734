import assert from "node:assert/strict"
import { after, describe, it } from "node:test"
import { RECEIPT_STATUS, RESULT_KIND } from "@enigma-discovery/protocol"
import { lab, TestNetwork } from "./support/network.ts"

describe("a task through a worker enclave", () => {
  it("is deployed, executed, committed and opened by its sender", async () => {
    const network = await TestNetwork.ready()
    const deployment = network.deploy()
    const [deployed] = await network.execute(1, [deployment])
    assert.equal(deployed!.receipt.status, RECEIPT_STATUS.Success)
    await network.commit(1)
    const tasks = network.record({ calldata: lab.count() }, { by: "bob", calldata: lab.count() })
    const results = await network.execute(1, tasks)
    assert.deepEqual(
      results.map(({ receipt }) => receipt.status),
      [1, 1],
    )
    const body = tasks[1]!.open(results[1]!.output!, results[1]!.receipt.taskId)
    assert.equal(body.result, RESULT_KIND.returned)
    assert.deepEqual([...body.data], [2, 0, 0, 0, 0, 0, 0, 0])
    const { data } = await network.commit(1)
    assert.equal(data.deltas.length, 2)
    await network.stop()
  })
})
