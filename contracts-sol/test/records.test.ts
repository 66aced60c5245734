import assert from "node:assert/strict"
import { accountSaltPreimage, fromHex, type Hex, RECORD_FLAG } from "@enigma-discovery/protocol"
import { expect } from "chai"
import { concat, getCreate2Address, getCreateAddress, hexlify, id, keccak256, randomBytes, ZeroHash } from "ethers"
import { keccak } from "./support/hash.ts"
import { BASE_FEE, commit, deploySecretContract, record, termsOf, useNetwork } from "./support/network.ts"
import { follow, laterRecords } from "./support/queue.ts"

const MAX_LOCK = 2n ** 40n - 1n

describe("records", () => {
  it("chain leaves to links as anyone can recompute from events", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, bob } = net
    for (const sender of [alice, bob, alice]) await record(net, queue, sender)
    const word = await enigma.queueOf(queue.contract)
    assert.equal(word.submitted, 4n)
    assert.equal(word.cumLockedGrains, queue.tasks.at(-1)!.cumLockedGrains)
    for (const task of queue.tasks) assert.equal(await enigma.linkAt(queue.contract, task.index), task.link)
  })

  it("return the task id they will have", async () => {
    const net = await useNetwork()
    const predicted = await net.enigma.connect(net.alice).recordTask.staticCall(net.queue.contract, id("x"), termsOf())
    assert.notEqual(predicted, net.queue.tasks[0]!.link)
    const receipt = await (
      await net.enigma.connect(net.alice).recordTask(net.queue.contract, id("x"), termsOf())
    ).wait()
    const [task] = await follow(net.queue, net.enigma, receipt)
    // The simulation ran a block earlier: block number and time are part of the leaf.
    assert.equal(await net.enigma.linkAt(net.queue.contract, 1), task!.link)
  })

  it("keep the newest 32 links", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice } = net
    for (let i = 0; i < 34; i++) await record(net, queue, alice)
    for (const task of queue.tasks.slice(-32)) {
      assert.equal(await enigma.linkAt(queue.contract, task.index % 32), task.link)
    }
  })

  it("with inputs in calldata carry their flag and hash", async () => {
    const { enigma, queue, alice } = await useNetwork()
    const inputs = hexlify(randomBytes(300))
    const tx = await enigma.connect(alice).recordTaskWithInputs(queue.contract, inputs, termsOf())
    const [task] = await follow(queue, enigma, await tx.wait())
    assert.equal(hexlify(task!.record.inputsHash), keccak256(inputs))
    assert.equal(task!.record.flags, RECORD_FLAG.INLINE_INPUTS)
    assert.equal(await enigma.linkAt(queue.contract, 1), task!.link)
  })

  describe("in groups", () => {
    const hashes = (n: number) => Array.from({ length: n }, (_, i) => id(`group ${i}`))

    it("store one link, and one for each callback", async () => {
      const net = await useNetwork()
      const { enigma, queue, alice } = net
      const terms = hashes(10).map((_, i) => (i === 3 ? termsOf({ callbackGas: 50_000n }) : termsOf()))
      const before = await enigma.creditOf(alice)
      const tx = await enigma.connect(alice).recordTasks(queue.contract, hashes(10), terms)
      const tasks = await follow(queue, enigma, await tx.wait())
      assert.equal(tasks.length, 10)
      assert.equal(await enigma.linkAt(queue.contract, 10), tasks[9]!.link)
      assert.equal(await enigma.linkAt(queue.contract, 4), tasks[3]!.link)
      assert.equal(await enigma.linkAt(queue.contract, 5), ZeroHash)
      assert.equal(
        before - (await enigma.creditOf(alice)),
        tasks.reduce((sum, t) => sum + t.lockedGrains, 0n),
      )
    })

    it("continue the chain that single records began", async () => {
      const net = await useNetwork()
      const { enigma, queue, alice, workers } = net
      await record(net, queue, alice)
      await follow(
        queue,
        enigma,
        await (
          await enigma.connect(alice).recordTasks(
            queue.contract,
            hashes(128),
            hashes(128).map(() => termsOf()),
          )
        ).wait(),
      )
      await record(net, queue, alice)
      await commit(net, queue, workers)
      assert.equal((await enigma.queueOf(queue.contract)).committed, 131n)
    })

    it("are of 1 to 128 with as many terms", async () => {
      const { enigma, queue, alice } = await useNetwork()
      const call = (h: string[], t: bigint[]) => enigma.connect(alice).recordTasks(queue.contract, h, t)
      for (const [h, t] of [
        [[], []],
        [hashes(129), hashes(129).map(() => termsOf())],
        [hashes(2), [termsOf()]],
      ] as const) {
        await expect(call([...h], [...t]))
          .to.be.revertedWithCustomError(enigma, "GroupSizeInvalid")
          .withArgs(h.length, t.length)
      }
    })

    it("fail as a whole when one is bad or the credit does not reach", async () => {
      const { enigma, queue, alice } = await useNetwork()
      const call = (t: bigint[]) => enigma.connect(alice).recordTasks(queue.contract, hashes(t.length), t)
      await expect(call([termsOf(), termsOf() | (1n << 160n)])).to.be.revertedWithCustomError(enigma, "TermsMalformed")
      const large = termsOf({ gasLimit: 10n ** 11n, gasPriceGrains: 6n })
      await expect(call([large, large])).to.be.revertedWithCustomError(enigma, "CreditTooLow")
      assert.equal((await enigma.queueOf(queue.contract)).submitted, 1n)
    })
  })

  describe("are refused", () => {
    it("for a contract without record 0", async () => {
      const { enigma, alice, bob } = await useNetwork()
      for (const send of [
        enigma.connect(alice).recordTask(bob, id("x"), termsOf()),
        enigma.connect(alice).recordTasks(bob, [id("x")], [termsOf()]),
        enigma.connect(alice).recordTaskWithInputs(bob, "0x12", termsOf()),
      ]) {
        await expect(send).to.be.revertedWithCustomError(enigma, "UnknownContract").withArgs(bob.address)
      }
    })

    it("without credit", async () => {
      const { enigma, queue, rest } = await useNetwork()
      const poor = rest.at(-1)!
      await expect(enigma.connect(poor).recordTask(queue.contract, id("x"), termsOf()))
        .to.be.revertedWithCustomError(enigma, "CreditTooLow")
        .withArgs(poor.address, 0, BASE_FEE + 200_000n)
    })

    it("below the floors, beyond the fields, above the largest lock", async () => {
      const { enigma, queue, alice } = await useNetwork()
      const send = (terms: bigint) => enigma.connect(alice).recordTask(queue.contract, id("x"), terms)
      for (const low of [
        termsOf({ gasLimit: 1_023n }),
        termsOf({ gasPriceGrains: 0n }),
        termsOf({ callbackGas: 1n, callbackPriceGrains: 0n }),
      ]) {
        await expect(send(low)).to.be.revertedWithCustomError(enigma, "TermsTooLow").withArgs(low, 1_024, 1, 1)
      }
      for (const bit of [160n, 168n, 208n, 255n]) {
        await expect(send(termsOf() | (1n << bit))).to.be.revertedWithCustomError(enigma, "TermsMalformed")
      }
      const huge = termsOf({ gasLimit: MAX_LOCK, gasPriceGrains: 1n })
      await expect(send(huge))
        .to.be.revertedWithCustomError(enigma, "LockTooLarge")
        .withArgs(MAX_LOCK + BASE_FEE)
      const callback = termsOf({ callbackGas: 10_000_000n, callbackPriceGrains: 2n ** 40n - 1n })
      await expect(send(callback)).to.be.revertedWithCustomError(enigma, "LockTooLarge")
    })

    it("at the largest lock only one grain above it", async () => {
      const { enigma, queue, alice, token } = await useNetwork()
      await (await token.approve(enigma, 2n ** 41n)).wait()
      await (await enigma.deposit(alice, 2n ** 41n)).wait()
      const limit = MAX_LOCK - BASE_FEE
      const send = (gasLimit: bigint) =>
        enigma.connect(alice).recordTask(queue.contract, id("x"), termsOf({ gasLimit, gasPriceGrains: 1n }))
      await expect(send(limit + 1n)).to.be.revertedWithCustomError(enigma, "LockTooLarge")
      await (await send(limit)).wait()
    })

    it("when 2,048 wait", async function () {
      this.timeout(180_000) // where coverage is measured
      const net = await useNetwork()
      const { enigma, queue, alice, workers } = net
      const hashes = Array.from({ length: 128 }, (_, i) => id(`${i}`))
      const terms = hashes.map(() => termsOf({ gasLimit: 1_024n, gasPriceGrains: 1n }))
      for (let i = 0; i < 16; i++) {
        const tx = await enigma.connect(alice).recordTasks(queue.contract, hashes, terms)
        await follow(queue, enigma, await tx.wait())
      }
      await expect(enigma.connect(alice).recordTask(queue.contract, id("x"), termsOf()))
        .to.be.revertedWithCustomError(enigma, "QueueFull")
        .withArgs(queue.contract)
      await expect(
        enigma.connect(alice).recordTasks(queue.contract, [id("x")], [termsOf()]),
      ).to.be.revertedWithCustomError(enigma, "QueueFull")
      // The oldest can be committed although its link has long left the ring.
      assert.equal(laterRecords(queue, 1).length, 2_047)
      await commit(net, queue, workers, { toIndex: 129 })
      await record(net, queue, alice)
    })
  })
})

