import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { account, simulate } from "@enigma-discovery/sdk-as/simulate"
import { checkCodeSize, compileExample, revertedWith } from "../../support/example.ts"

type Voting = {
  vote(poll: bigint, yes: boolean): undefined
  myVote(poll: bigint): bigint
  tally(poll: bigint): undefined
}

const END_S = 2_000n
const POLL = (END_S << 64n) | 1n
const polls = account("polls")
const voters = ["ann", "ben", "cem", "dia"].map(account)

describe("voting", async () => {
  const compiled = await compileExample("voting")
  const deploy = () => simulate<Voting>(compiled, { args: [polls, voters], timestampS: 1_000n })

  it("fits its size", () => checkCodeSize("voting", compiled))

  it("counts each voter's last vote and tells Ethereum the tally alone", async () => {
    const c = await deploy()
    const votes = [true, false, true, true]
    for (const [i, yes] of votes.entries()) await c.connect(voters[i]!).vote(POLL, yes)
    await c.connect(voters[3]!).vote(POLL, false)
    await c.connect(voters[0]!).vote(POLL + 1n, false)
    c.setBlock({ timestampS: END_S })
    const { callbacks } = await c.run("tally", POLL)
    assert.deepEqual(
      callbacks.map(({ target, method, args }) => ({ target, method, args })),
      [{ target: polls, method: "close", args: [POLL, 2n, 2n] }],
    )
  })

  it("shows a voter the own vote", async () => {
    const c = await deploy()
    await c.connect(voters[1]!).vote(POLL, false)
    assert.equal(await c.connect(voters[1]!).query.myVote(POLL), 2n)
    assert.equal(await c.connect(voters[0]!).query.myVote(POLL), 0n)
  })

  it("refuses strangers, late votes, early and thin tallies", async () => {
    const c = await deploy()
    const stranger = account("stranger")
    await assert.rejects(c.connect(stranger).vote(POLL, true), revertedWith(`NotAVoter(${stranger})`))
    await c.connect(voters[0]!).vote(POLL, true)
    await assert.rejects(c.tally(POLL), revertedWith("PollNotOver(2000)"))
    c.setBlock({ timestampS: END_S })
    await assert.rejects(c.connect(voters[1]!).vote(POLL, true), revertedWith("PollOver(2000)"))
    await assert.rejects(c.tally(POLL), revertedWith("TooFewVotes(1, 3)"))
  })

  it("shows nobody what was voted", async () => {
    const traces = []
    for (const yes of [true, false]) {
      const c = await deploy()
      traces.push((await c.connect(voters[0]!).run("vote", POLL, yes)).public)
    }
    assert.deepEqual(traces[0], traces[1])
  })
})
