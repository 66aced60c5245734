import assert from "node:assert/strict"
import { expect } from "chai"
import { commit, record, termsOf, useNetwork } from "./support/network.ts"

async function withRegistry() {
  const net = await useNetwork()
  const registry = await net.ethers.deployContract("RichestRegistry", [net.queue.contract])
  const announce = (who: string, gasLimit = 120_000) => ({
    target: String(registry.target),
    gasLimit,
    data: registry.interface.encodeFunctionData("announce", [who]),
  })
  return { ...net, registry, announce }
}

describe("callbacks", () => {
  it("come from the contract's own account, within the commit", async () => {
    const net = await withRegistry()
    const { registry, queue, alice, bob, workers, enigma } = net
    await record(net, queue, alice, termsOf({ callbackGas: 120_000n }))
    const { call, receipt } = await commit(net, queue, workers, { callbacks: [net.announce(bob.address)] })
    assert.equal(await registry.richest(), bob.address)
    assert.equal(queue.head, call.newHead)
    await expect(receipt).to.emit(enigma, "BatchCommitted")
    await expect(registry.announce(alice.address)).to.be.revertedWithCustomError(registry, "NotSecretContract")
  })

  it("that fail leave the fallback head and CallbackFailed in the receipt", async () => {
    const net = await withRegistry()
    const { queue, alice, bob, workers, enigma, registry } = net
    const ledger = await net.ethers.deployContract("TaskLedger", [enigma.target, queue.contract])
    await record(net, queue, alice)
    const { task } = await record(net, queue, alice, termsOf({ callbackGas: 120_000n }))
    const callbacks = [net.announce(bob.address), { ...net.announce(bob.address), gasLimit: 100 }]
    const fallbackHead = `0x${"ab".repeat(32)}`
    const position = (await enigma.queueOf(queue.contract)).batches
    const { receipts, proofs } = await commit(net, queue, workers, { callbacks, fallbackHead })
    assert.equal(queue.head, fallbackHead)
    assert.equal(await registry.announcements(), 0n, "all or none")
    await ledger.prove(receipts[1]!, proofs[1]!, position)
    assert.equal(await ledger.statusOf(task.link), 3n)
    await ledger.prove(receipts[0]!, proofs[0]!, position)
    assert.equal(await ledger.statusOf(receipts[0]!.taskId), 1n, "the others of the batch stand as they are")
  })
})
