import assert from "node:assert/strict"
import { expect } from "chai"
import { ZeroAddress } from "ethers"
import { network } from "hardhat"

const HOUR = 3_600n
const BET = 10n ** 15n

/** The Solidity side of the examples, with an ordinary account in the secret contract's place. */
async function fixture() {
  const { ethers, networkHelpers } = await network.getOrCreate()
  const [deployer, secret, ann, ben, cem] = await ethers.getSigners()
  const polls = await ethers.deployContract("Polls", [secret])
  const bets = await ethers.deployContract("RockPaperScissorsBets", [secret])
  const auctions = await ethers.deployContract("Auctions", [secret])
  const beacon = await ethers.deployContract("Beacon", [secret])
  const token = await ethers.deployContract("ExampleToken", [1_000n])
  return { ethers, networkHelpers, deployer, secret, ann, ben, cem, polls, bets, auctions, beacon, token }
}
type Fixture = Awaited<ReturnType<typeof fixture>>
const setup = async () => (await network.getOrCreate()).networkHelpers.loadFixture(fixture)
const now = async ({ networkHelpers }: Fixture) => BigInt(await networkHelpers.time.latest())
const idOf = (timeS: bigint, number: bigint) => (timeS << 64n) | number

describe("examples: polls", () => {
  it("opens, and closes once, by the secret contract alone", async () => {
    const f = await setup()
    const endsAtS = (await now(f)) + HOUR
    const poll = idOf(endsAtS, 1n)
    await expect(f.polls.connect(f.ann).open("Tea?", endsAtS))
      .to.emit(f.polls, "PollOpened")
      .withArgs(poll, f.ann.address, endsAtS, "Tea?")
    await expect(f.polls.connect(f.ann).close(poll, 3, 1))
      .to.be.revertedWithCustomError(f.polls, "NotSecretContract")
      .withArgs(f.ann.address)
    await expect(f.polls.connect(f.secret).close(poll + 1n, 3, 1)).to.be.revertedWithCustomError(f.polls, "NoSuchPoll")
    const close = f.polls.connect(f.secret)
    await expect(close.close(poll, 3, 1))
      .to.emit(f.polls, "PollClosed")
      .withArgs(poll, 3, 1)
    assert.deepEqual([...(await f.polls.polls(poll))], [f.ann.address, true, 3n, 1n])
    await expect(close.close(poll, 0, 9))
      .to.be.revertedWithCustomError(f.polls, "AlreadyClosed")
      .withArgs(poll)
    const past = await now(f)
    await expect(f.polls.open("Late?", past)).to.be.revertedWithCustomError(f.polls, "EndsInThePast").withArgs(past)
  })
})

