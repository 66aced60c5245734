import assert from "node:assert/strict"
import { expect } from "chai"
import { encodeBytes32String, id, type Result, ZeroAddress, ZeroHash } from "ethers"
import { network } from "hardhat"
import type { IGovernance } from "../../types/ethers-contracts/contracts-sol/src/interfaces/IEnigma.ts"
import { gasOf, itWithRealGas } from "./support/gas.ts"
import {
  advanceEpoch,
  commit,
  deployEnigma,
  deploySecretContract,
  drawn,
  ENG,
  fund,
  joinWorker,
  makeQuote,
  mineToOpenWeights,
  type RunningNetwork,
  record,
  termsOf,
  useNetwork,
} from "./support/network.ts"
import { follow } from "./support/queue.ts"
import { recordOf, settleArgs } from "./support/settlement.ts"
import { byTimelock, TIMELOCK_DELAY_S, timelockOf } from "./support/timelock.ts"

type Parameters = IGovernance.ParametersStruct

const plain = (result: unknown): Parameters => (result as Result).toObject() as unknown as Parameters

/** Parameters in force, as a plain object. */
async function parametersOf(net: RunningNetwork): Promise<Parameters> {
  return plain(await net.enigma.parameters())
}

/** A whole implementation with these parameters. */
async function implementation(net: RunningNetwork, p: Parameters, main = "EnigmaV2") {
  const workers = await net.ethers.deployContract("EnigmaWorkers", [p])
  const ledger = await net.ethers.deployContract("EnigmaLedger", [p, workers.target])
  return net.ethers.deployContract(main, [p, ledger.target, ZeroAddress])
}

const upgradeCall = (net: RunningNetwork, to: string) =>
  net.deployed.implementation.interface.encodeFunctionData("upgradeToAndCall", [to, "0x"])

/** Everything that a user, a worker or an explorer can see of the state. */
async function seen(net: RunningNetwork) {
  const { enigma, queue, workers, alice, bob, address, token } = net
  const ids = workers.map(({ id }) => id)
  const read = await Promise.all([
    enigma.queueOf(queue.contract),
    enigma.currentEpoch(),
    enigma.drawnWorker(queue.contract),
    enigma.treasury(),
    enigma.creditOf(alice),
    enigma.creditOf(bob),
    enigma.orderNonces(alice),
    enigma.accountImplementation(),
    enigma.ledgerOf(alice, ZeroAddress),
    enigma.pendingPayments(queue.contract, ZeroAddress),
    token.balanceOf(address),
    ...ids.flatMap((id) => [enigma.workerOf(id), enigma.weightOf(id)]),
    ...Array.from({ length: 32 }, (_, i) => enigma.linkAt(queue.contract, i)),
    ...Array.from({ length: 32 }, (_, i) => enigma.receiptsAt(queue.contract, i)),
  ])
  return JSON.stringify(read, (_, value) => (typeof value === "bigint" ? String(value) : value))
}

