/** What a hostile or mistaken caller sends, and that nothing moves. */
import assert from "node:assert/strict"
import { expect } from "chai"
import { id, SigningKey } from "ethers"
import { signBatch } from "./support/batch.ts"
import {
  advanceEpoch,
  BASE_FEE,
  beaconFor,
  commit,
  EPOCH_LENGTH,
  lastBlockOfSchedule,
  mineToStart,
  OPEN_WINDOW,
  type RunningNetwork,
  record,
  signedBatch,
  termsOf,
  useNetwork,
} from "./support/network.ts"

type Call = Awaited<ReturnType<typeof signedBatch>>["signed"]

/** That a commit is refused with this error and neither queue nor money moved. */
async function refused(net: RunningNetwork, call: Call, error: string): Promise<void> {
  const { enigma, queue, alice } = net
  const seen = async () => [...(await enigma.queueOf(queue.contract)), await enigma.creditOf(alice)].map(String)
  const before = await seen()
  await expect(enigma.commitBatch(call)).to.be.revertedWithCustomError(enigma, error)
  assert.deepEqual(await seen(), before)
}

describe("a commit is refused", () => {
  it("when signed by the enclave of a worker that is not drawn, or by any other key", async () => {
    const net = await useNetwork()
    const { queue, alice, workers, enigma } = net
    await record(net, queue, alice)
    const drawnId = Number(await enigma.drawnWorker(queue.contract))
    for (const worker of workers.filter((w) => w.id !== drawnId)) {
      await refused(net, (await signedBatch(net, queue, workers, {}, worker.enclave)).signed, "SignerNotDrawn")
    }
    await refused(
      net,
      (await signedBatch(net, queue, workers, {}, new SigningKey(id("stranger")))).signed,
      "SignerNotDrawn",
    )
  })

  it("when any signed field was changed afterwards", async () => {
    const net = await useNetwork()
    const { queue, alice, workers } = net
    await record(net, queue, alice)
    const { signed } = await signedBatch(net, queue, workers)
    const changes: Partial<Call>[] = [
      { newHead: id("other head") },
      { receiptsRoot: id("other root") },
      { validUntilBlock: BigInt(signed.validUntilBlock) - 1n },
      { refunds: [], feeGrains: BigInt(signed.feeGrains) + BASE_FEE / 2n + 100_000n },
      { feeGrains: BigInt(signed.feeGrains) - 1n, forfeitedGrains: BigInt(signed.forfeitedGrains) + 1n },
    ]
    for (const change of changes) await refused(net, { ...signed, ...change }, "SignerNotDrawn")
  })

  it("when it is replayed, overlaps, or leaves a gap", async () => {
    const net = await useNetwork()
    const { queue, alice, workers } = net
    await record(net, queue, alice)
    const early = await signedBatch(net, queue, workers)
    const first = await commit(net, queue, workers)
    await refused(net, first.signed, "IndexMismatch")
    await refused(net, early.signed, "IndexMismatch")
    await record(net, queue, alice)
    await record(net, queue, alice)
    const ahead = { ...queue, committed: queue.committed + 1 }
    await refused(net, (await signedBatch(net, ahead, workers)).signed, "IndexMismatch")
  })

  it("when it resolves more than was recorded", async () => {
    const net = await useNetwork()
    const { queue, alice, workers } = net
    await record(net, queue, alice)
    const { signed } = await signedBatch(net, queue, workers)
    await refused(net, { ...signed, toIndex: Number(signed.toIndex) + 1 }, "IndexMismatch")
    await refused(net, { ...signed, toIndex: signed.fromIndex }, "IndexMismatch")
  })

  it("when it forks the state: another head before it than the committed one", async () => {
    const net = await useNetwork()
    const { queue, alice, workers } = net
    await record(net, queue, alice)
    const forked = { ...queue, head: id("a state of my own") }
    await refused(net, (await signedBatch(net, forked, workers)).signed, "HeadMismatch")
  })

  it("when its records are not those of the queue: other leaf, other sum, other link before", async () => {
    const net = await useNetwork()
    const { queue, alice, workers, chainId, address } = net
    await record(net, queue, alice)
    const made = await signedBatch(net, queue, workers)
    const { enclave } = workers[0]!
    for (const change of [
      { leaf: id("other leaf") },
      { previousLink: id("other link") },
      { cumLockedGrains: BigInt(made.call.cumLockedGrains) + 1n },
    ]) {
      const forged = { ...made, call: { ...made.call, ...change } }
      await refused(net, signBatch(forged, enclave, chainId, address), "LinkMismatch")
    }
  })

  it("when it would make or lose a grain", async () => {
    const net = await useNetwork()
    const { queue, alice, workers, chainId, address, enigma } = net
    await record(net, queue, alice)
    const made = await signedBatch(net, queue, workers)
    const drawnId = Number(await enigma.drawnWorker(queue.contract))
    const { enclave } = workers.find((w) => w.id === drawnId)!
    for (const by of [1n, -1n]) {
      const call = { ...made.call, feeGrains: BigInt(made.call.feeGrains) + by }
      await refused(net, signBatch({ ...made, call }, enclave, chainId, address), "NotConserved")
    }
  })

  it("when it comes after its block, or was made for another epoch", async () => {
    const net = await useNetwork()
    const { queue, alice, workers, networkHelpers } = net
    await record(net, queue, alice)
    const { signed } = await signedBatch(net, queue, workers)
    const other = await signedBatch(net, queue, workers, { epoch: Number(signed.epoch) + 1 })
    await refused(net, other.signed, "WrongEpoch")
    await networkHelpers.mine(EPOCH_LENGTH)
    await refused(net, signed, "BatchNotValidNow")
    await advanceEpoch(net)
    await refused(net, { ...signed, validUntilBlock: await lastBlockOfSchedule(net) }, "WrongEpoch")
  })

  it("when it names a head for failed callbacks without having any", async () => {
    const net = await useNetwork()
    const { queue, alice, workers } = net
    await record(net, queue, alice)
    const { signed } = await signedBatch(net, queue, workers, { fallbackHead: id("elsewhere") })
    await refused(net, signed, "FallbackWithoutCallbacks")
  })
})

