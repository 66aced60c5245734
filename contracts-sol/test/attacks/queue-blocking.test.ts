/** Every way to hold a contract's queue, what ends it, and what it costs whoever tries. Prints the prices. */
import assert from "node:assert/strict"
import { expect } from "chai"
import { id } from "ethers"
import type { HostileToken } from "../../../types/ethers-contracts/index.ts"
import { gasOf, itWithRealGas } from "../support/gas.ts"
import {
  advanceEpoch,
  BASE_FEE,
  commit,
  drawn,
  ENG,
  EPOCH_LENGTH,
  fund,
  record,
  termsOf,
  useNetwork,
} from "../support/network.ts"
import { follow } from "../support/queue.ts"

/** The least that a record can offer. */
const CHEAPEST = { gasLimit: 1_024n, gasPriceGrains: 1n }
const eng = (grains: bigint) => `${Number(grains) / Number(ENG)} ENG`
const price = (what: string, ...parts: string[]) => console.log(`      price of ${what}: ${parts.join(", ")}`)

describe("a queue is held", () => {
  it("by missing inputs: until the worker says so; the base fee is forfeited and no worker gains", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, bob, workers } = net
    const worker = await drawn(net, queue, workers)
    const [treasury, credit] = [await enigma.treasury(), await enigma.creditOf(bob)]
    const { receipt } = await record(net, queue, bob)
    await record(net, queue, alice)
    const earned = (await enigma.workerOf(worker.id)).earningsGrains
    await commit(net, queue, workers, {
      missing: [1],
      forfeitedGrains: BASE_FEE,
      refund: (locked, index) => (index === 1 ? locked - BASE_FEE : 0n),
      status: (index) => (index === 1 ? 4 : 1),
    })
    assert.equal((await enigma.treasury()) - treasury, BASE_FEE)
    assert.equal(credit - (await enigma.creditOf(bob)), BASE_FEE)
    const ofAlice = queue.tasks[2]!.lockedGrains
    assert.equal((await enigma.workerOf(worker.id)).earningsGrains - earned, ofAlice, "nothing of the missing one")
    price("a record without inputs", `${receipt.gasUsed} gas`, eng(BASE_FEE))
  })

  it("by a poison task: it ends as EngineFault, its whole limit goes to the treasury, and the next ones run", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, bob, workers } = net
    const worker = await drawn(net, queue, workers)
    const [treasury, before] = [await enigma.treasury(), await enigma.creditOf(bob)]
    const { receipt } = await record(net, queue, bob, termsOf(CHEAPEST))
    await record(net, queue, alice)
    const earned = (await enigma.workerOf(worker.id)).earningsGrains
    const position = (await enigma.queueOf(queue.contract)).batches
    const { receipts, proofs } = await commit(net, queue, workers, {
      forfeitedGrains: BASE_FEE + 1_024n,
      refund: (_, index) => (index === 1 ? 0n : 1_000n),
      status: (index) => (index === 1 ? 7 : 1),
    })
    const { status } = await enigma.verifyReceipt(queue.contract, receipts[0]!, proofs[0]!, position)
    assert.equal(status, 7n)
    assert.equal((await enigma.queueOf(queue.contract)).committed, 3n)
    const paid = before - (await enigma.creditOf(bob))
    assert.equal(paid, BASE_FEE + 1_024n)
    assert.equal((await enigma.treasury()) - treasury, paid)
    const ofAlice = queue.tasks[2]!.lockedGrains - 1_000n
    assert.equal((await enigma.workerOf(worker.id)).earningsGrains - earned, ofAlice, "nothing of the poison")
    price("a poison task", `${receipt.gasUsed} gas`, eng(paid))
  })

  itWithRealGas("by a full queue: until the next batch; each of the 2,048 places is paid for", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, bob, workers } = net
    await fund(net, bob, 10n * ENG)
    const hashes = Array.from({ length: 128 }, (_, i) => id(`spam ${i}`))
    const terms = hashes.map(() => termsOf(CHEAPEST))
    let gas = 0n
    const before = await enigma.creditOf(bob)
    for (let i = 0; i < 16; i++) {
      const tx = await enigma.connect(bob).recordTasks(queue.contract, hashes, terms)
      const receipt = await tx.wait()
      await follow(queue, enigma, receipt)
      gas += receipt!.gasUsed
    }
    const locked = before - (await enigma.creditOf(bob))
    assert.equal(locked, 2_048n * (BASE_FEE + 1_024n))
    for (const sent of [
      () => enigma.connect(alice).recordTask(queue.contract, id("honest"), termsOf()),
      () => enigma.connect(alice).recordTasks(queue.contract, [id("honest")], [termsOf()]),
    ]) {
      await expect(sent()).to.be.revertedWithCustomError(enigma, "QueueFull").withArgs(queue.contract)
    }
    const { receipt } = await commit(net, queue, workers, { refund: () => 0n })
    assert.ok(receipt.gasUsed < 300_000n, "one batch resolves them all, for the price of one")
    assert.equal(before - (await enigma.creditOf(bob)), locked, "nothing of it comes back")
    await record(net, queue, alice)
    price("a full queue", `${gas} gas`, `${eng(locked)}, once for each batch the worker makes`)
  })

  itWithRealGas(
    "by a token that refuses or burns: commits and settlement never call it; only its own holders wait",
    async () => {
      const net = await useNetwork()
      const { enigma, queue, alice, bob, workers, ethers, address } = net
      const coin = (await ethers.deployContract("HostileToken")) as unknown as HostileToken
      const at = String(await coin.getAddress())
      await (await coin.transfer(bob, 1_000n)).wait()
      await (await coin.connect(bob).approve(address, 1_000n)).wait()
      await (await coin.setFeeBps(100n)).wait()
      const tx = await enigma.connect(bob).recordPayableTask(queue.contract, id("p"), termsOf(), at, 1_000n)
      const [task] = await follow(queue, enigma, await tx.wait())
      assert.equal(task!.record.amount, 990n, "what arrived, not what the token said")
      await record(net, queue, alice)
      await (await coin.setRefuses(true)).wait()
      const plain = await commit(net, queue, workers, { payouts: [{ token: at, to: bob.address, amount: 990n }] })
      assert.ok(plain.receipt.gasUsed < 250_000n)
      await expect(enigma.connect(bob).withdrawPayment(at, bob, 990n)).to.be.revertedWith("refused")
      assert.equal(await enigma.ledgerOf(bob, at), 990n)
      // In a callback of its account it burns the callback's gas, which the user paid for, and nothing else.
      await (await coin.setRefuses(false)).wait()
      await (await coin.connect(bob).approve(address, 10n)).wait()
      await (await coin.transfer(bob, 10n)).wait()
      const again = await enigma
        .connect(bob)
        .recordPayableTask(queue.contract, id("p"), termsOf({ callbackGas: 200_000n }), at, 10n)
      await follow(queue, enigma, await again.wait())
      await (await coin.setBurnsGas(true)).wait()
      const data = enigma.interface.encodeFunctionData("withdrawPayment", [at, bob.address, 5n])
      const burnt = await commit(net, queue, workers, {
        callbacks: [{ target: address, gasLimit: 200_000, data }],
        payouts: [{ token: at, to: bob.address, amount: 9n }],
      })
      assert.ok(burnt.receipt.gasUsed < 600_000n, `${burnt.receipt.gasUsed}`)
      price("a hostile token", `${(await again.wait())!.gasUsed} gas`, eng(BASE_FEE + 200_000n * 3n))
    },
  )

  itWithRealGas("by a callback nobody pays for: refused when it is recorded", async () => {
    const net = await useNetwork()
    const { enigma, queue, bob } = net
    for (const callback of [
      { callbackGas: 100_000n, callbackPriceGrains: 0n },
      { callbackGas: 10_000_001n, callbackPriceGrains: 1n },
    ]) {
      const sent = enigma.connect(bob).recordTask(queue.contract, id("x"), termsOf(callback))
      const error = callback.callbackPriceGrains === 0n ? "TermsTooLow" : "CallbackGasTooHigh"
      await expect(sent).to.be.revertedWithCustomError(enigma, error)
    }
    const { task, receipt } = await record(
      net,
      queue,
      bob,
      termsOf({ ...CHEAPEST, callbackGas: 10_000_000n, callbackPriceGrains: 1n }),
    )
    price("the heaviest callback", `${receipt.gasUsed} gas`, eng(task.lockedGrains))
    assert.equal(task.lockedGrains, BASE_FEE + 1_024n + 10_000_000n)
    const callee = await net.ethers.deployContract("Callee")
    const burn = {
      target: String(callee.target),
      gasLimit: 10_000_000,
      data: callee.interface.encodeFunctionData("burn"),
    }
    const { receipt: committed } = await commit(net, queue, net.workers, { callbacks: [burn], refund: () => 0n })
    assert.ok(
      committed.gasUsed > 10_000_000n && committed.gasUsed < 16_777_216n,
      "one transaction carries it (EIP-7825)",
    )
  })

  it("by a silent worker: until the next epoch; it loses a penalty and its place in the lottery", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, carol, workers, networkHelpers } = net
    await record(net, queue, alice)
    const silent = await drawn(net, queue, workers)
    const stake = (await enigma.workerOf(silent.id)).stakeGrains
    const marking = await gasOf(enigma.connect(carol).markNoShow(queue.contract))
    const now = await networkHelpers.time.latestBlock()
    await networkHelpers.mine(115 - (now % EPOCH_LENGTH))
    const claiming = await gasOf(enigma.connect(carol).claimNoShow(queue.contract))
    const penalty = stake - (await enigma.workerOf(silent.id)).stakeGrains
    assert.equal(penalty, ENG)
    assert.equal((await enigma.weightOf(silent.id)).pending, 0n)
    await advanceEpoch(net)
    const next = await drawn(net, queue, workers)
    assert.notEqual(next.id, silent.id)
    await commit(net, queue, workers)
    price("silence for an epoch", eng(penalty), "two epochs of jail", `keeper: ${marking + claiming} gas`)
  })
})
