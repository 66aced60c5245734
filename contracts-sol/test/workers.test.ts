import assert from "node:assert/strict"
import { expect } from "chai"
import { computeAddress, id, SigningKey, ZeroAddress, ZeroHash } from "ethers"
import {
  advanceEpoch,
  commit,
  drawn,
  ENG,
  EPOCH_LENGTH,
  joinWorker,
  MEASUREMENT,
  makeQuote,
  mineToOpenWeights,
  mineToStart,
  OPEN_WINDOW,
  record,
  registerWorker,
  useNetwork,
} from "./support/network.ts"
import { byTimelock } from "./support/timelock.ts"

const STATUS = { none: 0n, registered: 1n, loggedIn: 2n }
const MIN_STAKE = 100n * ENG
const UNBONDING_BLOCKS = 400

describe("a worker's life", () => {
  it("begins registered, and weighs what it has staked from the epoch after its login", async () => {
    const net = await useNetwork()
    const { enigma, token, rest } = net
    const [operator, staker] = [rest[10]!, rest[11]!]
    const worker = await registerWorker(net, operator, staker, id("new enclave"))
    assert.equal(await enigma.workerIdOfOperator(operator), BigInt(worker.id))
    assert.equal(await enigma.workerIdOfSigner(computeAddress(worker.enclave.publicKey)), BigInt(worker.id))
    await expect(enigma.connect(operator).login(worker.id))
      .to.be.revertedWithCustomError(enigma, "StakeTooLow")
      .withArgs(0n, MIN_STAKE)
    await (await token.transfer(staker, 300n * ENG)).wait()
    await (await token.connect(staker).approve(enigma, 300n * ENG)).wait()
    await expect(enigma.connect(staker).stake(worker.id, 250n * ENG))
      .to.emit(enigma, "Staked")
      .withArgs(worker.id, 250n * ENG, 250n * ENG)
    for (const amount of [0n, 1n << 64n])
      await expect(enigma.connect(staker).stake(worker.id, amount))
        .to.be.revertedWithCustomError(enigma, "AmountOutOfRange")
        .withArgs(amount)
    await expect(enigma.connect(staker).login(worker.id)).to.emit(enigma, "WorkerLoggedIn").withArgs(worker.id)
    await expect(enigma.connect(staker).login(worker.id)).to.be.revertedWithCustomError(enigma, "WrongStatus")
    assert.deepEqual([...(await enigma.weightOf(worker.id))], [0n, 250n])
    await advanceEpoch(net)
    assert.deepEqual([...(await enigma.weightOf(worker.id))], [250n, 250n])
    await net.networkHelpers.mine(OPEN_WINDOW)
    await (await enigma.connect(staker).stake(worker.id, 50n * ENG)).wait()
    assert.deepEqual([...(await enigma.weightOf(worker.id))], [250n, 300n], "what is added counts without a new login")
    assert.deepEqual([...(await enigma.weightOf(0))], [0n, 0n])
  })

  it("ends when it has left, taken its stake, and owns nothing; and begins anew under another id", async () => {
    const net = await useNetwork()
    const { enigma, token, workers, networkHelpers } = net
    const { id: workerId, operator, staker, enclave } = workers[0]!
    await expect(enigma.connect(operator).unregister(workerId)).to.be.revertedWithCustomError(enigma, "WrongStatus")
    await expect(enigma.connect(operator).logout(workerId)).to.emit(enigma, "WorkerLoggedOut").withArgs(workerId)
    await expect(enigma.connect(operator).logout(workerId)).to.be.revertedWithCustomError(enigma, "WrongStatus")
    assert.deepEqual([...(await enigma.weightOf(workerId))], [1_000n, 0n])
    await (await enigma.connect(staker).unbond(workerId, 1_000n * ENG)).wait()
    await expect(enigma.connect(staker).withdrawStake(workerId, staker)).to.be.revertedWithCustomError(
      enigma,
      "StillUnbonding",
    )
    // Whoever was drawn for the fixture's first batch has earnings, too.
    const { earningsGrains } = await enigma.workerOf(workerId)
    await expect(enigma.connect(operator).unregister(workerId))
      .to.be.revertedWithCustomError(enigma, "NotEmpty")
      .withArgs(1_000n * ENG + earningsGrains)
    await networkHelpers.mine(UNBONDING_BLOCKS)
    await (await enigma.connect(staker).claimEarnings(workerId, false)).wait()
    const before = await token.balanceOf(staker)
    await expect(enigma.connect(staker).withdrawStake(workerId, staker))
      .to.emit(enigma, "StakeWithdrawn")
      .withArgs(workerId, staker, 1_000n * ENG)
    assert.equal((await token.balanceOf(staker)) - before, 1_000n * ENG)
    await expect(enigma.connect(staker).withdrawStake(workerId, staker)).to.be.revertedWithCustomError(
      enigma,
      "AmountOutOfRange",
    )
    await mineToOpenWeights(net)
    await expect(enigma.connect(operator).unregister(workerId)).to.emit(enigma, "WorkerUnregistered").withArgs(workerId)
    await expect(enigma.connect(operator).login(workerId)).to.be.revertedWithCustomError(enigma, "UnknownWorker")
    await expect(enigma.syncWeight(workerId)).to.be.revertedWithCustomError(enigma, "UnknownWorker")
    // Its enclave's key stays its author's: a new life needs a fresh enclave.
    const signer = computeAddress(enclave.publicKey)
    const quote = await makeQuote(net, await operator.getAddress(), signer, id("e"))
    await expect(enigma.connect(operator).register(staker, signer, id("e"), quote))
      .to.be.revertedWithCustomError(enigma, "AlreadyRegistered")
      .withArgs(signer, workerId)
    const again = await joinWorker(net, operator, staker, MIN_STAKE)
    assert.equal(again.id, 4)
    await advanceEpoch(net)
    assert.equal((await enigma.currentEpoch()).totalWeight, 2_500n + 4_000n + 100n, "one weight for one stake")
  })

  it("goes on with part of the stake, and stops below the minimum", async () => {
    const net = await useNetwork()
    const { enigma, workers } = net
    const { id: workerId, staker } = workers[0]!
    await (await enigma.connect(staker).unbond(workerId, 400n * ENG)).wait()
    assert.equal((await enigma.workerOf(workerId)).status, STATUS.loggedIn)
    assert.deepEqual([...(await enigma.weightOf(workerId))], [1_000n, 600n])
    await expect(enigma.connect(staker).unbond(workerId, 501n * ENG)).to.emit(enigma, "WorkerLoggedOut")
    assert.deepEqual([...(await enigma.weightOf(workerId))], [1_000n, 0n])
    await expect(enigma.connect(staker).unbond(workerId, 0n)).to.be.revertedWithCustomError(enigma, "AmountOutOfRange")
    await expect(enigma.connect(staker).unbond(workerId, 100n * ENG)).to.be.revertedWithCustomError(
      enigma,
      "StakeTooLow",
    )
  })

  it("renews its attestation, with new keys too", async () => {
    const net = await useNetwork()
    const { enigma, workers, networkHelpers, rest } = net
    const { id: workerId, operator, enclave } = workers[0]!
    const first = (await enigma.workerOf(workerId)).attestationExpiryS
    await networkHelpers.time.increase(1_000)
    const renew = async (key: SigningKey, changes = {}, caller = operator) => {
      const signer = computeAddress(key.publicKey)
      const quote = await makeQuote(net, await operator.getAddress(), signer, id("e"), changes)
      return enigma.connect(caller).renewAttestation(workerId, signer, id("e"), quote)
    }
    await expect(renew(enclave)).to.emit(enigma, "WorkerAttested")
    assert.ok((await enigma.workerOf(workerId)).attestationExpiryS > first)
    const fresh = new SigningKey(id("fresh"))
    await renew(fresh)
    assert.equal((await enigma.workerOf(workerId)).signer, computeAddress(fresh.publicKey))
    assert.equal(await enigma.workerIdOfSigner(computeAddress(enclave.publicKey)), BigInt(workerId), "former key")
    await expect(renew(workers[1]!.enclave)).to.be.revertedWithCustomError(enigma, "AlreadyRegistered")
    await expect(renew(fresh, {}, rest[12]!)).to.be.revertedWithCustomError(enigma, "NotAuthorized")
    const zero = enigma.connect(operator).renewAttestation(workerId, ZeroAddress, id("e"), "0x")
    await expect(zero).to.be.revertedWithCustomError(enigma, "ZeroKey")
  })

  it("is registered with a staker, an operator of its own, and live keys", async () => {
    const net = await useNetwork()
    const { enigma, workers, rest } = net
    const key = computeAddress(new SigningKey(id("k")).publicKey)
    const quote = await makeQuote(net, rest[10]!.address, key, id("e"))
    const register = (staker: string, encryption: string) =>
      enigma.connect(rest[10]!).register(staker, key, encryption, quote)
    await expect(register(ZeroAddress, id("e"))).to.be.revertedWithCustomError(enigma, "ZeroKey")
    await expect(register(key, ZeroHash)).to.be.revertedWithCustomError(enigma, "ZeroKey")
    await expect(enigma.connect(workers[0]!.operator).register(key, key, id("e"), quote)).to.be.revertedWithCustomError(
      enigma,
      "AlreadyRegistered",
    )
    await expect(
      enigma.connect(workers[0]!.staker).changeOperator(workers[0]!.id, ZeroAddress),
    ).to.be.revertedWithCustomError(enigma, "ZeroKey")
    await expect(enigma.connect(rest[10]!).changeOperator(1, rest[10]!))
      .to.be.revertedWithCustomError(enigma, "NotAuthorized")
      .withArgs(rest[10]!.address)
    await expect(enigma.connect(rest[10]!).changeOperator(9, rest[10]!)).to.be.revertedWithCustomError(
      enigma,
      "UnknownWorker",
    )
  })

  it("is told by pages", async () => {
    const net = await useNetwork()
    const { enigma } = net
    assert.equal(await enigma.workerCount(), 3n)
    assert.deepEqual(
      (await enigma.workersFrom(1, 2)).map((w) => w.stakeGrains / ENG),
      [1_000n, 2_500n],
    )
    assert.deepEqual(
      (await enigma.workersFrom(3, 10)).map((w) => w.stakeGrains / ENG),
      [4_000n],
    )
    assert.deepEqual([...(await enigma.workersFrom(4, 10))], [])
    assert.deepEqual([...(await enigma.workersFrom(2 ** 32 - 1, 10))], [])
  })
})

