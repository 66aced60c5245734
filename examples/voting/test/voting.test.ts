import { expect } from "chai"
import hre from "hardhat"

const { ethers, enigma, networkHelpers } = await hre.network.create()
const HOUR_S = 3_600

describe("Voting", () => {
  async function deployed() {
    const [ann, ben, cem, stranger] = await ethers.getSigners()
    const polls = await ethers.deployContract("Polls", [await enigma.predictAddress("Voting")])
    const voters = [ann.address, ben.address, cem.address]
    const voting = await enigma.deploy("Voting", [await polls.getAddress(), voters])
    const endsAtS = (await networkHelpers.time.latest()) + HOUR_S
    const poll = await polls.open.staticCall("More trees?", endsAtS)
    await polls.open("More trees?", endsAtS)
    return { polls, voting, poll, endsAtS, ann, ben, cem, stranger }
  }

  it("closes a poll on Ethereum with the tally, and nothing else", async () => {
    const { polls, voting, poll, endsAtS, ann, ben, cem } = await networkHelpers.loadFixture(deployed)
    await voting.connect(ann).vote(poll, true)
    await voting.connect(ben).vote(poll, false)
    await voting.connect(cem).vote(poll, true)
    expect(await voting.connect(ben).query.myVote(poll)).to.equal(2n)
    await expect(voting.tally(poll, { callbackGas: 200_000n })).to.be.revertedWithSecretError(voting, "PollNotOver")

    await networkHelpers.time.increaseTo(endsAtS)
    await voting.tally(poll, { callbackGas: 200_000n })
    const { closed, yes, no } = await polls.polls(poll)
    expect([closed, yes, no]).to.deep.equal([true, 2n, 1n])
  })

  it("takes votes of voters, in time", async () => {
    const { voting, poll, endsAtS, ann, stranger } = await networkHelpers.loadFixture(deployed)
    await expect(voting.connect(stranger).vote(poll, true))
      .to.be.revertedWithSecretError(voting, "NotAVoter")
      .withArgs(stranger)
    await networkHelpers.time.increaseTo(endsAtS)
    await expect(voting.connect(ann).vote(poll, true)).to.be.revertedWithSecretError(voting, "PollOver")
  })

  it("does not tally so few votes that they would be known", async () => {
    const { voting, poll, endsAtS, ann } = await networkHelpers.loadFixture(deployed)
    await voting.connect(ann).vote(poll, true)
    await networkHelpers.time.increaseTo(endsAtS)
    await expect(voting.tally(poll)).to.be.revertedWithSecretError(voting, "TooFewVotes").withArgs(1n, 3n)
  })

  it("shows nobody a vote", async () => {
    const { voting, poll, ann } = await networkHelpers.loadFixture(deployed)
    await expect((yes: boolean) => voting.connect(ann).vote(poll, yes)).toLeakNothing(enigma, true, false)
  })
})
