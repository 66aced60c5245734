import { expect } from "chai"
import hre from "hardhat"

const { enigma, networkHelpers } = await hre.network.create()

describe("FlipCoin", () => {
  async function deployed() {
    return { coin: await enigma.deploy("FlipCoin") }
  }

  it("tells the player alone how the coin fell", async () => {
    const { coin } = await networkHelpers.loadFixture(deployed)
    const flip = coin.flip(true)
    const won = await flip
    await expect(flip).to.emitSecretEvent(coin, "Flipped").withArgs(won, won)
    expect(await coin.query.score()).to.deep.equal([1n, won ? 1n : 0n])
  })

  it("falls on both sides", async () => {
    const { coin } = await networkHelpers.loadFixture(deployed)
    const sides = new Set<boolean>()
    for (let flips = 0; sides.size < 2 && flips < 40; flips++) sides.add(await coin.flip(true))
    expect([...sides]).to.have.members([true, false])
  })

  it("shows nobody the guess", async () => {
    const { coin } = await networkHelpers.loadFixture(deployed)
    await coin.flip(true) // the first flip makes entries, whichever side it falls on
    await expect((heads: boolean) => coin.flip(heads)).toLeakNothing(enigma, true, false)
  })
})
