import { expect } from "chai"
import hre from "hardhat"

const { ethers, enigma, networkHelpers } = await hre.network.create()

describe("Millionaires", () => {
  async function deployed() {
    const [alice, bob, carol] = await ethers.getSigners()
    const place = await enigma.predictAddress("Millionaires")
    const registry = await ethers.deployContract("RichestRegistry", [place])
    const millionaires = await enigma.deploy("Millionaires", [await registry.getAddress()])
    return { millionaires, registry, alice, bob, carol }
  }

  it("knows the richest, and nobody's worth", async () => {
    const { millionaires, alice, bob, carol } = await networkHelpers.loadFixture(deployed)
    await millionaires.addMillionaire(alice.address, 5_000_000n)
    await millionaires.connect(bob).addMillionaire(bob.address, 7_000_000n)
    await millionaires.connect(carol).addMillionaire(carol.address, 6_000_000n)
    expect(await millionaires.computeRichest()).to.equal(bob.address)
  })
})
