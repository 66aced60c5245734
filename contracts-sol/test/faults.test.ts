import assert from "node:assert/strict"
import { expect } from "chai"
import { computeAddress, id, SigningKey } from "ethers"
import { answerOf, questionOf, statement, twoResults } from "./support/faults.ts"
import {
  advanceEpoch,
  commit,
  deployEnigma,
  deploySecretContract,
  drawn,
  ENG,
  EPOCH_LENGTH,
  makeQuote,
  mineToStart,
  OPEN_WINDOW,
  type RunningNetwork,
  record,
  signedBatch,
  termsOf,
  useNetwork,
} from "./support/network.ts"

const PENALTY = ENG
const BANNED = 4n
const JAILED = 3n

/** Mines so that the next block is this one of its schedule. */
async function mineToNext(net: RunningNetwork, offset: number): Promise<void> {
  const now = await net.networkHelpers.time.latestBlock()
  const distance = offset - 1 - (now % EPOCH_LENGTH)
  assert.ok(distance >= 0, "too late in the schedule")
  if (distance > 0) await net.networkHelpers.mine(distance)
}

async function withSilence() {
  const net = await useNetwork()
  await record(net, net.queue, net.alice)
  return { ...net, silent: await drawn(net, net.queue, net.workers) }
}

describe("a no-show", () => {
  it("is marked, claimed in the last blocks of the schedule, and costs a penalty and jail", async () => {
    const net = await withSilence()
    const { enigma, queue, carol, silent } = net
    const stake = (await enigma.workerOf(silent.id)).stakeGrains
    const locked = queue.tasks[1]!.lockedGrains
    await expect(enigma.connect(carol).markNoShow(queue.contract))
      .to.emit(enigma, "NoShowMarked")
      .withArgs(queue.contract, silent.id, 1, locked)
    await mineToNext(net, 115)
    const [treasury, credit] = [await enigma.treasury(), await enigma.creditOf(carol)]
    const reward = PENALTY / 10n
    await expect(enigma.connect(carol).claimNoShow(queue.contract))
      .to.emit(enigma, "WorkerSlashed")
      .withArgs(silent.id, 1, PENALTY, carol.address, reward)
    assert.equal((await enigma.treasury()) - treasury, PENALTY - reward)
    assert.equal((await enigma.creditOf(carol)) - credit, reward)
    const worker = await enigma.workerOf(silent.id)
    assert.deepEqual([worker.status, worker.stakeGrains, worker.jailedUntilEpoch], [JAILED, stake - PENALTY, 4n])
    const { inForce, pending } = await enigma.weightOf(silent.id)
    assert.deepEqual([inForce, pending], [stake / ENG, 0n], "the draw in force does not move")
    await expect(enigma.connect(carol).claimNoShow(queue.contract)).to.be.revertedWithCustomError(
      enigma,
      "AlreadyPunished",
    )
    // It may still make good in this epoch, and comes back after its time.
    await commit(net, queue, net.workers)
    await advanceEpoch(net)
    await net.networkHelpers.mine(OPEN_WINDOW)
    await expect(enigma.connect(silent.operator).login(silent.id))
      .to.be.revertedWithCustomError(enigma, "StillJailed")
      .withArgs(4)
    for (let i = 0; i < 2; i++) await advanceEpoch(net)
    await net.networkHelpers.mine(OPEN_WINDOW)
    await (await enigma.connect(silent.operator).login(silent.id)).wait()
    assert.equal((await enigma.weightOf(silent.id)).pending, (stake - PENALTY) / ENG)
  })

  it("takes a waiting record, a mark in time, and the right time to claim", async () => {
    const net = await withSilence()
    const { enigma, queue, carol } = net
    const mark = () => enigma.connect(carol).markNoShow(queue.contract)
    const claim = () => enigma.connect(carol).claimNoShow(queue.contract)
    await expect(enigma.markNoShow(carol.address)).to.be.revertedWithCustomError(enigma, "QueueEmpty")
    await expect(claim()).to.be.revertedWithCustomError(enigma, "NotMarked").withArgs(0)
    const marked = (await (await mark()).wait())!.blockNumber
    await expect(claim())
      .to.be.revertedWithCustomError(enigma, "NotMarked")
      .withArgs(marked + 30)
    await mineToNext(net, 114)
    const start = marked - (marked % EPOCH_LENGTH)
    await expect(claim())
      .to.be.revertedWithCustomError(enigma, "NotClaimTime")
      .withArgs(start + 115, start + 119)
    await expect(enigma.markNoShow(queue.contract))
      .to.be.revertedWithCustomError(enigma, "TooLateToMark")
      .withArgs(start + 99)
    await advanceEpoch(net)
    await mineToNext(net, 116)
    await expect(claim()).to.be.revertedWithCustomError(enigma, "NotMarked").withArgs(0)
  })

  it("is none when the record was resolved, or its worker did its share elsewhere", async () => {
    const net = await withSilence()
    const { enigma, queue, carol, alice, workers, silent } = net
    await record(net, queue, alice)
    await (await enigma.markNoShow(queue.contract)).wait()
    await commit(net, queue, workers, { toIndex: 2 })
    await (await enigma.markNoShow(queue.contract)).wait()
    let other = await deploySecretContract(net, alice, "other")
    for (let i = 0; Number(await enigma.drawnWorker(other.contract)) !== silent.id; i++) {
      other = await deploySecretContract(net, alice, `other ${i}`)
    }
    await record(net, other, alice, termsOf({ gasLimit: 1_000_000n }))
    await commit(net, other, workers)
    await mineToNext(net, 115)
    await expect(enigma.connect(carol).claimNoShow(queue.contract)).to.be.revertedWithCustomError(enigma, "ShareDone")
    await commit(net, queue, workers)
    await expect(enigma.connect(carol).claimNoShow(queue.contract))
      .to.be.revertedWithCustomError(enigma, "RecordResolved")
      .withArgs(2)
  })

  it("of a worker that logged out meanwhile is punished all the same, and a small stake by what there is", async () => {
    const net = await withSilence()
    const { enigma, queue, carol, silent } = net
    await (await enigma.markNoShow(queue.contract)).wait()
    const all = (await enigma.workerOf(silent.id)).stakeGrains
    await (await enigma.connect(silent.staker).unbond(silent.id, all - 5n)).wait()
    await mineToNext(net, 117)
    await expect(enigma.connect(carol).claimNoShow(queue.contract))
      .to.emit(enigma, "WorkerSlashed")
      .withArgs(silent.id, 1, 5n, carol.address, 0n)
    assert.equal((await enigma.workerOf(silent.id)).status, 1n, "logged out, and kept out by its jail time")
  })
})

