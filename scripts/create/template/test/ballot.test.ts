import { expect } from "chai"
import hre from "hardhat"

const { ethers, enigma, networkHelpers } = await hre.network.create()

describe("Ballot", () => {
  /** Each of the two contracts knows the other, so one address is known beforehand. */
  async function deployed() {
    const [owner, alice, bob] = await ethers.getSigners()
    const poll = await ethers.deployContract("Poll", ["Shall we?", await enigma.predictAddress("Ballot")])
    const ballot = await enigma.deploy("Ballot", [await poll.getAddress()])
    return { poll, ballot, owner, alice, bob }
  }

  it("tells a voter their own vote", async () => {
    const { ballot, alice, bob } = await networkHelpers.loadFixture(deployed)
    await ballot.connect(alice).vote(true)
    expect(await ballot.connect(alice).query.myVote()).to.equal(true)
    await expect(ballot.connect(bob).myVote()).to.be.revertedWithSecretError("you have not voted")
  })

  it("tells Ethereum the result, once", async () => {
    const { poll, ballot, owner, alice, bob } = await networkHelpers.loadFixture(deployed)
    await ballot.connect(owner).vote(true)
    await ballot.connect(alice).vote(false)
    await ballot.connect(bob).vote(true)
    await ballot.close({ callbackGas: 200_000n })
    expect([await poll.yes(), await poll.no()]).to.deep.equal([2n, 1n])
    await expect(ballot.connect(alice).vote(true)).to.be.revertedWithSecretError("the poll is closed")
  })

  it("takes the result from the secret contract alone", async () => {
    const { poll, ballot, alice } = await networkHelpers.loadFixture(deployed)
    await expect(poll.close(1, 0)).to.be.revertedWithCustomError(poll, "NotTheBallot")
    await expect(ballot.connect(alice).close({ callbackGas: 200_000n })).to.be.revertedWithSecretError(
      "only the owner closes the poll",
    )
  })

  it("shows nobody what is voted", async () => {
    const { ballot } = await networkHelpers.loadFixture(deployed)
    await expect((yes: boolean) => ballot.vote(yes)).toLeakNothing(enigma, true, false)
  })
})