describe("an upgrade", () => {
  it("carries live state to a V2: open tasks, stakes, heads, credit, payments and the epoch in force", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, bob, workers } = net
    for (let i = 0; i < 40; i++) await record(net, queue, i % 2 === 0 ? alice : bob)
    await commit(net, queue, workers, { toIndex: 20 })
    const tx = await enigma
      .connect(alice)
      .recordPayableTask(queue.contract, id("p"), termsOf(), ZeroAddress, 7n, { value: 7n })
    await follow(queue, enigma, await tx.wait())
    await (await enigma.connect(alice).cancelOrders([0n, 2n])).wait()
    await (await enigma.connect(workers[0]!.staker).unbond(1, 10n * ENG)).wait()
    const before = await seen(net)

    const p = { ...(await parametersOf(net)), baseFeeGrains: 20_000n }
    const v2 = await implementation(net, p)
    await byTimelock(net, net.address, upgradeCall(net, String(v2.target)))
    const upgraded = await net.ethers.getContractAt("EnigmaV2", net.address)
    assert.equal(await upgraded.version(), 2n)
    assert.equal(await seen(net), before)
    assert.equal((await enigma.parameters()).baseFeeGrains, 20_000n)

    // The work goes on where it stood, old records at the old price.
    const { task } = await record(net, queue, alice)
    assert.equal(task.lockedGrains, 220_000n)
    const payouts = [{ token: ZeroAddress, to: queue.contract, amount: 7n }]
    await commit(net, queue, workers, { payouts })
    await advanceEpoch(net)
    await record(net, queue, alice)
    await commit(net, queue, workers)
    assert.equal((await enigma.currentEpoch()).epoch, 2n)
  })

  it("is the timelock's alone, after its delay", async () => {
    const net = await useNetwork()
    const v2 = await implementation(net, await parametersOf(net))
    const proxy = await net.ethers.getContractAt("Enigma", net.address)
    const { treasurer, carol } = net
    for (const caller of [treasurer, carol]) {
      await expect(proxy.connect(caller).upgradeToAndCall(v2.target, "0x"))
        .to.be.revertedWithCustomError(net.enigma, "NotGovernor")
        .withArgs(caller.address)
    }
    const timelock = timelockOf(net)
    const call = upgradeCall(net, String(v2.target))
    const args = [net.address, 0, call, ZeroHash, ZeroHash] as const
    await expect(timelock.connect(carol).schedule(...args, TIMELOCK_DELAY_S)).to.be.revertedWithCustomError(
      timelock,
      "AccessControlUnauthorizedAccount",
    )
    await expect(timelock.schedule(...args, TIMELOCK_DELAY_S - 1)).to.be.revertedWithCustomError(
      timelock,
      "TimelockInsufficientDelay",
    )
    await timelock.schedule(...args, TIMELOCK_DELAY_S)
    await expect(timelock.execute(...args)).to.be.revertedWithCustomError(timelock, "TimelockUnexpectedOperationState")
  })

  it("cannot run on the implementation itself, nor initialize twice", async () => {
    const net = await useNetwork()
    const { implementation: code, ledger } = net.deployed
    await expect(code.upgradeToAndCall(ledger.target, "0x")).to.be.revertedWithCustomError(
      code,
      "UUPSUnauthorizedCallContext",
    )
    for (const at of [net.address, String(ledger.target)]) {
      const door = await net.ethers.getContractAt("EnigmaLedger", at)
      await expect(door.initialize()).to.be.revertedWithCustomError(ledger, "InvalidInitialization")
    }
  })

  itWithRealGas(
    "costs the same whatever the number of tasks (flaw of the original 15: it walked through all of them)",
    async () => {
      const net = await useNetwork()
      const proxy = await net.ethers.getContractAt("Enigma", net.address)
      await net.networkHelpers.impersonateAccount(String(net.deployed.timelock.target))
      await net.networkHelpers.setBalance(String(net.deployed.timelock.target), 10n ** 18n)
      const governor = await net.ethers.getSigner(String(net.deployed.timelock.target))
      const [one, two] = [await implementation(net, await parametersOf(net)), net.deployed.implementation]
      const upgrade = (to: { target: unknown }) =>
        gasOf(proxy.connect(governor).upgradeToAndCall(String(to.target), "0x"))
      const few = await upgrade(one)
      for (let i = 0; i < 5; i++) {
        const terms = Array.from({ length: 100 }, () => termsOf())
        const hashes = terms.map((_, n) => id(`${n}`))
        await (await net.enigma.connect(net.alice).recordTasks(net.queue.contract, hashes, terms)).wait()
      }
      const many = await upgrade(two)
      assert.ok(Math.abs(Number(many - few)) < 500, `${few} against ${many}`)
    },
  )

  it("takes parts of one set of parameters", async () => {
    const net = await useNetwork()
    const p = await parametersOf(net)
    const other = { ...p, baseFeeGrains: 11_111n }
    const workers = await net.ethers.deployContract("EnigmaWorkers", [p])
    await expect(net.ethers.deployContract("EnigmaLedger", [other, workers.target])).to.be.revertedWithCustomError(
      net.enigma,
      "ParametersDiffer",
    )
    await expect(
      net.ethers.deployContract("Enigma", [other, net.deployed.ledger.target, ZeroAddress]),
    ).to.be.revertedWithCustomError(net.enigma, "ParametersDiffer")
  })
})

