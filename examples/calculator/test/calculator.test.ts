import { expect } from "chai"
import hre from "hardhat"

const { ethers, enigma, networkHelpers } = await hre.network.create()

describe("Calculator", () => {
  async function deployed() {
    return { calculator: await enigma.deploy("Calculator"), other: (await ethers.getSigners())[1] }
  }

  it("computes with secret numbers", async () => {
    const { calculator } = await networkHelpers.loadFixture(deployed)
    expect(await calculator.add(2n, 3n)).to.equal(5n)
    expect(await calculator.subtract(10n, 4n)).to.equal(6n)
    expect(await calculator.multiply(6n, 7n)).to.equal(42n)
    expect(await calculator.divide(7n, 2n)).to.equal(3n)
  })

  it("keeps the last result for its owner alone", async () => {
    const { calculator, other } = await networkHelpers.loadFixture(deployed)
    await calculator.add(20n, 22n)
    expect(await calculator.query.last()).to.equal(42n)
    expect(await calculator.connect(other).query.last()).to.equal(0n)
  })

  it("reverts with its own error, and changes nothing then", async () => {
    const { calculator } = await networkHelpers.loadFixture(deployed)
    await expect(calculator.divide(1n, 0n)).to.be.revertedWithSecretError(calculator, "DivisionByZero")
    await expect(calculator.subtract(1n, 2n)).to.be.revertedWithSecretError("arithmetic overflow")
    expect(await calculator.query.last()).to.equal(0n)
  })

  it("writes what it computed, and nothing when it only reads", async () => {
    const { calculator } = await networkHelpers.loadFixture(deployed)
    await expect(() => calculator.add(1n, 1n)).to.changeSecretState(calculator, "results")
    await expect(() => calculator.last()).not.to.changeSecretState(calculator)
  })

  it("shows nobody the numbers", async () => {
    const { calculator } = await networkHelpers.loadFixture(deployed)
    await expect((a: bigint) => calculator.add(a, 1n)).toLeakNothing(enigma, 1n, 2n ** 128n)
  })
})