describe("deployments", () => {
  it("create the account at the address that commits to deployer and code", async () => {
    const net = await useNetwork()
    const { enigma, address, alice } = net
    const [codeHash, salt] = [id("wasm"), id("my salt")]
    const predicted = await enigma.secretContractAddress(alice, codeHash, salt)
    const implementation = await enigma.accountImplementation()
    assert.equal(implementation, getCreateAddress({ from: address, nonce: 1 }))
    const initCode = concat([
      "0x3d602d80600a3d3981f3363d3d373d3d3d363d73",
      implementation,
      "0x5af43d82803e903d91602b57fd5bf3",
    ])
    const bytes = (hex: string) => fromHex(hex.toLowerCase() as Hex)
    const accountSalt = keccak(accountSaltPreimage(bytes(alice.address), bytes(codeHash), bytes(salt)))
    assert.equal(predicted, getCreate2Address(address, hexlify(accountSalt), keccak256(initCode)))
    await expect(enigma.connect(alice).recordDeployment(codeHash, salt, id("inputs"), termsOf()))
      .to.emit(enigma, "DeploymentRecorded")
      .withArgs(predicted, alice.address, codeHash, salt)
    const account = await net.ethers.getContractAt("SecretContractAccount", predicted)
    assert.equal(await account.enigma(), address)
    assert.equal((await enigma.queueOf(predicted)).submitted, 1n)
  })

  it("begin the chain at a link that no other queue has", async () => {
    const net = await useNetwork()
    const one = await deploySecretContract(net, net.alice, "one")
    const two = await deploySecretContract(net, net.alice, "two")
    assert.notEqual(one.genesisLink, two.genesisLink)
    assert.equal(await net.enigma.linkAt(one.contract, 0), one.tasks[0]!.link)
    assert.equal(one.tasks[0]!.record.flags, RECORD_FLAG.DEPLOYMENT)
  })

  it("cannot be repeated, and do not collide between deployers", async () => {
    const net = await useNetwork()
    await deploySecretContract(net, net.alice, "once")
    await expect(net.enigma.connect(net.alice).recordDeployment(id("code"), id("once"), id("x"), termsOf())).to.revert(
      net.ethers,
    )
    await deploySecretContract(net, net.bob, "once")
  })
})
