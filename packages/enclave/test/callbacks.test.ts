import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { keccak256 } from "@enigma-discovery/crypto"
import { equalBytes, RESULT_KIND } from "@enigma-discovery/protocol"
import { BASE_FEE_GRAINS, NO_HASH } from "./support/fake-enigma.ts"
import { addressOf } from "./support/names.ts"
import { lab, type RecordedTask, TestNetwork } from "./support/network.ts"
import { refuses } from "./support/refuses.ts"

const callee = addressOf("callee")
const fields = { callbackGas: 100_000n, callbackPriceGrains: 3n }

async function withCallback() {
  const network = await (await TestNetwork.ready()).deployed()
  const tasks = network.record(
    { calldata: lab.count() },
    { calldata: lab.callback(callee, Uint8Array.of(1, 2, 3)), fields },
    { by: "bob", calldata: lab.count() },
  )
  return { network, tasks: tasks as [RecordedTask, RecordedTask, RecordedTask] }
}

describe("a task with callbacks", () => {
  it("ends the run and the batch, and withholds both outputs until its outcome is proven", async () => {
    const { network, tasks } = await withCallback()
    const results = await network.execute(1, tasks)
    assert.equal(results.length, 2, "what follows depends on the outcome")
    const { receipt, output, delta } = results[1]!
    assert.equal(output, undefined)
    assert.ok(delta !== undefined)
    assert.ok(!equalBytes(receipt.fallbackOutputHash, NO_HASH))
    await refuses("ENCLAVE_OUTCOME_PENDING", () => network.execute(1, [tasks[2]]))
    assert.deepEqual(await network.worker(1).collect(network.contract), [])
    const { prepared, signed } = await network.sign(1)
    assert.equal(prepared.hasCallback, true)
    assert.deepEqual(
      prepared.data.outputs.map((sealed) => keccak256(sealed)),
      [results[0]!.receipt.outputHash],
      "nobody may hold either output of the callback's task",
    )
    assert.deepEqual(signed.batch.callbacks, [{ target: callee, gasLimit: 100_000n, data: Uint8Array.of(1, 2, 3) }])
    assert.deepEqual(signed.batch.fallbackHead, results[1]!.previousHead)
    assert.equal(signed.batch.toIndex, 3)
    await refuses("ENCLAVE_OUTCOME_PENDING", () => network.execute(1, [tasks[2]]))
    await network.stop()
  })

  it("that succeeds gives its normal output, and its state stays", async () => {
    const { network, tasks } = await withCallback()
    const [, result] = await network.execute(1, tasks)
    await network.commit(1, { callbacksOk: true })
    const [released] = await network.worker(1).collect(network.contract)
    assert.deepEqual(released!.receipt, result!.receipt)
    assert.equal(tasks[1].open(released!.output!, released!.receipt.taskId).data[0], 2)
    const [next] = await network.execute(1, [tasks[2]])
    assert.equal(tasks[2].open(next!.output!, next!.receipt.taskId).data[0], 3)
    assert.deepEqual(await network.worker(1).collect(network.contract), [], "released once")
    await network.stop()
  })

  it("that fails gives the other output, and its changes are undone", async () => {
    const { network, tasks } = await withCallback()
    await network.execute(1, tasks)
    await network.commit(1, { callbacksOk: false })
    const [released] = await network.worker(1).collect(network.contract)
    const body = tasks[1].open(released!.output!, released!.receipt.taskId)
    assert.deepEqual([body.result, body.data.length, body.message], [RESULT_KIND.callbackFailed, 0, ""])
    assert.equal(released!.delta, undefined, "its delta is no link of the chain")
    const [next] = await network.execute(1, [tasks[2]])
    assert.equal(tasks[2].open(next!.output!, next!.receipt.taskId).data[0], 2)
    await network.commit(1)
    await network.stop()
  })

  it("charges for callback gas only when it made callbacks", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const tasks = network.record(
      { calldata: lab.count(), fields },
      { calldata: lab.callback(callee, new Uint8Array()), fields },
    )
    const [quiet, calling] = await network.execute(1, tasks)
    const beyondGas = [quiet!, calling!].map(
      ({ receipt }) => receipt.feeGrains - receipt.gasClass * 2n - BASE_FEE_GRAINS,
    )
    assert.deepEqual(beyondGas, [0n, 300_000n])
    await network.stop()
  })

  it("hands over: a successor follows either outcome from the same deltas", async () => {
    for (const callbacksOk of [true, false]) {
      const { network, tasks } = await withCallback()
      await network.execute(1, tasks)
      await network.commit(1, { callbacksOk })
      const [after] = await network.execute(1, [tasks[2]])
      assert.equal(after!.receipt.status, 1)
      await network.commit(1)
      network.openEpoch(2)
      await network.equip(2)
      const status = await network.worker(2).replay(network.contract, network.deltas)
      assert.equal(status.inSync, true)
      const [task] = network.record({ calldata: lab.count() })
      const [result] = await network.execute(2, [task!])
      assert.equal(task!.open(result!.output!, result!.receipt.taskId).data[0], callbacksOk ? 4 : 3)
      await network.stop()
    }
  })
})
