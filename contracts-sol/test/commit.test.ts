import assert from "node:assert/strict"
import { expect } from "chai"
import { AbiCoder, id, SigningKey, ZeroHash } from "ethers"
import type { IBatches } from "../../types/ethers-contracts/index.ts"
import { NO_EXTRAS, signBatch } from "./support/batch.ts"
import { itWithRealGas } from "./support/gas.ts"
import {
  advanceEpoch,
  BASE_FEE,
  commit,
  deploySecretContract,
  drawn,
  ENG,
  lastBlockOfSchedule,
  type RunningNetwork,
  record,
  signedBatch,
  termsOf,
  useNetwork,
} from "./support/network.ts"

/** Signs changed fields with the drawn worker's key: what a broken enclave could send. */
async function changed(net: RunningNetwork, changes: Partial<IBatches.BatchStruct>, link?: string) {
  const made = await signedBatch(net, net.queue, net.workers)
  const call = { ...made.call, ...changes }
  const { enclave } = await drawn(net, net.queue, net.workers)
  return signBatch({ ...made, call, link: link ?? made.link }, enclave, net.chainId, net.address)
}

describe("commitBatch", () => {
  it("pays the worker, refunds the user and moves the head", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, workers } = net
    const before = await enigma.creditOf(alice)
    const worker = await drawn(net, queue, workers)
    const earned = (await enigma.workerOf(worker.id)).earningsGrains
    const { task } = await record(net, queue, alice)
    assert.equal(task.lockedGrains, BASE_FEE + 200_000n)
    const { call, receipt } = await commit(net, queue, workers)
    assert.equal(await enigma.creditOf(alice), before - task.lockedGrains / 2n)
    assert.equal((await enigma.workerOf(worker.id)).earningsGrains, earned + task.lockedGrains / 2n)
    assert.equal(queue.head, call.newHead)
    const info = 1n | (2n << 32n) | (BigInt(worker.id) << 64n)
    await expect(receipt)
      .to.emit(enigma, "BatchCommitted")
      .withArgs(queue.contract, call.receiptsRoot, call.newHead, info)
  })

  it("resolves a prefix, and the rest later", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, bob, workers } = net
    for (const user of [alice, bob, alice, bob, alice]) await record(net, queue, user)
    await commit(net, queue, workers, { toIndex: 3 })
    assert.equal((await enigma.queueOf(queue.contract)).committed, 3n)
    await record(net, queue, bob)
    await commit(net, queue, workers)
    const word = await enigma.queueOf(queue.contract)
    assert.equal(word.committed, 7n)
    assert.equal(word.cumCommittedGrains, word.cumLockedGrains)
  })

  it("finds a record that left the ring by the records after it", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, workers } = net
    for (let i = 0; i < 40; i++) await record(net, queue, alice)
    const { call } = await commit(net, queue, workers, { toIndex: 4 })
    assert.equal(call.extras[0]!.later.length, 37)
    assert.equal((await enigma.queueOf(queue.contract)).committed, 4n)
  })

  it("may be carried by anyone", async () => {
    const net = await useNetwork()
    await record(net, net.queue, net.alice)
    const { signed } = await signedBatch(net, net.queue, net.workers)
    await (await net.enigma.connect(net.carol).commitBatch(signed)).wait()
  })

  it("forfeits to the treasury", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, workers } = net
    await record(net, queue, alice)
    const missing = { missing: [1], forfeitedGrains: BASE_FEE, refund: (locked: bigint) => locked - BASE_FEE }
    await commit(net, queue, workers, missing)
    assert.equal(await enigma.treasury(), BASE_FEE)
  })

  it("keeps in the counters which epoch wrote the last delta", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, workers } = net
    const first = await enigma.queueOf(queue.contract)
    assert.equal(first.drawEpoch, 1n)
    await advanceEpoch(net)
    await record(net, queue, alice)
    await commit(net, queue, workers, { newHead: queue.head })
    assert.deepEqual((await enigma.queueOf(queue.contract)).drawEpoch, 1n, "no delta, no move")
    await record(net, queue, alice)
    await commit(net, queue, workers)
    const last = await enigma.queueOf(queue.contract)
    assert.equal(last.drawEpoch, 2n)
    assert.equal(last.drawnWorker, await enigma.drawnWorker(queue.contract))
  })

  describe("is refused", () => {
    const refused = async (net: RunningNetwork, batch: IBatches.BatchStruct, error: string, ...args: unknown[]) => {
      const before = [...(await net.enigma.queueOf(net.queue.contract))]
      // Errors of libraries are in the implementation's ABI, not in the interface.
      const abi = error.startsWith("ECDSA") ? net.deployed.implementation : net.enigma
      const sent = expect(net.enigma.commitBatch(batch)).to.be.revertedWithCustomError(abi, error)
      await (args.length === 0 ? sent : sent.withArgs(...args))
      assert.deepEqual([...(await net.enigma.queueOf(net.queue.contract))], before)
    }

    async function withTasks() {
      const net = await useNetwork()
      for (const user of [net.alice, net.bob]) await record(net, net.queue, user)
      return net
    }

    it("from a worker that is not drawn", async () => {
      const net = await withTasks()
      const worker = await drawn(net, net.queue, net.workers)
      for (const other of net.workers.filter(({ id }) => id !== worker.id)) {
        const { signed } = await signedBatch(net, net.queue, net.workers, {}, other.enclave)
        await refused(net, signed, "SignerNotDrawn")
      }
    })

    it("when any signed field is another", async () => {
      const net = await withTasks()
      const { signed } = await signedBatch(net, net.queue, net.workers)
      const b = `0x${"bb".repeat(32)}`
      for (const change of [
        { newHead: b },
        { receiptsRoot: b },
        { validUntilBlock: BigInt(signed.validUntilBlock) - 1n },
        { refunds: [...signed.refunds].reverse() },
        { extras: [{ payouts: [], missing: [1], callbacks: "0x", later: [] }] },
      ]) {
        await refused(net, { ...signed, ...change }, "SignerNotDrawn")
      }
      await refused(net, { ...signed, r: ZeroHash }, "ECDSAInvalidSignature")
      // The short form leaves 255 bits for s and one for the parity: the high twin of a signature cannot be written.
      const parity = `0x${(BigInt(signed.vs as string) ^ (1n << 255n)).toString(16).padStart(64, "0")}`
      await refused(net, { ...signed, vs: parity }, "SignerNotDrawn")
    })

    it("replayed, out of order, empty, or beyond the queue", async () => {
      const net = await withTasks()
      const one = await signedBatch(net, net.queue, net.workers, { toIndex: 2 })
      const ahead = await changed(net, { fromIndex: 2 })
      await refused(net, ahead, "IndexMismatch", 2, 3, 1, 3)
      await refused(net, { ...one.signed, toIndex: 1 }, "IndexMismatch", 1, 1, 1, 3)
      await refused(net, { ...one.signed, toIndex: 4 }, "IndexMismatch", 1, 4, 1, 3)
      await (await net.enigma.commitBatch(one.signed)).wait()
      await refused(net, one.signed, "IndexMismatch", 1, 2, 2, 3)
    })

    it("over records that are not the queue's", async () => {
      const net = await withTasks()
      const other = id("another leaf")
      await refused(net, await changed(net, { leaf: other }), "LinkMismatch")
      await refused(net, await changed(net, { previousLink: other }), "LinkMismatch")
      await refused(
        net,
        await changed(net, { cumLockedGrains: net.queue.tasks[2]!.cumLockedGrains + 1n }),
        "LinkMismatch",
      )
      const later = [{ leaf: other, cumLockedGrains: 1n }]
      await refused(
        net,
        await changed(net, { extras: [{ payouts: [], missing: [], callbacks: "0x", later }] }),
        "LinkMismatch",
      )
    })

    it("on another state", async () => {
      const net = await withTasks()
      const fork = id("fork")
      await refused(net, await changed(net, { previousHead: fork }), "HeadMismatch", fork, net.queue.head)
    })

    it("when grains would appear or vanish", async () => {
      const net = await withTasks()
      const { call } = await signedBatch(net, net.queue, net.workers)
      const locked = net.queue.tasks[2]!.cumLockedGrains - net.queue.tasks[0]!.cumLockedGrains
      const fee = BigInt(call.feeGrains)
      await refused(net, await changed(net, { feeGrains: fee + 1n }), "NotConserved", locked + 1n, locked)
      await refused(net, await changed(net, { feeGrains: fee - 1n }), "NotConserved", locked - 1n, locked)
      await refused(net, await changed(net, { forfeitedGrains: 1n }), "NotConserved", locked + 1n, locked)
      await refused(net, await changed(net, { refunds: [] }), "NotConserved", fee, locked)
      const twice = [...call.refunds, call.refunds[0]!]
      await refused(net, await changed(net, { refunds: twice }), "NotConserved")
      const huge = `${net.alice.address}${"ff".repeat(12)}`
      await refused(net, await changed(net, { refunds: [huge] }), "NotConserved")
    })

    it("of another epoch", async () => {
      const net = await withTasks()
      const { signed } = await signedBatch(net, net.queue, net.workers)
      await advanceEpoch(net)
      const validUntilBlock = await lastBlockOfSchedule(net)
      await refused(net, { ...signed, validUntilBlock }, "WrongEpoch", 1, 2)
    })

    it("after its last block, or when that is in another schedule period", async () => {
      const net = await withTasks()
      const last = await lastBlockOfSchedule(net)
      for (const validUntilBlock of [last + 1, 2 ** 32, 2n ** 64n - 1n]) {
        await refused(net, await changed(net, { validUntilBlock }), "BatchNotValidNow", validUntilBlock)
      }
      const { signed } = await signedBatch(net, net.queue, net.workers)
      await net.networkHelpers.mine(last + 1 - (await net.networkHelpers.time.latestBlock()))
      await refused(net, signed, "BatchNotValidNow", last)
    })

    it("after a last block within the schedule period", async () => {
      const net = await withTasks()
      const validUntilBlock = await net.networkHelpers.time.latestBlock()
      await refused(net, await changed(net, { validUntilBlock }), "BatchNotValidNow", validUntilBlock)
      await (await net.enigma.commitBatch(await changed(net, { validUntilBlock: validUntilBlock + 1 }))).wait()
    })

    it("of a worker whose attestation is over", async () => {
      const net = await withTasks()
      const worker = await drawn(net, net.queue, net.workers)
      const expiry = (await net.enigma.workerOf(worker.id)).attestationExpiryS
      const { signed } = await signedBatch(net, net.queue, net.workers)
      await net.networkHelpers.time.setNextBlockTimestamp(expiry)
      await refused(net, signed, "WorkerNotEligible", worker.id, 2, expiry)
    })

    it("of a stranger's key, whoever is drawn", async () => {
      const net = await withTasks()
      const { signed } = await signedBatch(net, net.queue, net.workers, {}, new SigningKey(id("stranger")))
      await refused(net, signed, "SignerNotDrawn")
    })

    it("with a fallback head and no callbacks, or with two extras", async () => {
      const net = await withTasks()
      await refused(net, await changed(net, { fallbackHead: id("f") }), "FallbackWithoutCallbacks")
      await refused(net, await changed(net, { fallbackHead: id("f"), extras: [NO_EXTRAS] }), "FallbackWithoutCallbacks")
      const { signed } = await signedBatch(net, net.queue, net.workers)
      await refused(net, { ...signed, extras: [NO_EXTRAS, NO_EXTRAS] }, "TooManyExtras")
    })

    it("for an unknown contract", async () => {
      const net = await withTasks()
      await refused(net, await changed(net, { secretContract: net.alice.address }), "IndexMismatch", 1, 3, 0, 0)
    })
  })
})

