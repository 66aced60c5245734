/** Attacks seen on this network's peers that concern contracts, each named after what it was. */
import assert from "node:assert/strict"
import { expect } from "chai"
import { AbiCoder, concat, id, keccak256, toBeHex } from "ethers"
import type { HostileToken } from "../../../types/ethers-contracts/index.ts"
import { gasOf, itWithRealGas } from "../support/gas.ts"
import {
  advanceEpoch,
  beaconFor,
  commit,
  deploySecretContract,
  mineToStart,
  record,
  signedBatch,
  termsOf,
  useNetwork,
} from "../support/network.ts"
import { makeOrder } from "../support/orders.ts"
import { follow } from "../support/queue.ts"

describe("attack seen on peers", () => {
  it("lottery grinding: stake moved after the seed is known, or a seed chosen by when it is posted", async () => {
    const net = await useNetwork()
    const { enigma, workers, networkHelpers } = net
    const next = Number((await enigma.currentEpoch()).epoch) + 1
    const start = await mineToStart(net)
    const beacon = await beaconFor(net, next, start) // from here on the seed is known to the committee
    const seed = keccak256(beacon)
    for (const { id: workerId, operator, staker } of workers) {
      await expect(enigma.connect(operator).logout(workerId)).to.be.revertedWithCustomError(enigma, "WeightsClosed")
      await expect(enigma.connect(staker).unbond(workerId, 1n)).to.be.revertedWithCustomError(enigma, "WeightsClosed")
    }
    const weights = await Promise.all(workers.map(({ id }) => enigma.weightOf(id)))
    await networkHelpers.mine(7)
    await (await enigma.openEpoch(beacon)).wait()
    assert.equal((await enigma.currentEpoch()).seed, seed, "the same seed whenever it is posted")
    for (const [i, { id }] of workers.entries()) assert.equal((await enigma.weightOf(id)).inForce, weights[i]!.pending)
    // What moves now counts from the next epoch on.
    const before = await enigma.drawnWorker(net.queue.contract)
    for (const { id: workerId, operator } of workers) await (await enigma.connect(operator).logout(workerId)).wait()
    assert.equal(await enigma.drawnWorker(net.queue.contract), before)
  })

  it("biased or unbounded draws: a group is distinct, bounded, and begins with the drawn one", async () => {
    const net = await useNetwork()
    const { enigma, queue } = net
    for (let i = 0; i < 5; i++) {
      const group = [...(await enigma.drawnGroup(queue.contract, 3))]
      assert.equal(new Set(group).size, 3)
      assert.equal(group[0], await enigma.drawnWorker(queue.contract))
      await advanceEpoch(net)
    }
    await expect(enigma.drawnGroup(queue.contract, 4)).to.be.revertedWithCustomError(
      net.deployed.workers as never,
      "EmptyDraw",
    )
  })

  it("racing epochs: nothing depends on which block includes a transaction", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, workers, networkHelpers, ethers } = net
    // A record and the opening in one block: the record is of the epoch before, in whatever order they stand.
    const start = await mineToStart(net)
    const beacon = await beaconFor(net, 2, start)
    await ethers.provider.send("evm_setAutomine", [false])
    const opening = await enigma.openEpoch(beacon)
    const recording = await enigma.connect(alice).recordTask(queue.contract, id("inputs 1"), termsOf())
    // An order made in epoch 1 counts as one of that epoch, too; one of the epoch that opens does not yet.
    const [stale, early] = [
      await makeOrder(net, alice, { keyEpoch: 0n }),
      await makeOrder(net, alice, { keyEpoch: 2n, nonce: 1n }),
    ]
    const ordering = await enigma.recordOrder(stale.order, alice, stale.signature, { gasLimit: 300_000 })
    const refused = await enigma.recordOrder(early.order, alice, early.signature, { gasLimit: 300_000 })
    await networkHelpers.mine(1)
    await ethers.provider.send("evm_setAutomine", [true])
    const [a, b] = [await opening.wait(), await recording.wait()]
    assert.equal(a!.blockNumber, b!.blockNumber)
    assert.equal((await ordering.wait())!.blockNumber, b!.blockNumber)
    assert.equal((await ethers.provider.getTransactionReceipt(refused.hash))!.status, 0)
    const { openedAtBlock } = await enigma.currentEpoch()
    assert.equal(openedAtBlock, BigInt(b!.blockNumber), "not opened before this block, so of epoch 1 (PROTOCOL 3.3)")
    await follow(queue, enigma, b)
    await follow(queue, enigma, await ordering.wait())
    await commit(net, queue, workers)
  })

  itWithRealGas(
    "callback griefing: too little gas is the committer's fault, burning or bombing is the callee's",
    async () => {
      const net = await useNetwork()
      const { enigma, queue, alice, workers, ethers } = net
      const callee = await ethers.deployContract("Callee")
      const call = (name: "note" | "burn" | "bomb" | "forge" | "refuse", args: unknown[], gasLimit = 400_000) => ({
        target: String(callee.target),
        gasLimit,
        data: callee.interface.encodeFunctionData(name as "note", args as [number]),
      })
      const hostile = [
        call("burn", []),
        call("bomb", [100_000, true]),
        call("forge", []),
        call("refuse", ["0x1234"]),
        { target: alice.address, gasLimit: 50_000, data: "0x" },
      ]
      for (const bad of hostile) {
        await record(net, queue, alice, termsOf({ callbackGas: 400_000n }))
        const head = queue.head
        const { receipt } = await commit(net, queue, workers, { callbacks: [bad] })
        assert.equal(queue.head, head, "the state before the task stands")
        assert.ok(receipt.gasUsed < 700_000n, `${receipt.gasUsed}`)
      }
      // A return bomb that succeeds is no failure, and nobody copies it.
      await record(net, queue, alice, termsOf({ callbackGas: 400_000n }))
      const before = queue.head
      await commit(net, queue, workers, { callbacks: [call("bomb", [100_000, false])] })
      assert.notEqual(queue.head, before)
      // A committer that gives too little gas achieves nothing: the batch is undone and stays valid.
      await record(net, queue, alice, termsOf({ callbackGas: 400_000n }))
      const { signed } = await signedBatch(net, queue, workers, { callbacks: [call("note", [7])] })
      const committed = (await enigma.queueOf(queue.contract)).committed
      let refused = 0
      for (let gasLimit = 250_000n; gasLimit <= 600_000n; gasLimit += 25_000n) {
        const snapshot = await ethers.provider.send("evm_snapshot", [])
        const done = await enigma
          .commitBatch(signed, { gasLimit })
          .then((tx) => tx.wait())
          .then(() => true)
          .catch(() => false)
        if (done) assert.equal(await callee.lastNote(), 7n, `${gasLimit}: committed means called with its gas`)
        else refused++
        assert.equal((await enigma.queueOf(queue.contract)).committed, done ? committed + 1n : committed)
        await ethers.provider.send("evm_revert", [snapshot])
      }
      assert.ok(refused > 0)
    },
  )

  it("one bad item blocks a batch: it is skipped, and the others stand", async () => {
    const net = await useNetwork()
    const { enigma, alice, workers } = net
    const encode = AbiCoder.defaultAbiCoder()
    const type = enigma.interface.getFunction("commitBatch").inputs[0]!
    const queues = [await deploySecretContract(net, alice, "a"), await deploySecretContract(net, alice, "b")]
    const good = await Promise.all(queues.map(async (q) => (await signedBatch(net, q, workers)).signed))
    const bad = [
      encode.encode([type], [{ ...good[0]!, epoch: 77 }]),
      "0x",
      `0x${"ff".repeat(500)}`,
      encode.encode([type], [{ ...good[0]!, refunds: [] }]),
    ]
    const items = [
      bad[0]!,
      encode.encode([type], [good[0]!]),
      bad[1]!,
      bad[2]!,
      bad[3]!,
      encode.encode([type], [good[1]!]),
    ]
    const receipt = await (await enigma.commitBatches(items)).wait()
    const names = receipt!.logs.map((log) => enigma.interface.parseLog(log)?.name)
    assert.equal(names.filter((name) => name === "BatchRejected").length, 4)
    assert.equal(names.filter((name) => name === "BatchCommitted").length, 2)
  })

  it("encoding ambiguity: no two lists, lengths or words have one hash", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, bob, workers } = net
    await record(net, queue, alice)
    await record(net, queue, bob)
    const { signed } = await signedBatch(net, queue, workers)
    const [one, two] = signed.refunds.map(String)
    // Refunds cut at another place, payouts where refunds were, dirty bits above a field's type.
    const grains = BigInt(`0x${one!.slice(42)}`)
    const moved = [`${one!.slice(0, 42)}${toBeHex(grains - 1n, 12).slice(2)}`, two!]
    await expect(enigma.commitBatch({ ...signed, refunds: moved })).to.be.revertedWithCustomError(
      enigma,
      "SignerNotDrawn",
    )
    const data = enigma.interface.encodeFunctionData("commitBatch", [signed])
    const words = {
      secretContract: 0,
      epoch: 1,
      fromIndex: 2,
      toIndex: 3,
      cumLocked: 5,
      fee: 10,
      forfeited: 11,
      until: 13,
    }
    for (const [name, word] of Object.entries(words)) {
      const at = 2 + 8 + 64 + word * 64
      const dirty = `${data.slice(0, at)}01${data.slice(at + 2)}`
      await assert.rejects(bob.sendTransaction({ to: net.address, data: dirty }), `dirty ${name}`)
    }
    // A leaf is the hash of ten words, a node of two: neither passes for the other.
    const position = (await enigma.queueOf(queue.contract)).batches
    const { receipts, proofs } = await commit(net, queue, workers)
    const short = { ...receipts[0]!, taskId: keccak256(concat([receipts[0]!.taskId])) }
    await expect(enigma.verifyReceipt(queue.contract, short, proofs[0]!, position)).to.be.revertedWithCustomError(
      enigma,
      "ReceiptNotFound",
    )
  })

  itWithRealGas("decoder bombs: a length beyond the calldata costs nobody but its sender, and little", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, bob, workers } = net
    await record(net, queue, alice)
    const { signed } = await signedBatch(net, queue, workers)
    const data = enigma.interface.encodeFunctionData("commitBatch", [signed])
    const huge = "f".repeat(64)
    for (const word of [16, 17, 18, 19]) {
      const at = 2 + 8 + 64 + word * 64
      const bomb = `${data.slice(0, at)}${huge}${data.slice(at + 64)}`
      await assert.rejects(bob.call({ to: net.address, data: bomb, gasLimit: 400_000 }), /revert|Error/)
    }
    const items = [`0x${"00".repeat(31)}20${"ff".repeat(64)}`]
    const gas = await gasOf(enigma.commitBatches(items))
    assert.ok(gas < 100_000n, `${gas}`)
  })

  itWithRealGas("unbounded growth: a record, a commit and a settlement cost the same at any age", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, workers } = net
    const group = async (count: number) => {
      const hashes = Array.from({ length: count }, (_, i) => id(`g ${i}`))
      const tx = await enigma.connect(alice).recordTasks(
        queue.contract,
        hashes,
        hashes.map(() => termsOf({ gasLimit: 2_000n })),
      )
      await follow(queue, enigma, await tx.wait())
    }
    const cost = async () => {
      const recorded = (await record(net, queue, alice)).receipt.gasUsed
      const committed = (await commit(net, queue, workers)).receipt.gasUsed
      return [recorded, committed] as const
    }
    for (let i = 0; i < 34; i++) await cost()
    const young = await cost()
    for (let i = 0; i < 8; i++) {
      await group(128)
      await commit(net, queue, workers)
    }
    const old = await cost()
    for (const i of [0, 1]) assert.ok(Math.abs(Number(young[i]! - old[i]!)) < 500, `${young} and ${old}`)
  })

  it("a reentering token: what its hook does while it is called moves no payment", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, ethers, address } = net
    const coin = (await ethers.deployContract("HostileToken")) as unknown as HostileToken
    await (await coin.transfer(alice, 1_000n)).wait()
    await (await coin.connect(alice).approve(address, 1_000n)).wait()
    const at = String(await coin.getAddress())
    const inner = enigma.interface.encodeFunctionData("recordPayableTask", [
      queue.contract,
      id("in"),
      termsOf(),
      at,
      10n,
    ])
    await (await coin.setHook(address, inner)).wait()
    await (await enigma.connect(alice).recordPayableTask(queue.contract, id("out"), termsOf(), at, 100n)).wait()
    assert.equal(await coin.hookOk(), false)
    assert.equal((await coin.hookResult()).slice(0, 10), enigma.interface.getError("TokenLocked")!.selector)
    assert.equal(await enigma.pendingPayments(queue.contract, at), 100n)
  })
})
