import assert from "node:assert/strict"
import { expect } from "chai"
import { ZeroAddress } from "ethers"
import { commit, signedBatch, termsOf, useNetwork } from "./support/network.ts"
import { follow } from "./support/queue.ts"

const AMOUNT = 1_000n

/** A task of alice that paid and makes one callback; `callbackGas` decides whether that can succeed. */
async function withPayment() {
  const net = await useNetwork()
  const { enigma, queue, alice } = net
  const callee = await net.ethers.deployContract("Callee")
  const terms = termsOf({ callbackGas: 100_000n })
  const sent = enigma
    .connect(alice)
    .recordPayableTask(queue.contract, `0x${"11".repeat(32)}`, terms, ZeroAddress, AMOUNT, { value: AMOUNT })
  await follow(queue, enigma, await (await sent).wait())
  const payouts = [{ token: ZeroAddress, to: queue.contract, amount: AMOUNT, fallbackTo: alice.address }]
  const callback = (name: "note" | "burn") => ({
    target: String(callee.target),
    gasLimit: 100_000,
    data: callee.interface.encodeFunctionData(name as "note", (name === "note" ? [1] : []) as unknown as [number]),
  })
  const owned = async () => [
    await enigma.ledgerOf(queue.contract, ZeroAddress),
    await enigma.ledgerOf(alice, ZeroAddress),
    await enigma.pendingPayments(queue.contract, ZeroAddress),
  ]
  return { ...net, payouts, callback, owned }
}

describe("the payment of a task with callbacks", () => {
  it("is its contract's when they succeed", async () => {
    const net = await withPayment()
    const { receipt } = await commit(net, net.queue, net.workers, {
      payouts: net.payouts,
      callbacks: [net.callback("note")],
    })
    assert.deepEqual(await net.owned(), [AMOUNT, 0n, 0n])
    await expect(receipt).not.to.emit(net.enigma, "PaymentReturned")
  })

  it("is its sender's when one fails", async () => {
    const net = await withPayment()
    const { receipt } = await commit(net, net.queue, net.workers, {
      payouts: net.payouts,
      callbacks: [net.callback("note"), net.callback("burn")],
    })
    assert.deepEqual(await net.owned(), [0n, AMOUNT, 0n])
    await expect(receipt)
      .to.emit(net.enigma, "PaymentReturned")
      .withArgs(net.queue.contract, net.alice.address, ZeroAddress, AMOUNT)
  })

  it("returns the payment of that task alone", async () => {
    const net = await withPayment()
    const { enigma, queue, bob } = net
    await enigma
      .connect(bob)
      .recordPayableTask(queue.contract, `0x${"22".repeat(32)}`, termsOf({ callbackGas: 100_000n }), ZeroAddress, 7n, {
        value: 7n,
      })
      .then((sent) => sent.wait())
      .then((receipt) => follow(queue, enigma, receipt))
    const [first] = net.payouts
    const payouts = [
      { ...first!, fallbackTo: ZeroAddress },
      { token: ZeroAddress, to: queue.contract, amount: 7n, fallbackTo: bob.address },
    ]
    await commit(net, queue, net.workers, { payouts, callbacks: [net.callback("burn")] })
    assert.deepEqual(await net.owned(), [AMOUNT, 0n, 0n])
    assert.equal(await enigma.ledgerOf(bob, ZeroAddress), 7n)
  })

  it("goes where the enclave signed, and nowhere else", async () => {
    const net = await withPayment()
    const { signed } = await signedBatch(net, net.queue, net.workers, {
      payouts: net.payouts,
      callbacks: [net.callback("burn")],
    })
    const extras = [{ ...signed.extras[0]!, payouts: [{ ...net.payouts[0]!, fallbackTo: net.bob.address }] }]
    await expect(net.enigma.commitBatch({ ...signed, extras })).to.be.revertedWithCustomError(
      net.enigma,
      "SignerNotDrawn",
    )
  })
})
