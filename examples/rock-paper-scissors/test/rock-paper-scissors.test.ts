import { expect } from "chai"
import hre from "hardhat"

const { ethers, enigma, networkHelpers } = await hre.network.create()
const [ROCK, PAPER, SCISSORS] = [1, 2, 3] as const
const BET = ethers.parseEther("1")
const CALLBACK = { callbackGas: 300_000n }

describe("RockPaperScissors", () => {
  async function started() {
    const [first, second, anyone] = await ethers.getSigners()
    const place = await enigma.predictAddress("RockPaperScissors")
    const bets = await ethers.deployContract("RockPaperScissorsBets", [place])
    const moves = await enigma.deploy("RockPaperScissors", [await bets.getAddress()])
    await bets.connect(first).offer({ value: BET })
    const game = await bets.connect(second).join.staticCall(1n, { value: BET })
    await bets.connect(second).join(1n, { value: BET })
    // The id holds the time by which to move, which is that of the block: take the one that was mined.
    const [event] = await bets.queryFilter(bets.filters.GameStarted())
    return { bets, moves, game: event?.args.gameId ?? game, first, second, anyone }
  }

  it("pays both bets to the winner, by a callback", async () => {
    const { bets, moves, game, first, second, anyone } = await networkHelpers.loadFixture(started)
    await moves.connect(first).play(game, PAPER)
    await moves.connect(second).play(game, ROCK)
    const before = await ethers.provider.getBalance(first)
    await moves.connect(anyone).decide(game, first.address, second.address, CALLBACK)
    expect((await ethers.provider.getBalance(first)) - before).to.equal(2n * BET)
    expect(await ethers.provider.getBalance(bets)).to.equal(0n)
  })

  it("gives both bets back in a draw", async () => {
    const { moves, game, first, second, anyone } = await networkHelpers.loadFixture(started)
    await moves.connect(first).play(game, SCISSORS)
    await moves.connect(second).play(game, SCISSORS)
    const balances = () => Promise.all([first, second].map((player) => ethers.provider.getBalance(player)))
    const before = await balances()
    await moves.connect(anyone).decide(game, first.address, second.address, CALLBACK)
    const after = await balances()
    expect(after.map((balance, i) => balance - before[i])).to.deep.equal([BET, BET])
  })

  it("moves no bet for players that are not the game's, and undoes what it did", async () => {
    const { bets, moves, game, first, second, anyone } = await networkHelpers.loadFixture(started)
    await moves.connect(anyone).play(game, PAPER)
    await moves.connect(second).play(game, ROCK)
    const decided = await moves.decide(game, anyone.address, second.address, CALLBACK).outcome()
    expect(decided.status).to.equal("CallbackFailed")
    expect(await ethers.provider.getBalance(bets)).to.equal(2n * BET)
    await moves.connect(first).play(game, SCISSORS)
    await moves.decide(game, first.address, second.address, CALLBACK)
    expect(await ethers.provider.getBalance(bets)).to.equal(0n)
  })

  it("is not decided before both have moved", async () => {
    const { moves, game, first, second } = await networkHelpers.loadFixture(started)
    await moves.connect(first).play(game, ROCK)
    await expect(moves.connect(first).play(game, PAPER)).to.be.revertedWithSecretError(moves, "AlreadyMoved")
    await expect(moves.decide(game, first.address, second.address, CALLBACK)).to.be.revertedWithSecretError(
      moves,
      "NotDecided",
    )
  })

  it("shows nobody a move", async () => {
    const { moves, game, first } = await networkHelpers.loadFixture(started)
    await expect((move: number) => moves.connect(first).play(game, move)).toLeakNothing(enigma, ROCK, SCISSORS)
  })
})
