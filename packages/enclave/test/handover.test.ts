import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { decodeDelta } from "@enigma-discovery/protocol"
import { lab, TestNetwork } from "./support/network.ts"
import { refuses } from "./support/refuses.ts"

async function counted(network: TestNetwork, id: number, times: number): Promise<number> {
  const tasks = network.record(...Array.from({ length: times }, () => ({ calldata: lab.count() })))
  const results = await network.execute(id, tasks)
  const last = results.at(-1)!
  return tasks.at(-1)!.open(last.output!, last.receipt.taskId).data[0]!
}

describe("handover", () => {
  it("carries the state over several epochs by wrapped keys", async () => {
    const network = await (await TestNetwork.ready({ workers: 3 })).deployed()
    let count = 0
    for (const id of [1, 2, 3, 1, 3]) {
      network.openEpoch(id)
      await network.equip(id)
      const status = await network.worker(id).replay(network.contract, network.deltas)
      assert.equal(status.inSync, true)
      count += 2
      assert.equal(await counted(network, id, 2), count)
      await network.commit(id)
    }
    const wraps = network.deltas.map((delta) => decodeDelta(delta).header.wrapped?.keyEpoch)
    // deployment in epoch 1; then two a epoch, the first with the key of the epoch before
    assert.deepEqual(wraps, [undefined, 1, undefined, 2, undefined, 3, undefined, 4, undefined, 5, undefined])
    await network.stop()
  })

  it("survives epochs in which nothing succeeded, or nothing happened", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    await counted(network, 1, 1)
    await network.commit(1)
    network.openEpoch(2)
    await network.equip(2)
    const failing = network.record({ calldata: lab.revert("no") })
    await network.worker(2).replay(network.contract, network.deltas)
    await network.execute(2, failing)
    await network.commit(2)
    network.openEpoch(1)
    network.openEpoch(1)
    await network.equip(1)
    assert.equal((await network.worker(1).replay(network.contract, network.deltas)).inSync, true)
    assert.equal(await counted(network, 1, 1), 2)
    await network.commit(1)
    await network.stop()
  })

  it("executes what its predecessor left, with the same results", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const tasks = network.record({ calldata: lab.count() }, { calldata: lab.random() })
    const before = await network.execute(1, tasks)
    await network.worker(1).stop()
    network.openEpoch(2)
    await network.equip(2)
    await network.worker(2).replay(network.contract, network.deltas)
    const after = await network.execute(2, tasks)
    assert.deepEqual(
      after.map(({ output }) => output),
      before.map(({ output }) => output),
    )
    assert.deepEqual(
      after.map(({ receipt: { headAfter: _, ...receipt } }) => receipt),
      before.map(({ receipt: { headAfter: _, ...receipt } }) => receipt),
    )
    assert.notDeepEqual(after[0]!.delta, before[0]!.delta, "another epoch's state key")
    await network.stop()
  })

  it("replays in portions once the newer key was followed back", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    await counted(network, 1, 4)
    await network.commit(1)
    network.openEpoch(2)
    await network.equip(2)
    const { deltas } = network
    assert.equal((await network.worker(2).replay(network.contract, deltas.slice(0, 2))).inSync, false)
    await refuses("ENCLAVE_OUT_OF_SYNC", () => network.worker(2).prepareBatch(network.contract))
    assert.equal((await network.worker(2).replay(network.contract, deltas.slice(2))).inSync, true)
    await network.stop()
  })

  it("refuses deltas that do not chain, are altered, or of another contract's key", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    await counted(network, 1, 3)
    await network.commit(1)
    network.openEpoch(2)
    await network.equip(2)
    const { deltas } = network
    const replay = (list: readonly Uint8Array[]) => network.worker(2).replay(network.contract, list)
    await refuses("ENCLAVE_DELTA_NOT_CHAINED", () => replay(deltas.slice(1)))
    const altered = deltas.map((delta, i) =>
      i === 2 ? delta.map((b, j) => (j === delta.length - 1 ? b ^ 1 : b)) : delta,
    )
    await refuses("ENCLAVE_DELTA_REFUSED", () => replay(altered))
    // A truncated history is no error, but nothing runs on it.
    await replay(deltas.slice(0, 3))
    assert.equal((await network.worker(2).queue(network.contract)).inSync, false)
    const [task] = network.record({ calldata: lab.count() })
    await refuses("ENCLAVE_OUT_OF_SYNC", () => network.execute(2, [task!]))
    // And a fresh start from the first delta is always open.
    assert.equal((await replay(deltas)).inSync, true)
    await network.stop()
  })

  it("needs the keys, which only the drawn worker gets", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    await network.advance(2)
    await refuses("ENCLAVE_NOT_DRAWN", () => network.worker(2).keyRequest(network.contract))
    await refuses("ENCLAVE_NOT_DRAWN", () => network.worker(2).replay(network.contract, network.deltas))
    network.openEpoch(2)
    await network.advance(2)
    await refuses("ENCLAVE_KEYS_MISSING", () => network.worker(2).replay(network.contract, network.deltas))
    await refuses("ENCLAVE_KEYS_MISSING", () => network.worker(2).keyStatement(network.contract))
    await network.stop()
  })

  it("asks for every key anew in a new epoch, also when the same worker is drawn again", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    network.openEpoch(1)
    await network.advance(1)
    const request = await network.worker(1).keyRequest(network.contract)
    assert.deepEqual(
      request!.wanted.map(({ purpose, epoch }) => [purpose, epoch]),
      [
        [1, 1],
        [1, 2],
        [2, 2],
        [2, 1],
      ],
    )
    await network.stop()
  })

  it("drops plaintext and keys when another worker is drawn", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    assert.equal((await network.worker(1).queue(network.contract)).hasKeys, true)
    network.openEpoch(2)
    await network.advance(1)
    const { drawn, hasKeys, inSync, head } = await network.worker(1).queue(network.contract)
    assert.deepEqual([drawn, hasKeys, inSync, head.every((b) => b === 0)], [false, false, false, true])
    await refuses("ENCLAVE_NOT_DRAWN", () => network.worker(1).keyStatement(network.contract))
    await network.stop()
  })
})