describe("weights", () => {
  it("do not move while the next epoch is due, whoever tries", async () => {
    const net = await useNetwork()
    const { enigma, token, queue, workers } = net
    const { id: workerId, operator, staker } = await drawn(net, queue, workers)
    await (await token.transfer(staker, ENG)).wait()
    await (await token.connect(staker).approve(enigma, ENG)).wait()
    const start = await mineToStart(net)
    const moves = [
      () => enigma.connect(operator).logout(workerId),
      () => enigma.connect(operator).login(workerId),
      () => enigma.connect(staker).stake(workerId, ENG),
      () => enigma.connect(staker).unbond(workerId, ENG),
      () => enigma.connect(operator).claimEarnings(workerId, true),
      () => enigma.syncWeight(workerId),
    ]
    for (const move of moves) {
      await expect(move())
        .to.be.revertedWithCustomError(enigma, "WeightsClosed")
        .withArgs(start, start + OPEN_WINDOW)
    }
    // Claiming to credit moves no weight.
    await (await enigma.connect(operator).claimEarnings(workerId, false)).wait()
    await net.networkHelpers.mine(OPEN_WINDOW + 1)
    await (await enigma.connect(operator).logout(workerId)).wait()
  })
})

describe("earnings", () => {
  it("go to the staker's credit or to the stake, and count there", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, workers } = net
    await record(net, queue, alice)
    const worker = await drawn(net, queue, workers)
    await commit(net, queue, workers)
    const { earningsGrains, stakeGrains } = await enigma.workerOf(worker.id)
    assert.ok(earningsGrains > 0n)
    await expect(enigma.connect(worker.operator).claimEarnings(worker.id, true))
      .to.emit(enigma, "EarningsClaimed")
      .withArgs(worker.id, earningsGrains, true)
    assert.equal((await enigma.workerOf(worker.id)).stakeGrains, stakeGrains + earningsGrains)
    await (await enigma.connect(worker.operator).claimEarnings(worker.id, true)).wait()
    await record(net, queue, alice)
    await commit(net, queue, workers)
    const more = (await enigma.workerOf(worker.id)).earningsGrains
    const before = await enigma.creditOf(worker.staker)
    await (await enigma.connect(worker.operator).claimEarnings(worker.id, false)).wait()
    assert.equal((await enigma.creditOf(worker.staker)) - before, more)
    assert.equal((await enigma.workerOf(worker.id)).earningsGrains, 0n)
  })
})

