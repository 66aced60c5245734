/** Attacks that once worked on this code, each named after what the attacker gained. */
import assert from "node:assert/strict"
import { TAG, toHex } from "@enigma-discovery/protocol"
import { expect } from "chai"
import { computeAddress, id, keccak256, MaxUint256, SigningKey, ZeroAddress } from "ethers"
import {
  advanceEpoch,
  commit,
  deployEnigma,
  deploySecretContract,
  drawn,
  ENG,
  EPOCH_LENGTH,
  fund,
  joinWorker,
  makeQuote,
  mineToStart,
  record,
  registerWorker,
  termsOf,
  useNetwork,
} from "../support/network.ts"

describe("found here: a proof", () => {
  it("does not show the success of a task whose callbacks failed", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, workers } = net
    const callee = await net.ethers.deployContract("Callee")
    const callbacks = [{ target: String(callee.target), gasLimit: 50_000, data: "0x12345678" }]
    const tag = toHex(TAG.CALLBACK_FAILED)
    // An inner node of the tree is the hash of two words in order of size: the tag may pass for the smaller sibling.
    for (let tries = 0, below = 0; below < 3; tries++) {
      await record(net, queue, alice, termsOf({ callbackGas: 50_000n }))
      const position = (await enigma.queueOf(queue.contract)).batches
      const { receipts, proofs, call } = await commit(net, queue, workers, { callbacks, newHead: id(`head ${tries}`) })
      if (BigInt(String(call.receiptsRoot)) > BigInt(tag)) below++
      const honest = await enigma.verifyReceipt(queue.contract, receipts[0]!, proofs[0]!, position)
      assert.equal(honest.status, 3n)
      const forged = [...proofs[0]!, tag]
      await expect(enigma.verifyReceipt(queue.contract, receipts[0]!, forged, position)).to.be.revertedWithCustomError(
        enigma,
        "ReceiptNotFound",
      )
    }
  })
})

describe("found here: a staker", () => {
  it("cannot keep a stranger from registering by naming it operator", async () => {
    const net = await useNetwork()
    const { enigma, workers, rest } = net
    const victim = rest[10]!
    await (await enigma.connect(workers[0]!.staker).changeOperator(1, victim)).wait()
    const worker = await registerWorker(net, victim, rest[11]!, id("enclave of the victim"))
    assert.equal(await enigma.workerIdOfOperator(victim), BigInt(worker.id))
  })

  it("hands its worker over when the new operator attests, and the old one is out", async () => {
    const net = await useNetwork()
    const { enigma, workers, rest } = net
    const [worker] = workers
    const next = rest[10]!
    const key = new SigningKey(id("enclave of the next operator"))
    const signer = computeAddress(key.publicKey)
    const quote = await makeQuote(net, next.address, signer, id("encryption key"))
    assert.equal(await enigma.nominatedOperator(1), ZeroAddress)
    const attest = () => enigma.connect(next).renewAttestation(1, signer, id("encryption key"), quote)
    await expect(attest()).to.be.revertedWithCustomError(enigma, "NotAuthorized").withArgs(next.address)
    await expect(enigma.connect(worker!.staker).changeOperator(1, next))
      .to.emit(enigma, "OperatorNominated")
      .withArgs(1, next.address)
    assert.equal(await enigma.nominatedOperator(1), next.address)
    await expect(attest()).to.emit(enigma, "OperatorChanged").withArgs(1, next.address)
    assert.equal((await enigma.workerOf(1)).signer, signer)
    assert.equal(await enigma.workerIdOfOperator(next), 1n)
    assert.equal(await enigma.workerIdOfOperator(worker!.operator), 0n)
    await expect(enigma.connect(worker!.operator).logout(1)).to.be.revertedWithCustomError(enigma, "NotAuthorized")
  })

  it("may take a nomination back", async () => {
    const net = await useNetwork()
    const { enigma, workers, rest } = net
    const next = rest[10]!
    const signer = computeAddress(new SigningKey(id("k")).publicKey)
    const quote = await makeQuote(net, next.address, signer, id("e"))
    await (await enigma.connect(workers[0]!.staker).changeOperator(1, next)).wait()
    await (await enigma.connect(workers[0]!.staker).changeOperator(1, workers[0]!.operator)).wait()
    await expect(enigma.connect(next).renewAttestation(1, signer, id("e"), quote)).to.be.revertedWithCustomError(
      enigma,
      "NotAuthorized",
    )
  })
})