describe("a pause", () => {
  async function paused() {
    const { ethers } = await network.getOrCreate()
    const guardian = (await ethers.getSigners())[9]!
    const d = await deployEnigma({ guardian: guardian.address })
    await mineToOpenWeights(d)
    const [, alice, bob, carol, ...rest] = d.signers
    const workers = [await joinWorker(d, rest[0]!, rest[1]!, 1_000n * ENG, id("enclave"))]
    for (const user of [alice!, bob!, carol!]) await fund(d, user, 100n * ENG)
    await advanceEpoch(d)
    const queue = await deploySecretContract(d, alice!)
    const net: RunningNetwork = { ...d, workers, alice: alice!, bob: bob!, carol: carol!, queue, rest }
    for (let i = 0; i < 4; i++) await record(net, queue, alice!)
    const proxy = await d.ethers.getContractAt("Enigma", d.address)
    return { net, proxy, guardian }
  }

  it("is the guardian's, at once, and to the prepared implementation only", async () => {
    const { net, proxy, guardian } = await paused()
    const { paused: closed, implementation: open } = net.deployed
    const other = await implementation(net, await parametersOf(net))
    for (const to of [other.target, open.target, ZeroAddress]) {
      await expect(proxy.connect(guardian).upgradeToAndCall(to, "0x"))
        .to.be.revertedWithCustomError(net.enigma, "NotGovernor")
        .withArgs(guardian.address)
    }
    await expect(proxy.connect(net.carol).upgradeToAndCall(closed.target, "0x")).to.be.revertedWithCustomError(
      net.enigma,
      "NotGovernor",
    )
    await (await proxy.connect(guardian).upgradeToAndCall(closed.target, "0x")).wait()
    assert.equal((await net.enigma.parameters()).intakeOpen, false)
    // Only the timelock opens again.
    await expect(proxy.connect(guardian).upgradeToAndCall(open.target, "0x")).to.be.revertedWithCustomError(
      net.enigma,
      "NotGovernor",
    )
    await byTimelock(net, net.address, upgradeCall(net, String(open.target)))
    await record(net, net.queue, net.alice)
  })

  it("refuses every intake, and neither commits, settlement, withdrawals nor epochs", async () => {
    const { net, proxy, guardian } = await paused()
    const { enigma, queue, alice, bob, workers, rest, networkHelpers } = net
    const [worker] = workers
    await (await proxy.connect(guardian).upgradeToAndCall(net.deployed.paused.target, "0x")).wait()
    const order = {
      secretContract: queue.contract,
      inputsHash: id("o"),
      gasLimit: 100_000n,
      gasPriceGrains: 2n,
      callbackGas: 0n,
      callbackPriceGrains: 0n,
      keyEpoch: 1n,
      nonce: 0n,
      expiryBlock: 10n ** 9n,
      relayerFeeGrains: 0n,
    }
    const as = enigma.connect(alice)
    const intake = [
      () => as.recordTask(queue.contract, id("x"), termsOf()),
      () => as.recordTasks(queue.contract, [id("x")], [termsOf()]),
      () => as.recordTaskWithInputs(queue.contract, "0x01", termsOf()),
      () => as.recordPayableTask(queue.contract, id("x"), termsOf(), ZeroAddress, 1n, { value: 1n }),
      () => as.recordDeployment(id("c"), id("s"), id("i"), termsOf()),
      () => enigma.connect(bob).recordOrder(order, alice, "0x"),
      () => enigma.connect(rest[5]!).register(rest[5]!, rest[5]!, id("e"), "0x"),
      () => enigma.connect(worker!.staker).stake(1, 1n),
    ]
    for (const sent of intake) await expect(sent()).to.be.revertedWithCustomError(enigma, "IntakePaused")

    await commit(net, queue, workers, { toIndex: 3 })
    await (await as.withdraw(alice, ENG)).wait()
    await (await as.cancelOrders([5n])).wait()
    await (await enigma.connect(worker!.operator).claimEarnings(1, false)).wait()
    await advanceEpoch(net)
    await (await enigma.connect(net.treasurer).markNoShow(queue.contract)).wait()
    await networkHelpers.mine(21)
    const { signer, encryptionKey } = await enigma.workerOf(1)
    const quote = await makeQuote(net, await worker!.operator.getAddress(), signer, encryptionKey)
    await (await enigma.connect(worker!.operator).renewAttestation(1, signer, encryptionKey, quote)).wait()
    await (await enigma.connect(worker!.operator).logout(1)).wait()
    await (await enigma.connect(worker!.staker).unbond(1, 1_000n * ENG)).wait()
    await networkHelpers.mine(401)
    await (await enigma.connect(worker!.staker).withdrawStake(1, worker!.staker)).wait()
    await (await enigma.settleExpired(...settleArgs(queue))).wait()
    assert.equal((await enigma.queueOf(queue.contract)).committed, 5n)
    assert.ok(recordOf(queue.tasks[4]!).terms)
    assert.ok(await drawn(net, queue, workers))
  })
})

