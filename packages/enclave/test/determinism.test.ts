import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { decodeDelta, encode, TaskResultCodec } from "@enigma-discovery/protocol"
import { addressOf } from "./support/names.ts"
import { lab, TestNetwork } from "./support/network.ts"
import { restart } from "./support/restart.ts"

describe("the same task on the same state", () => {
  it("gives the same bytes after a crash in the same epoch, delta, output and receipt", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const tasks = network.record(
      { calldata: lab.count() },
      { calldata: lab.random() },
      { by: "bob", calldata: lab.write("key", "value") },
      { calldata: lab.revert("no") },
      { calldata: lab.event("it happened") },
      { calldata: lab.callback(addressOf("callee"), Uint8Array.of(9)), fields: { callbackGas: 10n } },
    )
    const first = await network.execute(1, tasks)
    await restart(network, 1)
    const second = await network.execute(1, tasks)
    const unsigned = (results: typeof first) =>
      results.map((result) => encode(TaskResultCodec, { ...result, signature: new Uint8Array(65) }))
    assert.equal(second.length, 6)
    assert.deepEqual(unsigned(second), unsigned(first))
    const prepared = (await network.worker(1).prepareBatch(network.contract))!
    assert.equal(prepared.hasCallback, true)
    await network.stop()
  })

  it("draws other random bytes for another task, and never the same twice in one", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const tasks = network.record({ calldata: lab.random() }, { calldata: lab.random() })
    const results = await network.execute(1, tasks)
    const [a, b] = results.map((result, i) => tasks[i]!.open(result.output!, result.receipt.taskId).data)
    assert.notDeepEqual(a, b)
    assert.notDeepEqual(a!.slice(0, 8), a!.slice(32, 40))
    await network.stop()
  })

  it("gives the same outputs, gas and changes in another enclave in another epoch; only what seals the state differs", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const tasks = network.record(
      { calldata: lab.count() },
      { calldata: lab.random() },
      { by: "bob", calldata: lab.writePublic("key", "value") },
      { calldata: lab.revert("no") },
      { calldata: lab.event("it happened") },
      { calldata: lab.read("dice") },
      { calldata: lab.callback(addressOf("callee"), Uint8Array.of(9)), fields: { callbackGas: 10n } },
    )
    const first = await network.execute(1, tasks)
    const prepared = (await network.worker(1).prepareBatch(network.contract))!
    network.openEpoch(2)
    await network.equip(2)
    await network.worker(2).replay(network.contract, network.deltas)
    const second = await network.execute(2, tasks)
    const again = (await network.worker(2).prepareBatch(network.contract))!
    const told = (results: typeof first) =>
      results.map(({ receipt: { headAfter: _, ...receipt }, output, delta }) => {
        const header = delta && decodeDelta(delta).header
        return { receipt, output, publicEntries: header?.publicEntries, taskId: header?.taskId }
      })
    assert.deepEqual(told(second), told(first))
    // What the sender reads: the exact gas, and the state as the task saw it.
    const read = ({ output, receipt }: (typeof first)[number], i: number) =>
      output && tasks[i]!.open(output, receipt.taskId)
    assert.deepEqual(second.map(read), first.map(read))
    assert.deepEqual(again.data.outputs, prepared.data.outputs)
    assert.notDeepEqual(again.data.deltas, prepared.data.deltas)
    await network.stop()
  })
})