describe("attestation", () => {
  it("is refused for a quote that is short, of another kind, program, root, subject or time", async () => {
    const net = await useNetwork()
    const { enigma, verifier, rest } = net
    const operator = rest[10]!
    const signer = computeAddress(new SigningKey(id("k")).publicKey)
    const quote = (changes = {}) => makeQuote(net, operator.address, signer, id("e"), changes)
    const good = await quote()
    const now = BigInt(await net.networkHelpers.time.latest())
    const cases: [string, string][] = [
      ["0x", "QuoteMalformed"],
      [good.slice(0, -2), "QuoteMalformed"],
      [`0x02${good.slice(4)}`, "QuoteMalformed"],
      [`0x0102${good.slice(6)}`, "QuoteMalformed"],
      [await quote({ measurement: id("other program") }), "MeasurementNotAllowed"],
      [await quote({ root: new SigningKey(id("other root")) }), "QuoteSignatureInvalid"],
      [await makeQuote(net, rest[11]!.address, signer, id("e")), "ReportDataMismatch"],
      [await quote({ issuedAtS: now + 4_000n }), "QuoteNotFresh"],
      [await quote({ issuedAtS: now - 2_592_000n }), "QuoteNotFresh"],
    ]
    for (const [bytes, error] of cases) {
      const sent = enigma.connect(operator).register(operator, signer, id("e"), bytes)
      await expect(sent, error).to.be.revertedWithCustomError(verifier, error)
    }
  })

  it("of a revoked program can be ended by anyone, and weighs nothing from the next epoch on", async () => {
    const net = await useNetwork()
    const { enigma, verifier, carol, workers, queue, alice } = net
    await expect(enigma.connect(carol).revokeAttestation(1)).to.be.revertedWithCustomError(
      enigma,
      "AttestationStillValid",
    )
    await byTimelock(net, String(verifier.target), verifier.interface.encodeFunctionData("revoke", [MEASUREMENT]))
    await record(net, queue, alice)
    const worker = await drawn(net, queue, workers)
    await expect(enigma.connect(carol).revokeAttestation(worker.id)).to.emit(enigma, "AttestationRevoked")
    assert.equal((await enigma.workerOf(worker.id)).status, STATUS.registered)
    assert.equal((await enigma.weightOf(worker.id)).pending, 0n)
    await expect(commit(net, queue, workers)).to.be.revertedWithCustomError(enigma, "WorkerNotEligible")
    await expect(enigma.connect(worker.operator).login(worker.id)).to.be.revertedWithCustomError(
      enigma,
      "AttestationExpired",
    )
    await (await enigma.connect(carol).revokeAttestation(worker.id)).wait()
    // While weights are closed the weight stays until anyone syncs it.
    const other = workers.find(({ id }) => id !== worker.id)!
    await mineToStart(net)
    await (await enigma.connect(carol).revokeAttestation(other.id)).wait()
    assert.notEqual((await enigma.weightOf(other.id)).pending, 0n)
    await net.networkHelpers.mine(OPEN_WINDOW)
    await expect(enigma.connect(carol).syncWeight(other.id)).to.emit(enigma, "WeightChanged").withArgs(other.id, 0n)
    await (await enigma.connect(carol).syncWeight(other.id)).wait()
  })

  it("that is over keeps a worker from logging in and committing", async () => {
    const net = await useNetwork()
    const { enigma, workers, networkHelpers } = net
    const { id: workerId, operator } = workers[0]!
    await (await enigma.connect(operator).logout(workerId)).wait()
    const expiry = (await enigma.workerOf(workerId)).attestationExpiryS
    await networkHelpers.time.increaseTo(expiry)
    await expect(enigma.connect(operator).login(workerId))
      .to.be.revertedWithCustomError(enigma, "AttestationExpired")
      .withArgs(expiry)
  })

  it("by a dev root is configured by the timelock alone, with a root and an age", async () => {
    const net = await useNetwork()
    const { verifier, ethers, carol } = net
    for (const sent of [
      () => verifier.connect(carol).allow(MEASUREMENT, 0),
      () => verifier.connect(carol).revoke(MEASUREMENT),
    ]) {
      await expect(sent()).to.be.revertedWithCustomError(verifier, "OwnableUnauthorizedAccount")
    }
    for (const [root, age] of [
      [ZeroAddress, 1],
      [carol.address, 0],
    ]) {
      await expect(
        ethers.deployContract("DevAttestationVerifier", [carol.address, root, age, []]),
      ).to.be.revertedWithCustomError(verifier, "ZeroParameter")
    }
    await byTimelock(net, String(verifier.target), verifier.interface.encodeFunctionData("allow", [MEASUREMENT, 5]))
    const signer = computeAddress(new SigningKey(id("k")).publicKey)
    const operator = net.rest[10]!
    const register = async (securityVersion: number) => {
      const quote = await makeQuote(net, operator.address, signer, id("e"), { securityVersion })
      return net.enigma.connect(operator).register(operator, signer, id("e"), quote)
    }
    await expect(register(4)).to.be.revertedWithCustomError(verifier, "MeasurementNotAllowed").withArgs(MEASUREMENT, 4)
    await (await register(5)).wait()
  })
})

describe("views of epochs", () => {
  it("keep the last 64, and tell the epoch of a block", async () => {
    const net = await useNetwork()
    const { enigma } = net
    const one = await enigma.epochAt(1)
    const tx = await advanceEpoch(net)
    const two = await enigma.currentEpoch()
    assert.deepEqual([one.epoch, two.epoch, two.openedAtBlock], [1n, 2n, BigInt(tx.blockNumber!)])
    assert.equal((await enigma.epochAt(1)).totalWeight, 0n)
    assert.deepEqual([...(await enigma.epochAt(3))], [0n, 0n, 0n, ZeroHash, 0n])
    const group = await enigma.drawnGroup(net.queue.contract, 3)
    assert.deepEqual([...group].sort(), [1n, 2n, 3n])
    assert.equal(group[0], await enigma.drawnWorker(net.queue.contract))
    for (const size of [0, 9, 2 ** 200]) {
      await expect(enigma.drawnGroup(net.queue.contract, BigInt(size))).to.be.revertedWithCustomError(
        net.deployed.workers as never,
        "GroupSizeOutOfRange",
      )
    }
    assert.equal(EPOCH_LENGTH, Number((await enigma.parameters()).epochLengthBlocks))
  })
})