describe("parameters", () => {
  const BAD: [string, Partial<Record<keyof Parameters, unknown>>][] = [
    ["address", { token: ZeroAddress }],
    ["address", { governor: ZeroAddress }],
    ["address", { verifier: ZeroAddress }],
    ["trustHash", { trustHash: ZeroHash }],
    ["keys", { beaconKey: "0x" }],
    ["keys", { contractKey: `0x${"01".repeat(255)}` }],
    ["openWindowBlocks", { openWindowBlocks: 0 }],
    ["openWindowBlocks", { openWindowBlocks: 251, epochLengthBlocks: 1_000, expiryBlocks: 5_000 }],
    ["epochLengthBlocks", { epochLengthBlocks: 20 }],
    ["commitWindowBlocks", { commitWindowBlocks: 0 }],
    ["commitWindowBlocks", { commitWindowBlocks: 120 }],
    ["expiryBlocks", { expiryBlocks: 259 }],
    ["floors", { minGasLimit: 0 }],
    ["floors", { minGasPriceGrains: 0 }],
    ["floors", { minCallbackPriceGrains: 0 }],
    ["floors", { minGasLimit: 2n ** 32n }],
    ["floors", { minGasPriceGrains: 256 }],
    ["floors", { minCallbackPriceGrains: 65_536 }],
    ["baseFeeGrains", { baseFeeGrains: 0 }],
    ["baseFeeGrains", { baseFeeGrains: 2n ** 32n }],
    ["settleRewardGrains", { settleRewardGrains: 10_001 }],
    ["minStakeGrains", { minStakeGrains: 99_999_999 }],
    ["minStakeGrains", { minStakeGrains: 10n ** 14n + 1n }],
    ["unbondingBlocks", { unbondingBlocks: 299 }],
    ["overdueBlocks", { overdueBlocks: 0 }],
    ["overdueBlocks", { overdueBlocks: 120 }],
    ["noShowPenaltyGrains", { noShowPenaltyGrains: 100n * ENG + 1n }],
    ["bps", { equivocationSlashBps: 10_001 }],
    ["bps", { proofRewardBps: 5_001 }],
    ["jailEpochs", { jailEpochs: 1_000_001 }],
    ["openRewardGrains", { openRewardGrains: 10n ** 14n + 1n }],
  ]

  for (const [name, change] of BAD) {
    const shown = JSON.stringify(change, (_, v) => (typeof v === "bigint" ? `${v}` : v)).slice(0, 60)
    it(`refuse ${shown}`, async () => {
      const net = await useNetwork()
      const p = { ...(await parametersOf(net)), ...change } as Parameters
      await expect(net.ethers.deployContract("EnigmaWorkers", [p]))
        .to.be.revertedWithCustomError(net.enigma, "ParameterOutOfRange")
        .withArgs(encodeBytes32String(name))
    })
  }

  it("are told as they were given", async () => {
    const net = await useNetwork()
    const p = await parametersOf(net)
    const workers = await net.ethers.deployContract("EnigmaWorkers", [p])
    assert.deepEqual(plain(await workers.parameters()), p)
  })

  it("leave room for a record at the floors", async () => {
    const net = await useNetwork()
    const floors = { minGasLimit: 2n ** 32n - 1n, minGasPriceGrains: 255n, baseFeeGrains: 2n ** 32n - 1n }
    const highest = await implementation(net, { ...(await parametersOf(net)), ...floors })
    await byTimelock(net, net.address, upgradeCall(net, String(highest.target)))
    await fund(net, net.alice, 20_000n * ENG)
    const { task } = await record(
      net,
      net.queue,
      net.alice,
      termsOf({ gasLimit: floors.minGasLimit, gasPriceGrains: floors.minGasPriceGrains }),
    )
    assert.equal(task.lockedGrains, 2n ** 40n - 256n)
  })
})
