import assert from "node:assert/strict"
import { expect } from "chai"
import { BASE_FEE, commit, type RunningNetwork, record, termsOf, useNetwork } from "./support/network.ts"
import { linkBefore, paymentOf, recordOf, settleArgs } from "./support/settlement.ts"

const EXPIRY_BLOCKS = 300
const REWARD = 5_000n
const LOCK = BASE_FEE + 200_000n

async function withExpired(count: number): Promise<RunningNetwork> {
  const net = await useNetwork()
  for (let i = 0; i < count; i++) await record(net, net.queue, i % 2 === 0 ? net.alice : net.bob)
  await net.networkHelpers.mine(EXPIRY_BLOCKS)
  return net
}

describe("settlement of expired records", () => {
  it("gives senders their locks back less the keeper's reward, in one call for many", async () => {
    const net = await withExpired(6)
    const { enigma, queue, alice, bob, carol } = net
    const before = await Promise.all([alice, bob, carol].map((who) => enigma.creditOf(who)))
    await expect(enigma.connect(carol).settleExpired(...settleArgs(queue)))
      .to.emit(enigma, "RecordsSettled")
      .withArgs(queue.contract, 1, 7, carol.address, 6n * REWARD)
    const after = await Promise.all([alice, bob, carol].map((who) => enigma.creditOf(who)))
    const gained = after.map((grains, i) => grains - before[i]!)
    assert.deepEqual(gained, [3n * (LOCK - REWARD), 3n * (LOCK - REWARD), 6n * REWARD])
    const word = await enigma.queueOf(queue.contract)
    assert.equal(word.committed, 7n)
    assert.equal(word.cumCommittedGrains, word.cumLockedGrains)
    assert.equal(word.head, queue.head, "the state stays")
  })

  it("leaves no record two ends: what is settled cannot be committed or settled again, and says so", async () => {
    const net = await withExpired(3)
    const { enigma, queue, carol, workers } = net
    const args = settleArgs(queue, 3)
    await (await enigma.connect(carol).settleExpired(...args)).wait()
    await expect(enigma.settleExpired(...args)).to.be.revertedWithCustomError(enigma, "RecordOutOfPlace")
    await expect(commit(net, queue, workers)).to.be.revertedWithCustomError(enigma, "IndexMismatch")
    for (const index of [1, 2]) assert.equal(await enigma.isSettled(queue.contract, index, 1, 3), true)
    assert.equal(await enigma.isSettled(queue.contract, 3, 1, 3), false)
    assert.equal(await enigma.isSettled(queue.contract, 0, 0, 1), false, "record 0 was committed")
    assert.equal(await enigma.isSettled(queue.contract, 1, 1, 4), false, "no such settlement")
    queue.committed = 3
    await commit(net, queue, workers)
    assert.equal(await enigma.isSettled(queue.contract, 3, 3, 4), false, "it was committed")
  })

  it("goes on over records that are not yet expired, and a ring that moved on", async () => {
    const net = await withExpired(2)
    const { enigma, queue, alice } = net
    for (let i = 0; i < 40; i++) await record(net, queue, alice)
    const args = settleArgs(queue, 3)
    assert.equal(args[4].length, 40)
    await (await enigma.settleExpired(...args)).wait()
    queue.committed = 3
    const [task] = queue.tasks.slice(3)
    await expect(enigma.settleExpired(...settleArgs(queue, 4)))
      .to.be.revertedWithCustomError(enigma, "NotExpired")
      .withArgs(3, task!.record.blockNumber + BigInt(EXPIRY_BLOCKS))
  })

  it("waits for the last block of a record's life", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, networkHelpers } = net
    const { receipt } = await record(net, queue, alice)
    await networkHelpers.mine(receipt.blockNumber + EXPIRY_BLOCKS - 2 - (await networkHelpers.time.latestBlock()))
    const args = settleArgs(queue)
    await expect(enigma.settleExpired(...args)).to.be.revertedWithCustomError(enigma, "NotExpired")
    await networkHelpers.mine(1)
    await (await enigma.settleExpired(...args)).wait()
  })

  it("takes only the records that stand in the queue", async () => {
    const net = await withExpired(3)
    const { enigma, queue, carol } = net
    const [contract, link, records, payments, later] = settleArgs(queue)
    const [first, second, third] = records as [(typeof records)[0], (typeof records)[0], (typeof records)[0]]
    const forged = { ...first!, sender: carol.address }
    const cheaper = { ...first!, terms: BigInt(first!.terms) - (1n << 168n) }
    for (const [list, error] of [
      [[], "NothingToSettle"],
      [[second, third], "RecordOutOfPlace"],
      [[first, third], "RecordOutOfPlace"],
      [[forged, second, third], "LinkMismatch"],
      [[cheaper, second, third], "LinkMismatch"],
      [[{ ...first!, place: 1n }, second, third], "LinkMismatch"],
    ] as const) {
      const sent = enigma.settleExpired(contract, link, list as never, payments, later)
      await expect(sent, error).to.be.revertedWithCustomError(enigma, error)
    }
    const payment = [{ position: 0, token: carol.address, amount: 1n }]
    await expect(enigma.settleExpired(contract, link, records, payment, later)).to.be.revertedWithCustomError(
      enigma,
      "PaymentOutOfPlace",
    )
    const beyond = [{ position: 7, token: carol.address, amount: 0n }]
    await expect(enigma.settleExpired(contract, link, records, beyond, later)).to.be.revertedWithCustomError(
      enigma,
      "PaymentOutOfPlace",
    )
  })

  it("pays no more than a record locked", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, networkHelpers } = net
    await record(net, queue, alice, termsOf({ gasLimit: 1_024n, gasPriceGrains: 1n }))
    await networkHelpers.mine(EXPIRY_BLOCKS)
    const before = await enigma.creditOf(alice)
    await (await enigma.connect(net.carol).settleExpired(...settleArgs(queue))).wait()
    assert.equal((await enigma.creditOf(alice)) - before, BASE_FEE + 1_024n - REWARD)
  })
})

describe("a proof of a record", () => {
  it("gives its task id, and whether it is resolved", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, workers } = net
    for (let i = 0; i < 40; i++) await record(net, queue, alice)
    const verify = (index: number, later = queue.tasks.slice(index + 1)) => {
      const task = queue.tasks[index]!
      const pairs = later.map(({ leaf, cumLockedGrains }) => ({ leaf, cumLockedGrains }))
      const link = linkBefore(queue, index)
      return enigma.verifyRecord(queue.contract, link, recordOf(task), task.cumLockedGrains, paymentOf(task), pairs)
    }
    assert.deepEqual([...(await verify(40))], [queue.tasks[40]!.link, false])
    assert.deepEqual([...(await verify(0))], [queue.tasks[0]!.link, true])
    await commit(net, queue, workers, { toIndex: 3 })
    assert.deepEqual([...(await verify(2))], [queue.tasks[2]!.link, true])
    assert.deepEqual([...(await verify(3))], [queue.tasks[3]!.link, false])
    assert.equal(await enigma.isResolved(queue.contract, 2), true)
    assert.equal(await enigma.isResolved(queue.contract, 3), false)
    await expect(verify(3, [])).to.be.revertedWithCustomError(enigma, "LinkMismatch")
    await expect(verify(3, queue.tasks.slice(5))).to.be.revertedWithCustomError(enigma, "LinkMismatch")
  })
})