describe("commitBatches", () => {
  const TYPE =
    "tuple(address,uint32,uint32,uint32,bytes32,uint64,bytes32,bytes32,bytes32,bytes32,uint64,uint64,bytes32,uint64,bytes32,bytes32,bytes32[],tuple(tuple(address,address,uint128,address)[],uint32[],bytes,tuple(bytes32,uint64)[])[])"
  const encode = (b: IBatches.BatchStruct) => {
    const extras = b.extras.map((e) => [
      e.payouts.map((p) => [p.token, p.to, p.amount, p.fallbackTo]),
      e.missing,
      e.callbacks,
      e.later.map((l) => [l.leaf, l.cumLockedGrains]),
    ])
    const head = [b.secretContract, b.epoch, b.fromIndex, b.toIndex, b.previousLink, b.cumLockedGrains, b.previousHead]
    const tail = [b.newHead, b.fallbackHead, b.receiptsRoot, b.feeGrains, b.forfeitedGrains, b.leaf, b.validUntilBlock]
    return AbiCoder.defaultAbiCoder().encode([TYPE], [[...head, ...tail, b.r, b.vs, b.refunds, extras]])
  }

  async function withThree() {
    const net = await useNetwork()
    const queues = []
    for (const salt of ["a", "b", "c"]) queues.push(await deploySecretContract(net, net.alice, salt))
    const batches = []
    for (const queue of queues) batches.push((await signedBatch(net, queue, net.workers)).signed)
    return { net, queues, batches }
  }

  it("skips bad ones and commits the rest", async () => {
    const { net, queues, batches } = await withThree()
    const bad = { ...batches[1]!, feeGrains: BigInt(batches[1]!.feeGrains) + 1n }
    const encoded = [batches[0]!, bad, batches[2]!].map(encode)
    const tx = net.enigma.commitBatches([encoded[0]!, encoded[1]!, "0x1234", encoded[2]!])
    const code = net.enigma.interface.getError("SignerNotDrawn")!.selector
    await expect(tx).to.emit(net.enigma, "BatchRejected").withArgs(queues[1]!.contract, 1, code)
    await expect(tx)
      .to.emit(net.enigma, "BatchRejected")
      .withArgs(`0x${"00".repeat(20)}`, 2, "0x00000000")
    const committed = await Promise.all(queues.map(async (q) => (await net.enigma.queueOf(q.contract)).committed))
    assert.deepEqual(committed, [1n, 0n, 1n])
  })

  it("skips a batch that another transaction already brought", async () => {
    const { net, queues, batches } = await withThree()
    await (await net.enigma.commitBatch(batches[0]!)).wait()
    const code = net.enigma.interface.getError("IndexMismatch")!.selector
    await expect(net.enigma.commitBatches(batches.map(encode)))
      .to.emit(net.enigma, "BatchRejected")
      .withArgs(queues[0]!.contract, 0, code)
    for (const queue of queues) assert.equal((await net.enigma.queueOf(queue.contract)).committed, 1n)
  })

  itWithRealGas("stops when gas runs out, and keeps what is done", async () => {
    const { net, queues, batches } = await withThree()
    const encoded = batches.map(encode)
    const full = (await net.enigma.commitBatches.estimateGas(encoded)) + 20_000n
    let stopped = 0
    for (let gasLimit = full; gasLimit > full / 2n; gasLimit -= 10_000n) {
      const snapshot = await net.ethers.provider.send("evm_snapshot", [])
      const tx = await net.enigma.commitBatches(encoded, { gasLimit }).catch(() => undefined)
      if (tx !== undefined) {
        const receipt = await tx.wait().catch(() => null)
        const names = (receipt?.logs ?? []).map((log) => net.enigma.interface.parseLog(log)?.name)
        const committed = await Promise.all(queues.map(async (q) => (await net.enigma.queueOf(q.contract)).committed))
        assert.ok(!names.includes("BatchRejected"), `${gasLimit}: too little gas is not a batch's fault`)
        if (names.includes("BatchesStopped")) {
          stopped++
          assert.equal(
            names.filter((name) => name === "BatchCommitted").length,
            committed.filter((n) => n === 1n).length,
          )
        }
      }
      await net.ethers.provider.send("evm_revert", [snapshot])
    }
    assert.ok(stopped > 0)
  })

  it("says how many it committed", async () => {
    const { net, batches } = await withThree()
    assert.equal(await net.enigma.commitBatches.staticCall(batches.map(encode)), 3n)
    assert.equal(await net.enigma.commitBatches.staticCall([]), 0n)
  })
})

describe("many tasks in one batch", () => {
  it("sum refunds per user and cost the worker no more than one", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, bob, carol, workers } = net
    const before = await Promise.all([alice, bob, carol].map((user) => enigma.creditOf(user)))
    for (let i = 0; i < 30; i++) await record(net, queue, [alice, bob, carol][i % 3]!, termsOf({ gasLimit: 5_000n }))
    const { call } = await commit(net, queue, workers)
    assert.equal(call.refunds.length, 3)
    const after = await Promise.all([alice, bob, carol].map((user) => enigma.creditOf(user)))
    const paid = 10n * ((BASE_FEE + 10_000n) / 2n)
    assert.deepEqual(
      after,
      before.map((grains) => grains - paid),
    )
    assert.ok(paid < ENG)
  })
})
