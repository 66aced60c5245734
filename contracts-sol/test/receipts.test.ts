import assert from "node:assert/strict"
import { expect } from "chai"
import { commit, record, useNetwork } from "./support/network.ts"

const ANCHORED = 32

describe("receipts", () => {
  it("are proven to any contract while their root is in the ring, and later when somebody anchored it", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, workers, ethers } = net
    const consumer = await ethers.deployContract("TaskLedger", [enigma.target, queue.contract])
    for (let i = 0; i < 3; i++) await record(net, queue, alice)
    const position = (await enigma.queueOf(queue.contract)).batches
    const { receipts, proofs, call } = await commit(net, queue, workers, { status: (index) => (index === 2 ? 2 : 1) })
    await consumer.prove(receipts[1]!, proofs[1]!, position)
    assert.equal(await consumer.statusOf(receipts[1]!.taskId), 2n)
    assert.equal(await enigma.receiptsAt(queue.contract, position), call.receiptsRoot)
    await expect(enigma.anchorReceipts(queue.contract, position))
      .to.emit(enigma, "ReceiptsAnchored")
      .withArgs(queue.contract, call.receiptsRoot)
    const verify = (at: bigint | number, i = 0) => enigma.verifyReceipt(queue.contract, receipts[i]!, proofs[i]!, at)
    assert.equal((await verify(ANCHORED)).status, 1n)
    for (let i = 0; i < 32; i++) {
      await record(net, queue, alice)
      await commit(net, queue, workers)
    }
    await expect(verify(position)).to.be.revertedWithCustomError(enigma, "ReceiptNotFound")
    assert.equal((await verify(ANCHORED, 2)).status, 1n)
    await consumer.prove(receipts[2]!, proofs[2]!, ANCHORED)
    assert.equal(await consumer.statusOf(receipts[2]!.taskId), 1n)
  })

  it("are anchored from filled positions of the ring", async () => {
    const net = await useNetwork()
    const { enigma, queue } = net
    for (const position of [1, 32, 2 ** 40]) {
      await expect(enigma.anchorReceipts(queue.contract, position))
        .to.be.revertedWithCustomError(enigma, "NothingToAnchor")
        .withArgs(queue.contract, position)
    }
  })

  it("are refused when changed, of another contract, or proven by other siblings", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, bob, workers } = net
    for (let i = 0; i < 3; i++) await record(net, queue, alice)
    const position = (await enigma.queueOf(queue.contract)).batches
    const { receipts, proofs } = await commit(net, queue, workers)
    const [receipt, proof] = [receipts[0]!, proofs[0]!]
    const b32 = `0x${"ab".repeat(32)}`
    const changes = [
      { index: 9 },
      { taskId: b32 },
      { status: 2 },
      { gasClass: 1 },
      { feeGrains: 0 },
      { outputHash: b32 },
      { fallbackOutputHash: b32 },
      { headAfter: b32 },
    ]
    const refused = (change: object, siblings = proof, contract = queue.contract, at: bigint | number = position) =>
      expect(
        enigma.verifyReceipt(contract, { ...receipt, ...change }, siblings, at),
        JSON.stringify(change),
      ).to.be.revertedWithCustomError(enigma, "ReceiptNotFound")
    for (const change of changes) await refused(change)
    await refused({}, [...proof].reverse())
    await refused({}, proof.slice(1))
    await refused({}, proof, bob.address)
    await refused({}, proof, queue.contract, Number(position) + 1)
    await refused({}, proof, queue.contract, ANCHORED)
  })
})