describe("examples: bets of rock-paper-scissors", () => {
  async function started() {
    const f = await setup()
    await f.bets.connect(f.ann).offer({ value: BET })
    await f.bets.connect(f.ben).join(1, { value: BET })
    const game = idOf((await now(f)) + HOUR, 1n)
    return { ...f, game, settle: f.bets.connect(f.secret) }
  }

  it("moves both bets to the winner, once, by the secret contract alone", async () => {
    const { ethers, bets, settle, game, ann, ben, cem } = await started()
    const args = [game, ann, ben, ben] as const
    await expect(bets.connect(ann).settle(...args)).to.be.revertedWithCustomError(bets, "NotSecretContract")
    await expect(settle.settle(game, ben, ann, ben)).to.be.revertedWithCustomError(bets, "WrongPlayers")
    await expect(settle.settle(game, ann, cem, cem)).to.be.revertedWithCustomError(bets, "WrongPlayers")
    await expect(settle.settle(game, ann, ben, cem)).to.be.revertedWithCustomError(bets, "WrongWinner")
    await expect(settle.settle(...args)).to.changeEtherBalances(ethers, [bets, ben, ann], [-2n * BET, 2n * BET, 0n])
    await expect(settle.settle(...args))
      .to.be.revertedWithCustomError(bets, "NoSuchGame")
      .withArgs(game)
  })

  it("gives both theirs back in a draw, and when no decision comes", async () => {
    const first = await started()
    const { ethers, bets, ann, ben } = first
    await expect(first.settle.settle(first.game, ann, ben, ZeroAddress)).to.changeEtherBalances(
      ethers,
      [ann, ben],
      [BET, BET],
    )
    const { networkHelpers } = first
    await bets.connect(ann).offer({ value: BET })
    await bets.connect(ben).join(2, { value: BET })
    const moveBeforeS = (await now(first)) + HOUR
    const game = idOf(moveBeforeS, 2n)
    await expect(bets.takeBack(game)).to.be.revertedWithCustomError(bets, "StillUndecided")
    await networkHelpers.time.increaseTo(moveBeforeS + 24n * HOUR)
    await expect(bets.takeBack(game)).to.changeEtherBalances(ethers, [ann, ben], [BET, BET])
    await expect(bets.takeBack(game)).to.be.revertedWithCustomError(bets, "NoSuchGame")
  })

  it("keeps what a winner's code does not take, and settles all the same", async () => {
    const f = await setup()
    const { ethers, networkHelpers, bets, ann } = f
    const contract = await (await ethers.deployContract("Callee")).getAddress() // takes no ETH
    await networkHelpers.impersonateAccount(contract)
    await networkHelpers.setBalance(contract, 10n ** 18n)
    const player = await ethers.getSigner(contract)
    await bets.connect(player).offer({ value: BET })
    await bets.connect(ann).join(1, { value: BET })
    const game = idOf((await now(f)) + HOUR, 1n)
    await bets.connect(f.secret).settle(game, player, ann, player)
    assert.equal(await bets.owed(player), 2n * BET)
    await expect(bets.connect(player).withdraw()).to.be.revertedWithCustomError(bets, "NothingSent").withArgs(contract)
    assert.equal(await bets.owed(player), 2n * BET)
    await expect(bets.connect(ann).withdraw()).to.be.revertedWithCustomError(bets, "NothingSent")
  })

  it("refuses wrong bets and opponents, and gives an offer back to its maker", async () => {
    const { ethers, bets, ann, ben } = await setup()
    await expect(bets.connect(ann).offer()).to.be.revertedWithCustomError(bets, "WrongBet")
    await bets.connect(ann).offer({ value: BET })
    await expect(bets.connect(ben).join(1, { value: BET + 1n })).to.be.revertedWithCustomError(bets, "WrongBet")
    await expect(bets.connect(ann).join(1, { value: BET })).to.be.revertedWithCustomError(bets, "OwnOpponent")
    await expect(bets.connect(ben).join(2, { value: BET })).to.be.revertedWithCustomError(bets, "NoSuchGame")
    await expect(bets.connect(ben).cancel(1)).to.be.revertedWithCustomError(bets, "NoSuchGame")
    await expect(bets.connect(ann).cancel(1)).to.changeEtherBalance(ethers, ann, BET)
    await expect(bets.connect(ann).cancel(1)).to.be.revertedWithCustomError(bets, "NoSuchGame")
  })
})

describe("examples: auctions", () => {
  async function opened() {
    const f = await setup()
    const endsAtS = (await now(f)) + HOUR
    await f.auctions.connect(f.ann).open("A clock", endsAtS)
    return { ...f, lot: idOf(endsAtS, 1n), settle: f.auctions.connect(f.secret) }
  }

  it("hands the price that arrived to the seller, once, by the secret contract alone", async () => {
    const { ethers, auctions, settle, lot, secret, ann, ben } = await opened()
    await expect(auctions.settle(lot, ben, BET)).to.be.revertedWithCustomError(auctions, "NotSecretContract")
    await expect(settle.settle(lot, ben, BET))
      .to.be.revertedWithCustomError(auctions, "PriceNotPaid")
      .withArgs(0n, BET)
    await secret.sendTransaction({ to: auctions, value: BET })
    await expect(settle.settle(lot + 1n, ben, BET)).to.be.revertedWithCustomError(auctions, "NoSuchAuction")
    await expect(settle.settle(lot, ben, BET))
      .to.emit(auctions, "AuctionSettled")
      .withArgs(lot, ben.address, BET)
    await expect(settle.settle(lot, ann, 0n)).to.be.revertedWithCustomError(auctions, "AlreadySettled")
    await expect(auctions.connect(ann).withdraw()).to.changeEtherBalances(ethers, [auctions, ann], [-BET, BET])
    await expect(auctions.connect(ann).withdraw()).to.be.revertedWithCustomError(auctions, "NothingSent")
  })

  it("does not count one seller's proceeds as another's price", async () => {
    const { auctions, settle, lot, secret, ben, cem, ...f } = await opened()
    await secret.sendTransaction({ to: auctions, value: BET })
    await settle.settle(lot, ben, BET)
    const endsAtS = (await now({ ...f, auctions, secret, ben, cem })) + HOUR
    await auctions.connect(cem).open("A lamp", endsAtS)
    await expect(settle.settle(idOf(endsAtS, 2n), ben, BET))
      .to.be.revertedWithCustomError(auctions, "PriceNotPaid")
      .withArgs(0n, BET)
  })
})

describe("examples: beacon and token", () => {
  it("is lit by the secret contract alone; the token is the deployer's", async () => {
    const { beacon, secret, ann, token, deployer } = await setup()
    await expect(beacon.connect(ann).light()).to.be.revertedWithCustomError(beacon, "NotSecretContract")
    await beacon.connect(secret).light()
    assert.equal(await beacon.flashes(), 1n)
    assert.equal(await token.balanceOf(deployer), 1_000n)
  })
})