describe("two results for one question", () => {
  it("cost half of all that is staked or leaving, and a ban", async () => {
    const net = await withSilence()
    const { enigma, carol, silent, queue } = net
    const stake = (await enigma.workerOf(silent.id)).stakeGrains
    await (await enigma.connect(silent.staker).unbond(silent.id, stake / 4n)).wait()
    const proof = await twoResults(net, silent.enclave)
    const before = await enigma.creditOf(carol)
    await expect(enigma.connect(carol).proveEquivocation(...proof))
      .to.emit(enigma, "WorkerSlashed")
      .withArgs(silent.id, 2, stake / 2n, carol.address, stake / 20n)
    assert.equal((await enigma.creditOf(carol)) - before, stake / 20n)
    const worker = await enigma.workerOf(silent.id)
    assert.deepEqual([worker.status, worker.stakeGrains + worker.unbondingGrains], [BANNED, stake / 2n])
    await expect(enigma.connect(carol).proveEquivocation(...proof)).to.be.revertedWithCustomError(
      enigma,
      "AlreadyPunished",
    )
    // Its signatures count no more, its stake does not come back into play, and what is left may leave.
    await expect(commit(net, queue, net.workers)).to.be.revertedWithCustomError(enigma, "WorkerNotEligible")
    const { staker, operator, id: workerId } = silent
    for (const sent of [
      () => enigma.connect(operator).login(workerId),
      () => enigma.connect(staker).stake(workerId, 1n),
      () => enigma.connect(operator).unregister(workerId),
      () => enigma.connect(operator).renewAttestation(workerId, carol, id("e"), "0x"),
    ]) {
      await expect(sent()).to.be.revertedWithCustomError(enigma, "WrongStatus").withArgs(workerId, BANNED)
    }
    const left = (await enigma.workerOf(workerId)).stakeGrains
    await (await enigma.connect(staker).unbond(workerId, left)).wait()
    await net.networkHelpers.mine(400)
    await (await enigma.connect(staker).withdrawStake(workerId, staker)).wait()
    assert.equal(await net.token.balanceOf(staker), stake / 2n)
  })

  it("bar a banned worker's fees from its stake, not from its staker", async () => {
    const net = await withSilence()
    const { enigma, queue, workers, silent, alice } = net
    await commit(net, queue, workers)
    await record(net, queue, alice)
    await (await enigma.proveEquivocation(...(await twoResults(net, silent.enclave)))).wait()
    const claim = (toStake: boolean) => enigma.connect(silent.operator).claimEarnings(silent.id, toStake)
    await expect(claim(true)).to.be.revertedWithCustomError(enigma, "WrongStatus")
    await (await claim(false)).wait()
    assert.ok((await enigma.creditOf(silent.staker)) > 0n)
  })

  it("are none when they are one, of two periods, of two signers, or of nobody's key", async () => {
    const net = await withSilence()
    const { enigma, silent, workers, queue } = net
    const one = await signedBatch(net, queue, workers)
    const question = questionOf(one.signed, one.link)
    const answer = answerOf(one.signed)
    const refused = (b: typeof answer, error: string) =>
      expect(enigma.proveEquivocation(question, answer, b), error).to.be.revertedWithCustomError(enigma, error)
    await refused(answer, "NoContradiction")
    const sooner = { validUntilBlock: BigInt(one.signed.validUntilBlock) - 1n }
    await refused(answerOf((await signedBatch(net, queue, workers, sooner)).signed), "NoContradiction")
    const next = { validUntilBlock: BigInt(one.signed.validUntilBlock) + 1n, newHead: id("other") }
    await refused(answerOf((await signedBatch(net, queue, workers, next)).signed), "NoContradiction")
    const other = workers.find(({ id }) => id !== silent.id)!
    const theirs = await signedBatch(net, queue, workers, { newHead: id("other") }, other.enclave)
    await refused(answerOf(theirs.signed), "SignersDiffer")
    const stranger = await twoResults(net, new SigningKey(id("stranger")))
    await expect(enigma.proveEquivocation(...stranger))
      .to.be.revertedWithCustomError(enigma, "UnknownWorker")
      .withArgs(0)
  })

  it("are proven against former keys too", async () => {
    const net = await withSilence()
    const { enigma, silent } = net
    const proof = await twoResults(net, silent.enclave)
    const signer = computeAddress(new SigningKey(id("fresh")).publicKey)
    const quote = await makeQuote(net, await silent.operator.getAddress(), signer, id("e"))
    await (await enigma.connect(silent.operator).renewAttestation(silent.id, signer, id("e"), quote)).wait()
    await (await enigma.proveEquivocation(...proof)).wait()
    assert.equal((await enigma.workerOf(silent.id)).status, BANNED)
  })

  it("while weights are closed ban at once, and the weight goes when anyone syncs it", async () => {
    const net = await withSilence()
    const { enigma, silent, carol } = net
    const proof = await twoResults(net, silent.enclave)
    await mineToStart(net)
    await (await enigma.proveEquivocation(...proof)).wait()
    const { inForce, pending } = await enigma.weightOf(silent.id)
    assert.equal(pending, inForce)
    await net.networkHelpers.mine(OPEN_WINDOW)
    await (await enigma.connect(carol).syncWeight(silent.id)).wait()
    assert.equal((await enigma.weightOf(silent.id)).pending, 0n)
  })
})

describe("two key statements", () => {
  it("with different keys cost a ban", async () => {
    const net = await useNetwork()
    const { enigma, queue, workers, carol } = net
    const [worker, other] = workers
    const of = (key: string, enclave = worker!.enclave) => statement(net, queue.contract, 1, key, enclave)
    const [a, b] = [id("key a"), id("key b")]
    const prove = (keyB: string, signatureB: string) =>
      enigma.connect(carol).proveConflictingKeys(queue.contract, 1, a, of(a), keyB, signatureB)
    await expect(prove(a, of(a))).to.be.revertedWithCustomError(enigma, "NoContradiction")
    await expect(prove(b, of(b, other!.enclave))).to.be.revertedWithCustomError(enigma, "SignersDiffer")
    await expect(prove(b, of(b))).to.emit(enigma, "WorkerSlashed")
    assert.equal((await enigma.workerOf(worker!.id)).status, BANNED)
  })
})

describe("penalties", () => {
  it("of everything leave nothing, and are not paid to whoever shows them", async () => {
    await assert.rejects(deployEnigma({ proofRewardBps: 5_001 }), /ParameterOutOfRange/)
  })
})
