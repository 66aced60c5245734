/** The known flaws of the original's contracts (2018-2020), each as the attack it allowed, and that it fails here. */
import assert from "node:assert/strict"
import { expect } from "chai"
import { computeAddress, id, SigningKey } from "ethers"
import { batchDigest } from "../support/batch.ts"
import { gasOf, itWithRealGas } from "../support/gas.ts"
import {
  advanceEpoch,
  beaconFor,
  commit,
  deployEnigma,
  deploySecretContract,
  drawn,
  ENG,
  fund,
  joinWorker,
  makeQuote,
  mineToOpenWeights,
  mineToStart,
  OPEN_WINDOW,
  record,
  registerWorker,
  signedBatch,
  termsOf,
  useNetwork,
} from "../support/network.ts"
import { settleArgs } from "../support/settlement.ts"

const apart = (a: bigint, b: bigint) => (a > b ? a - b : b - a)

describe("flaw of the original", () => {
  it("1: stake frozen at the last login, fees in phantom records", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, workers } = net
    await record(net, queue, alice, termsOf({ gasLimit: 10_000_000n, gasPriceGrains: 20n }))
    const worker = await drawn(net, queue, workers)
    await commit(net, queue, workers, { refund: () => 0n })
    const { earningsGrains, stakeGrains } = await enigma.workerOf(worker.id)
    assert.ok(earningsGrains >= 2n * ENG)
    await (await enigma.connect(worker.operator).claimEarnings(worker.id, true)).wait()
    await advanceEpoch(net)
    const { inForce } = await enigma.weightOf(worker.id)
    assert.equal(inForce, (stakeGrains + earningsGrains) / ENG, "earned fees count in the next epoch, without a login")
  })

  it("2: unregister and register again for twice the weight", async () => {
    const net = await useNetwork()
    const { enigma, workers, networkHelpers } = net
    const { id: workerId, operator, staker } = workers[1]!
    await (await enigma.connect(staker).unbond(workerId, 2_500n * ENG)).wait()
    await networkHelpers.mine(400)
    await (await enigma.connect(staker).withdrawStake(workerId, staker)).wait()
    await (await enigma.connect(staker).claimEarnings(workerId, false)).wait()
    await mineToOpenWeights(net)
    await (await enigma.connect(operator).unregister(workerId)).wait()
    await joinWorker(net, operator, staker, 2_500n * ENG)
    await advanceEpoch(net)
    assert.equal((await enigma.currentEpoch()).totalWeight, 1_000n + 2_500n + 4_000n)
    assert.deepEqual([...(await enigma.weightOf(workerId))], [0n, 0n])
  })

  it("3: a seed opened one block after the last, or chosen among several", async () => {
    const net = await useNetwork()
    const { enigma, networkHelpers } = net
    const next = Number((await enigma.currentEpoch()).epoch) + 1
    const start = await mineToStart(net)
    const beacon = await beaconFor(net, next, start)
    await (await enigma.openEpoch(beacon)).wait()
    const { seed } = await enigma.currentEpoch()
    for (let i = 0; i < 5; i++) {
      for (const s of [start, start + i]) {
        const another = await beaconFor(net, next + 1, s)
        await expect(enigma.openEpoch(another)).to.be.revertedWithCustomError(enigma, "NoEpochDue")
      }
      await networkHelpers.mine(1)
    }
    assert.equal((await enigma.currentEpoch()).seed, seed)
    // One message has one signature, so a keeper has nothing to choose from; waiting longer gives the same seed.
    const later = await mineToStart(net)
    await networkHelpers.mine(OPEN_WINDOW - 1)
    await (await enigma.openEpoch(await beaconFor(net, next + 1, later))).wait()
  })

  it("4: a callback to the token's transfer that drains every stake", async () => {
    const net = await useNetwork()
    const { enigma, token, queue, alice, carol, workers, address } = net
    const held = await token.balanceOf(address)
    const data = token.interface.encodeFunctionData("transfer", [carol.address, ENG])
    const more = [
      token.interface.encodeFunctionData("transferFrom", [address, carol.address, ENG]),
      token.interface.encodeFunctionData("approve", [carol.address, 2n ** 255n]),
    ]
    const position = (await enigma.queueOf(queue.contract)).batches
    for (const [i, attempt] of [data, ...more].entries()) {
      await record(net, queue, alice, termsOf({ callbackGas: 100_000n }))
      const callbacks = [{ target: String(token.target), gasLimit: 100_000, data: attempt }]
      const { call } = await commit(net, queue, workers, { callbacks })
      const failed = i < 2
      const entry = await enigma.receiptsAt(queue.contract, Number(position) + i)
      assert.equal(entry !== call.receiptsRoot, failed)
    }
    assert.equal(await token.balanceOf(address), held)
    assert.equal(await token.allowance(address, carol.address), 0n, "the account's allowance is its own")
    assert.equal(await token.allowance(queue.contract, carol.address), 2n ** 255n)
  })

  itWithRealGas("5: a commit that costs more with every receipt before it", async () => {
    const net = await useNetwork()
    const { queue, alice, workers, enigma } = net
    const gas: bigint[] = []
    for (let i = 0; i < 70; i++) {
      await record(net, queue, alice)
      const { signed } = await signedBatch(net, queue, workers)
      gas.push(await gasOf(enigma.commitBatch(signed)))
      queue.committed = Number(signed.toIndex)
      queue.head = String(signed.newHead)
    }
    // The first lap of the ring fills slots; from then on nothing grows. Bytes of calldata differ by a few.
    assert.ok(apart(gas[40]!, gas[69]!) < 500n, `${gas[40]} and ${gas[69]}`)
    assert.ok(gas[69]! <= gas[5]!)
  })

  itWithRealGas("6 and 7: opening an epoch and registering that cost more with every worker", async () => {
    const net = await useNetwork()
    const { enigma, signers } = net
    await advanceEpoch(net)
    const open = async () => (await (await advanceEpoch(net)).wait())!.gasUsed
    const register = async (i: number) => {
      const operator = signers[0]!
      const wallet = net.ethers.Wallet.createRandom().connect(net.ethers.provider)
      await (await operator.sendTransaction({ to: wallet, value: 10n ** 18n })).wait()
      const key = new SigningKey(id(`crowd ${i}`))
      const quote = await makeQuote(net, wallet.address, computeAddress(key.publicKey), id("e"))
      return gasOf(enigma.connect(wallet).register(wallet, computeAddress(key.publicKey), id("e"), quote))
    }
    const openedWithFew = await open()
    const gas: bigint[] = []
    for (let i = 0; i < 50; i++) gas.push(await register(i))
    const openedWithMany = await open()
    assert.ok(apart(openedWithFew, openedWithMany) < 1_500n, `${openedWithFew} and ${openedWithMany}`)
    // The 8th and the 50th worker put another root on the tree; between them nothing grows.
    assert.ok(apart(gas[6]!, gas[40]!) < 500n, `${gas[6]} and ${gas[40]}`)
    assert.ok(apart(gas[6]!, gas[49]!) < 500n, `${gas[6]} and ${gas[49]}`)
  })

  it("9: a draw from no stake, or before the first epoch", async () => {
    const d = await deployEnigma()
    const { enigma, signers, deployed } = d
    const parts = deployed.workers as never
    await fund(d, signers[1]!, 10n * ENG)
    const queue = await deploySecretContract(d, signers[1]!)
    await expect(enigma.drawnWorker(queue.contract)).to.be.revertedWithCustomError(parts, "EmptyDraw").withArgs(0)
    await mineToOpenWeights(d)
    const worker = await registerWorker(d, signers[5]!, signers[6]!, id("no stake"))
    await advanceEpoch(d)
    await expect(enigma.drawnWorker(queue.contract)).to.be.revertedWithCustomError(parts, "EmptyDraw").withArgs(1)
    await expect(commit(d, queue, [worker])).to.be.revert(d.ethers)
    assert.equal((await enigma.queueOf(queue.contract)).committed, 0n)
  })

  it("10: tasks lost when their worker leaves or five epochs pass", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, workers } = net
    await record(net, queue, alice)
    const first = await drawn(net, queue, workers)
    await (await enigma.connect(first.operator).logout(first.id)).wait()
    await advanceEpoch(net)
    await advanceEpoch(net)
    const successor = await drawn(net, queue, workers)
    assert.notEqual(successor.id, first.id)
    await commit(net, queue, workers)
    // Nobody commits the next one: it is settled, and its sender has all but the keeper's reward.
    const before = await enigma.creditOf(alice)
    await record(net, queue, alice)
    for (let i = 0; i < 4; i++) await advanceEpoch(net)
    await (await enigma.connect(net.carol).settleExpired(...settleArgs(queue))).wait()
    assert.equal(await enigma.creditOf(alice), before - 5_000n)
  })

  it("11: a code hash nobody checks, an unsigned failure", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, workers } = net
    assert.equal(await enigma.secretContractAddress(alice, id("code"), id("salt")), queue.contract)
    assert.notEqual(await enigma.secretContractAddress(alice, id("other code"), id("salt")), queue.contract)
    await record(net, queue, alice)
    const position = (await enigma.queueOf(queue.contract)).batches
    const { receipts, proofs } = await commit(net, queue, workers, { status: () => 2 })
    const failure = receipts[0]!
    assert.equal((await enigma.verifyReceipt(queue.contract, failure, proofs[0]!, position)).status, 2n)
    for (const change of [{ outputHash: id("another output") }, { status: 1 }]) {
      await expect(
        enigma.verifyReceipt(queue.contract, { ...failure, ...change }, proofs[0]!, position),
      ).to.be.revertedWithCustomError(enigma, "ReceiptNotFound")
    }
  })

  it("12: a signature of another chain or another Enigma", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, workers, chainId, address } = net
    await record(net, queue, alice)
    const worker = await drawn(net, queue, workers)
    const made = await signedBatch(net, queue, workers)
    for (const [chain, at] of [
      [chainId + 1n, address],
      [chainId, alice.address],
    ] as const) {
      const { r, yParityAndS } = worker.enclave.sign(batchDigest(made.call, made.link, chain, at))
      await expect(enigma.commitBatch({ ...made.call, r, vs: yParityAndS })).to.be.revertedWithCustomError(
        enigma,
        "SignerNotDrawn",
      )
    }
  })

  it("13: fees that hang on the gas price a worker chooses", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, workers, ethers } = net
    const callee = await ethers.deployContract("Callee")
    const callbacks = [
      { target: String(callee.target), gasLimit: 90_000, data: callee.interface.encodeFunctionData("note", [1]) },
    ]
    const paid: bigint[] = []
    for (const gasPrice of [10n ** 9n, 500n * 10n ** 9n]) {
      const before = await enigma.creditOf(alice)
      await record(net, queue, alice, termsOf({ callbackGas: 90_000n }))
      const { signed } = await signedBatch(net, queue, workers, { callbacks })
      await (await enigma.commitBatch(signed, { maxFeePerGas: gasPrice * 2n, maxPriorityFeePerGas: gasPrice })).wait()
      queue.committed = Number(signed.toIndex)
      queue.head = String(signed.newHead)
      paid.push(before - (await enigma.creditOf(alice)))
    }
    assert.equal(paid[0], paid[1])
    assert.equal(await callee.count(), 2n)
  })

  it("14: a call out before the state is written, without a guard", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, workers, ethers, address } = net
    const relay = await ethers.deployContract("Relay")
    await record(net, queue, alice, termsOf({ callbackGas: 3_000_000n }))
    const { signed } = await signedBatch(net, queue, workers, { toIndex: 2 })
    const commitAgain = enigma.interface.encodeFunctionData("commitBatch", [signed])
    const settle = enigma.interface.encodeFunctionData("settleExpired", [...settleArgs(queue)])
    const locked = enigma.interface.getError("CommitLocked")!.selector
    for (const data of [commitAgain, settle]) {
      const callbacks = [
        {
          target: String(relay.target),
          gasLimit: 3_000_000,
          data: relay.interface.encodeFunctionData("relay", [address, data]),
        },
      ]
      await commit(net, queue, workers, { callbacks })
      assert.equal(await relay.ok(), false)
      assert.equal((await relay.result()).slice(0, 10), locked)
      await record(net, queue, alice, termsOf({ callbackGas: 3_000_000n }))
    }
  })

  it("16: a deposit that spends another's allowance", async () => {
    const net = await useNetwork()
    const { enigma, token, workers, carol, alice } = net
    const { id: workerId, staker } = workers[0]!
    await (await token.transfer(staker, 10n * ENG)).wait()
    await (await token.connect(staker).approve(enigma, 10n * ENG)).wait()
    await expect(enigma.connect(carol).stake(workerId, ENG))
      .to.be.revertedWithCustomError(enigma, "NotAuthorized")
      .withArgs(carol.address)
    await expect(enigma.connect(carol).deposit(staker, ENG)).to.be.revertedWithCustomError(
      token,
      "ERC20InsufficientAllowance",
    )
    await expect(enigma.connect(alice).fundTreasury(ENG)).to.be.revertedWithCustomError(
      token,
      "ERC20InsufficientAllowance",
    )
    assert.equal(await token.balanceOf(staker), 10n * ENG)
  })

  it("17: a quote without freshness or program, an attestation that never ends", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, workers, verifier, rest, networkHelpers } = net
    const worker = await drawn(net, queue, workers)
    const { attestationExpiryS } = await enigma.workerOf(worker.id)
    const signer = computeAddress(new SigningKey(id("k")).publicKey)
    const quote = await makeQuote(net, rest[10]!.address, signer, id("e"))
    await record(net, queue, alice)
    const { signed } = await signedBatch(net, queue, workers)
    await networkHelpers.time.setNextBlockTimestamp(attestationExpiryS)
    await expect(enigma.commitBatch(signed)).to.be.revertedWithCustomError(enigma, "WorkerNotEligible")
    await networkHelpers.time.increase(2_592_000)
    await expect(enigma.connect(rest[10]!).register(rest[10]!, signer, id("e"), quote)).to.be.revertedWithCustomError(
      verifier,
      "QuoteNotFresh",
    )
  })

  itWithRealGas("18: storage that grows for ever", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice } = net
    const one = async () => (await record(net, queue, alice)).receipt
    const lap: bigint[] = []
    for (let i = 0; i < 70; i++) lap.push((await one()).gasUsed)
    assert.ok(apart(lap[40]!, lap[69]!) < 300n, "a record writes into places that are there")
    const links = await Promise.all(Array.from({ length: 64 }, (_, i) => enigma.linkAt(queue.contract, i)))
    assert.equal(new Set(links).size, 32)
  })
})
