import { expect } from "chai"
import hre from "hardhat"

const { ethers, enigma, networkHelpers } = await hre.network.create()

describe("Millionaires", () => {
  /** The registry listens to one secret contract, the secret contract talks to one registry: one address is known beforehand. */
  async function deployed() {
    const [alice, bob, carol] = await ethers.getSigners()
    const registry = await ethers.deployContract("RichestRegistry", [await enigma.predictAddress("Millionaires")])
    const millionaires = await enigma.deploy("Millionaires", [await registry.getAddress()])
    return { millionaires, registry, alice, bob, carol }
  }

  it("knows the richest, and tells nobody's worth", async () => {
    const { millionaires, alice, bob, carol } = await networkHelpers.loadFixture(deployed)
    await millionaires.addMillionaire(alice.address, 5_000_000n)
    await millionaires.connect(bob).addMillionaire(bob.address, 7_000_000n)
    await millionaires.connect(carol).addMillionaire(carol.address, 6_000_000n)
    expect(await millionaires.computeRichest()).to.hexEqual(bob.address)
    expect(await millionaires.query.computeRichest()).to.hexEqual(bob.address)
  })

  it("starts from nothing each time a fixture is loaded", async () => {
    const { millionaires, alice } = await networkHelpers.loadFixture(deployed)
    expect(await millionaires.query.computeRichest()).to.equal(ethers.ZeroAddress)
    await millionaires.addMillionaire(alice.address, 1n)
    expect(await millionaires.query.computeRichest()).to.hexEqual(alice.address)
  })

  it("announces the richest on Ethereum, from its own account", async () => {
    const { millionaires, registry, bob } = await networkHelpers.loadFixture(deployed)
    await millionaires.addMillionaire(bob.address, 2n)
    await millionaires.announceRichest({ callbackGas: 200_000n })
    expect(await registry.richest()).to.equal(bob.address)
    await expect(registry.announce(bob.address)).to.be.revertedWithCustomError(registry, "NotSecretContract")
  })

  it("has a receipt on chain when the epoch is over", async () => {
    const { millionaires, alice } = await networkHelpers.loadFixture(deployed)
    const call = millionaires.addMillionaire(alice.address, 3n)
    await call
    if (enigma.isMock) await enigma.advanceEpoch()
    const { status } = await (await call.task()).receipt()
    expect(status).to.equal("Success")
  })

  it("shows nobody how rich anyone is", async () => {
    const { millionaires, alice } = await networkHelpers.loadFixture(deployed)
    await expect((worth: bigint) => millionaires.addMillionaire(alice.address, worth)).toLeakNothing(
      enigma,
      1n,
      2n ** 200n,
    )
  })
})
