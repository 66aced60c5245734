import assert from "node:assert/strict"
import { expect } from "chai"
import { id, parseEther, ZeroAddress } from "ethers"
import type { HostileToken } from "../../types/ethers-contracts/index.ts"
import { commit, type RunningNetwork, record, signedBatch, termsOf, useNetwork } from "./support/network.ts"
import { follow } from "./support/queue.ts"
import { settleArgs } from "./support/settlement.ts"

async function withToken() {
  const net = await useNetwork()
  const coin = (await net.ethers.deployContract("HostileToken")) as unknown as HostileToken
  await (await coin.transfer(net.alice, 1_000_000n)).wait()
  await (await coin.connect(net.alice).approve(net.address, 1_000_000n)).wait()
  return { ...net, coin, coinAt: String(await coin.getAddress()) }
}

async function pay(net: RunningNetwork, token: string, amount: bigint, callbackGas = 0n) {
  const terms = callbackGas === 0n ? termsOf() : termsOf({ callbackGas })
  const value = token === ZeroAddress ? amount : 0n
  const tx = await net.enigma
    .connect(net.alice)
    .recordPayableTask(net.queue.contract, id("pay"), terms, token, amount, { value })
  const [task] = await follow(net.queue, net.enigma, await tx.wait())
  return task!
}

describe("payments", () => {
  it("in a token reach the contract's ledger when the task succeeds, and its account pulls them in a callback", async () => {
    const net = await withToken()
    const { enigma, coin, coinAt, queue, bob } = net
    const task = await pay(net, coinAt, 700n, 150_000n)
    assert.equal(task.record.amount, 700n)
    assert.equal(await enigma.pendingPayments(queue.contract, coinAt), 700n)
    const data = enigma.interface.encodeFunctionData("withdrawPayment", [coinAt, bob.address, 400n])
    await commit(net, queue, net.workers, {
      payouts: [{ token: coinAt, to: queue.contract, amount: 700n }],
      callbacks: [{ target: net.address, gasLimit: 150_000, data }],
    })
    assert.equal(await coin.balanceOf(bob), 400n)
    assert.equal(await enigma.ledgerOf(queue.contract, coinAt), 300n)
    assert.equal(await enigma.pendingPayments(queue.contract, coinAt), 0n)
  })

  it("go back to the sender when the task fails, in ETH too", async () => {
    const net = await withToken()
    const { enigma, queue, alice, bob } = net
    await pay(net, ZeroAddress, parseEther("1"))
    const payouts = [{ token: ZeroAddress, to: alice.address, amount: parseEther("1") }]
    await commit(net, queue, net.workers, { payouts, newHead: queue.head })
    const before = await net.ethers.provider.getBalance(bob.address)
    await expect(enigma.connect(alice).withdrawPayment(ZeroAddress, bob, parseEther("1")))
      .to.emit(enigma, "PaymentWithdrawn")
      .withArgs(alice.address, ZeroAddress, bob.address, parseEther("1"))
    assert.equal((await net.ethers.provider.getBalance(bob.address)) - before, parseEther("1"))
    await expect(enigma.connect(alice).withdrawPayment(ZeroAddress, bob, 1n))
      .to.be.revertedWithCustomError(enigma, "LedgerTooLow")
      .withArgs(alice.address, ZeroAddress, 0n, 1n)
  })

  it("go back to the sender at settlement", async () => {
    const net = await withToken()
    const { enigma, queue, alice, coinAt, networkHelpers } = net
    await record(net, queue, net.bob)
    await pay(net, coinAt, 50n)
    await pay(net, ZeroAddress, 60n)
    await networkHelpers.mine(300)
    const args = settleArgs(queue)
    assert.equal(args[3].length, 2)
    const [contract, link, records, , later] = args
    await expect(
      enigma.settleExpired(contract, link, records, [], later),
      "payments are part of the leaf",
    ).to.be.revertedWithCustomError(enigma, "LinkMismatch")
    const larger = args[3].map((payment) => ({ ...payment, amount: 1_000n }))
    await expect(enigma.settleExpired(contract, link, records, larger, later))
      .to.be.revertedWithCustomError(enigma, "PaymentOutOfPlace")
      .withArgs(1)
    await (await enigma.settleExpired(...args)).wait()
    assert.equal(await enigma.ledgerOf(alice, coinAt), 50n)
    assert.equal(await enigma.ledgerOf(alice, ZeroAddress), 60n)
  })

  it("are refused when nothing comes, or something else than stated", async () => {
    const net = await withToken()
    const { enigma, queue, alice, coinAt } = net
    const send = (token: string, amount: bigint, value: bigint) =>
      enigma.connect(alice).recordPayableTask(queue.contract, id("p"), termsOf(), token, amount, { value })
    await expect(send(ZeroAddress, 5n, 4n))
      .to.be.revertedWithCustomError(enigma, "PaymentMismatch")
      .withArgs(4n, 5n)
    await expect(send(coinAt, 5n, 5n))
      .to.be.revertedWithCustomError(enigma, "PaymentMismatch")
      .withArgs(5n, 0n)
    await expect(send(ZeroAddress, 0n, 0n))
      .to.be.revertedWithCustomError(enigma, "PaymentOutOfRange")
      .withArgs(0n)
    await expect(send(coinAt, 0n, 0n))
      .to.be.revertedWithCustomError(enigma, "PaymentOutOfRange")
      .withArgs(0n)
  })

  it("cannot be paid out beyond what the contract's own records brought", async () => {
    const net = await withToken()
    const { enigma, queue, alice, coinAt } = net
    await pay(net, coinAt, 50n)
    for (const amount of [51n, 2n ** 128n - 1n]) {
      const { signed } = await signedBatch(net, queue, net.workers, {
        payouts: [{ token: coinAt, to: alice.address, amount }],
      })
      await expect(enigma.commitBatch(signed))
        .to.be.revertedWithCustomError(enigma, "PayoutTooLarge")
        .withArgs(queue.contract, coinAt, amount)
    }
  })

  it("in ETH that a receiver refuses stay in the ledger", async () => {
    const net = await withToken()
    const { enigma, queue, alice, coinAt } = net
    await pay(net, ZeroAddress, 9n)
    await commit(net, queue, net.workers, { payouts: [{ token: ZeroAddress, to: alice.address, amount: 9n }] })
    await expect(enigma.connect(alice).withdrawPayment(ZeroAddress, coinAt, 9n))
      .to.be.revertedWithCustomError(enigma, "EthTransferFailed")
      .withArgs(coinAt)
    assert.equal(await enigma.ledgerOf(alice, ZeroAddress), 9n)
  })
})