describe("found here: a silent worker", () => {
  it("cannot put off the claim by marking its queue again", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, workers, carol } = net
    await record(net, queue, alice)
    const lazy = await drawn(net, queue, workers)
    await (await enigma.connect(carol).markNoShow(queue.contract)).wait()
    await mineToBlockOfSchedule(net, 98)
    await expect(enigma.connect(lazy.operator).markNoShow(queue.contract)).to.be.revertedWithCustomError(
      enigma,
      "AlreadyMarked",
    )
    await mineToBlockOfSchedule(net, 116)
    await expect(enigma.connect(carol).claimNoShow(queue.contract)).to.emit(enigma, "WorkerSlashed")
  })
})

/** Mines until the next block is number `offset + 1` of the schedule; gives the latest block. */
async function mineToBlockOfSchedule(net: Awaited<ReturnType<typeof deployEnigma>>, offset: number): Promise<number> {
  const now = await net.networkHelpers.time.latestBlock()
  await net.networkHelpers.mine(offset - (now % EPOCH_LENGTH))
  return now - (now % EPOCH_LENGTH) + offset
}

describe("found here: a worker slashed to nothing while weights are closed", () => {
  it("does not leave its weight behind in the lottery", async () => {
    const d = await deployEnigma({ openWindowBlocks: 119, expiryBlocks: 360, noShowPenaltyGrains: 100n * ENG })
    const { enigma, networkHelpers } = d
    const [, alice, operator, staker, carol] = d.signers
    await advanceEpoch(d) // weights are open from here to the next start
    const worker = await joinWorker(d, operator!, staker!, 100n * ENG)
    await fund(d, alice!, 10n * ENG)
    await advanceEpoch(d)
    const queue = await deploySecretContract(d, alice!)
    await mineToStart(d) // the next epoch is due and stays unopened: weights are closed
    await networkHelpers.mine(2)
    await (await enigma.connect(carol!).markNoShow(queue.contract)).wait()
    await mineToBlockOfSchedule(d, 116)
    await (await enigma.connect(carol!).claimNoShow(queue.contract)).wait()
    assert.equal((await enigma.workerOf(worker.id)).stakeGrains, 0n)
    const leave = enigma.connect(operator!).unregister(worker.id)
    await expect(leave).to.be.revertedWithCustomError(enigma, "WeightsClosed")
    await advanceEpoch(d)
    await (await enigma.connect(operator!).unregister(worker.id)).wait()
    assert.deepEqual([...(await enigma.weightOf(worker.id))], [100n, 0n])
    assert.equal((await enigma.workerOf(worker.id)).status, 0n)
  })
})

describe("found here: a task", () => {
  it("cannot name more callback gas than a transaction can carry, which would hold the queue until it expires", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, token, treasurer } = net
    await (await token.connect(treasurer).approve(enigma, MaxUint256)).wait()
    await (await enigma.connect(treasurer).deposit(alice, 1_000n * ENG)).wait()
    const terms = (callbackGas: bigint) => termsOf({ callbackGas, callbackPriceGrains: 1n })
    for (const send of [
      () => enigma.connect(alice).recordTask(queue.contract, id("poison"), terms(10_000_001n)),
      () => enigma.connect(alice).recordTasks(queue.contract, [id("poison")], [terms(20_000_000n)]),
    ]) {
      await expect(send()).to.be.revertedWithCustomError(enigma, "CallbackGasTooHigh")
    }
    await (await enigma.connect(alice).recordTask(queue.contract, id("heavy"), terms(10_000_000n))).wait()
  })
})

describe("found here: a quote of the highest security version", () => {
  it("is accepted like any other", async () => {
    const net = await useNetwork()
    const operator = net.rest[10]!
    const signer = computeAddress(new SigningKey(id("latest")).publicKey)
    const quote = await makeQuote(net, operator.address, signer, keccak256("0x01"), { securityVersion: 65_535 })
    await (await net.enigma.connect(operator).register(operator, signer, keccak256("0x01"), quote)).wait()
  })
})
