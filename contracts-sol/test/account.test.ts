import assert from "node:assert/strict"
import { expect } from "chai"
import { concat, getCreate2Address, hexlify, id, keccak256, randomBytes, toBeHex } from "ethers"
import { network } from "hardhat"
import { packed } from "./support/batch.ts"
import { itWithRealGas } from "./support/gas.ts"

const SALT = id("salt")

async function fixture() {
  const { ethers } = await network.getOrCreate()
  const [, bob] = await ethers.getSigners()
  const driver = await ethers.deployContract("AccountDriver")
  await driver.clone(SALT)
  const initCode = concat([
    "0x3d602d80600a3d3981f3363d3d373d3d3d363d73",
    await driver.implementation(),
    "0x5af43d82803e903d91602b57fd5bf3",
  ])
  const address = getCreate2Address(await driver.getAddress(), SALT, keccak256(initCode))
  const account = await ethers.getContractAt("SecretContractAccount", address)
  const callee = await ethers.deployContract("Callee")
  const target = await callee.getAddress()
  const call = (fn: string, args: unknown[] = [], gasLimit = 100_000) => ({
    target,
    gasLimit,
    data: callee.interface.encodeFunctionData(fn as "note", args as [number]),
  })
  return { ethers, bob, driver, account, callee, call }
}

describe("SecretContractAccount", () => {
  const setup = async () => (await network.getOrCreate()).networkHelpers.loadFixture(fixture)

  it("has the address its salt gives it", async () => {
    const { account, driver } = await setup()
    assert.equal(await account.enigma(), await driver.getAddress())
  })

  it("is driven by Enigma only", async () => {
    const { account, callee, call, bob } = await setup()
    const { data: selector } = await account.perform.populateTransaction()
    for (const calls of ["0x", packed([call("note", [1])])]) {
      await expect(bob.sendTransaction({ to: account, data: concat([selector, calls]) }))
        .to.be.revertedWithCustomError(account, "NotEnigma")
        .withArgs(bob.address)
    }
    assert.equal(await callee.count(), 0n)
  })

  it("makes no call for an empty list, and takes ETH", async () => {
    const { account, driver, callee, bob, ethers } = await setup()
    await driver.drive(account, "0x")
    assert.equal(await callee.count(), 0n)
    await bob.sendTransaction({ to: account, value: 5n })
    assert.equal(await ethers.provider.getBalance(account), 5n)
    await expect(bob.sendTransaction({ to: account, data: "0x12345678" })).to.revert(ethers)
  })

  it("gives each target its own calldata, whatever the lengths around it", async () => {
    const { account, driver, ethers } = await setup()
    const listener = await ethers.deployContract("CallRecorder")
    const target = await listener.getAddress()
    for (const lengths of [
      [0, 33, 1],
      [100, 31, 32],
      [4_000, 0, 65],
    ]) {
      const datas = lengths.map((length) => hexlify(randomBytes(length)))
      const hash = datas.reduce((seen, data) => keccak256(concat([seen, keccak256(data)])), await listener.seen())
      await driver.drive(account, packed(datas.map((data) => ({ target, gasLimit: 200_000, data }))))
      assert.equal(await listener.seen(), hash)
    }
  })

  it("is not reached by bytes that are not whole calls", async () => {
    const { driver, account, callee, call, ethers } = await setup()
    const good = packed([call("note", [1]), call("note", [2])])
    const sizeAt = 2 + 2 * 31 // the last byte of the first head
    const withSize = (size: number) => good.slice(0, sizeAt) + toBeHex(size, 1).slice(2) + good.slice(sizeAt + 2)
    const wrong = [`${good}00`, good.slice(0, -2), good.slice(0, 2 + 2 * 31), withSize(255), withSize(35)]
    for (const calls of wrong) await expect(driver.drive(account, calls)).to.be.revertedWithoutReason(ethers)
    assert.equal(await callee.count(), 0n)
    await driver.drive(account, good)
    assert.equal(await callee.count(), 2n)
  })

  it("calls in order, from its own address", async () => {
    const { account, driver, callee, call } = await setup()
    await driver.drive(account, packed([call("note", [1]), call("note", [2])]))
    assert.equal(await callee.lastSender(), await account.getAddress())
    assert.equal(await callee.lastNote(), 2n)
    assert.equal(await callee.count(), 2n)
  })

  it("undoes all calls when one fails, and says which", async () => {
    const { account, driver, callee, call, bob } = await setup()
    const failing = [call("refuse", ["0x11"]), call("burn"), call("bomb", [10, true]), call("forge")]
    for (const bad of [...failing, { target: bob.address, gasLimit: 50_000, data: "0x" }]) {
      await expect(driver.drive(account, packed([call("note", [1]), bad])))
        .to.be.revertedWithCustomError(account, "CallFailed")
        .withArgs(1)
    }
    assert.equal(await callee.count(), 0n)
  })

  itWithRealGas("does not pay for a return bomb beyond the call's own gas", async () => {
    const { account, driver, call } = await setup()
    const size = 400_000 // memory of that size costs more than the reserve around the call
    const used = async (gasLimit: number) =>
      (await (await driver.drive(account, packed([call("bomb", [size, false], gasLimit)]))).wait())!.gasUsed
    const spent = await used(400_000)
    assert.ok(spent < 420_000n, `${spent}`)
  })

  itWithRealGas("gives each target its exact gas, or blames the sender", async () => {
    const { account, driver, callee, call, ethers } = await setup()
    const limit = 150_000
    await driver.drive(account, packed([call("note", [1], limit)]))
    const dispatch = BigInt(limit) - (await callee.lastGas())
    assert.ok(dispatch < 400n, "the target got its limit less its own dispatch")
    const tooLow = account.interface.getError("CallGasTooLow")!.selector
    const outcomes = new Set<string>()
    // Whatever gas the frame gets: either the target had its limit, or the frame says that the gas was too low.
    for (let gas = 140_000; gas <= 180_000; gas += 500) {
      const request = await driver.driveWithGas.populateTransaction(account, packed([call("note", [2], limit)]), gas)
      const failure = await ethers.provider.call({ ...request, gasLimit: 1_000_000 }).then(
        () => "",
        (error: { data?: string }) => error.data ?? "?",
      )
      outcomes.add(failure === "" ? "called" : failure.slice(0, 10))
    }
    assert.deepEqual(outcomes, new Set([tooLow, "called"]))
  })
})