describe("a record is refused", () => {
  it("without credit for all that it locks", async () => {
    const net = await useNetwork()
    const { enigma, queue, rest } = net
    const pauper = rest.at(-1)!
    await expect(enigma.connect(pauper).recordTask(queue.contract, id("inputs"), termsOf()))
      .to.be.revertedWithCustomError(enigma, "CreditTooLow")
      .withArgs(pauper.address, 0n, BASE_FEE + 200_000n)
  })

  it("for an address that is no secret contract", async () => {
    const { enigma, alice, token } = await useNetwork()
    for (const address of [alice.address, await token.getAddress(), await enigma.getAddress()]) {
      await expect(enigma.connect(alice).recordTask(address, id("inputs"), termsOf()))
        .to.be.revertedWithCustomError(enigma, "UnknownContract")
        .withArgs(address)
    }
  })

  it("when it offers less gas or a lower price than the floors", async () => {
    const { enigma, alice, queue } = await useNetwork()
    for (const terms of [{ gasLimit: 1n }, { gasPriceGrains: 0n }, { callbackGas: 50_000n, callbackPriceGrains: 0n }]) {
      await expect(
        enigma.connect(alice).recordTask(queue.contract, id("inputs"), termsOf(terms)),
      ).to.be.revertedWithCustomError(enigma, "TermsTooLow")
    }
  })

  it("when its terms set what only the chain sets", async () => {
    const { enigma, alice, queue } = await useNetwork()
    for (const bit of [168n, 200n, 240n]) {
      await expect(
        enigma.connect(alice).recordTask(queue.contract, id("inputs"), termsOf() | (1n << bit)),
      ).to.be.revertedWithCustomError(enigma, "TermsMalformed")
    }
  })

  it("when it would lock more than sums can hold", async () => {
    const { enigma, alice, queue } = await useNetwork()
    const terms = termsOf({ gasLimit: (1n << 40n) - 1n, gasPriceGrains: 1n << 10n })
    await expect(enigma.connect(alice).recordTask(queue.contract, id("inputs"), terms)).to.be.revertedWithCustomError(
      enigma,
      "LockTooLarge",
    )
  })
})

describe("credit", () => {
  it("goes back to its owner, never more than is unlocked", async () => {
    const net = await useNetwork()
    const { enigma, token, alice, queue } = net
    await record(net, queue, alice)
    const credit = await enigma.creditOf(alice)
    await expect(enigma.connect(alice).withdraw(alice, credit + 1n)).to.be.revertedWithCustomError(
      enigma,
      "CreditTooLow",
    )
    await enigma.connect(alice).withdraw(alice, credit)
    assert.equal(await token.balanceOf(alice), credit)
    assert.equal(await enigma.creditOf(alice), 0n)
  })
})

describe("an epoch is not opened", () => {
  it("before its start, twice, or after its window", async () => {
    const net = await useNetwork()
    const { enigma, networkHelpers } = net
    const start = await mineToStart(net)
    const { epoch } = await enigma.currentEpoch()
    const beacon = await beaconFor(net, Number(epoch) + 1, start)
    await enigma.openEpoch(beacon)
    await expect(enigma.openEpoch(beacon)).to.be.revertedWithCustomError(enigma, "NoEpochDue")
    const next = await mineToStart(net)
    const late = await beaconFor(net, Number(epoch) + 2, next)
    await networkHelpers.mine(OPEN_WINDOW + 1)
    await expect(enigma.openEpoch(late)).to.be.revertedWithCustomError(enigma, "NoEpochDue")
    // The epoch in force stays, and so does its draw.
    assert.equal((await enigma.currentEpoch()).epoch, epoch + 1n)
  })

  it("with the beacon of another epoch, another block, or other keys", async () => {
    const net = await useNetwork()
    const { enigma } = net
    const start = await mineToStart(net)
    const { epoch } = await enigma.currentEpoch()
    const wrong = [
      await beaconFor(net, Number(epoch), start),
      await beaconFor(net, Number(epoch) + 2, start),
      await beaconFor(net, Number(epoch) + 1, start - 1),
      `0x${"00".repeat(128)}`,
      "0x",
    ]
    for (const beacon of wrong) {
      await expect(enigma.openEpoch(beacon)).to.be.revertedWithCustomError(enigma, "BeaconInvalid")
    }
    await enigma.openEpoch(await beaconFor(net, Number(epoch) + 1, start))
  })
})
