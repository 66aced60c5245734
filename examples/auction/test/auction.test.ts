import { expect } from "chai"
import hre from "hardhat"

const { ethers, enigma, networkHelpers } = await hre.network.create()
const DAY_S = 86_400
const eth = ethers.parseEther
const CALLBACK = { callbackGas: 400_000n }

describe("SealedBidAuction", () => {
  async function opened() {
    const [seller, ann, ben] = await ethers.getSigners()
    const auctions = await ethers.deployContract("Auctions", [await enigma.predictAddress("SealedBidAuction")])
    const bids = await enigma.deploy("SealedBidAuction", [await auctions.getAddress(), await enigma.enigmaAddress()])
    const endsAtS = (await networkHelpers.time.latest()) + DAY_S
    const lot = await auctions.open.staticCall("A painting", endsAtS)
    await auctions.open("A painting", endsAtS)
    for (const bidder of [ann, ben]) await bids.connect(bidder).deposit({ value: eth("10") })
    return { auctions, bids, lot, endsAtS, seller, ann, ben }
  }

  it("sells to the highest bid, pays the seller, and tells no other bid", async () => {
    const { auctions, bids, lot, endsAtS, seller, ann, ben } = await networkHelpers.loadFixture(opened)
    await bids.connect(ann).bid(lot, eth("3"))
    await bids.connect(ben).bid(lot, eth("5"))
    await expect(bids.close(lot, CALLBACK)).to.be.revertedWithSecretError(bids, "AuctionNotOver")
    await networkHelpers.time.increaseTo(endsAtS)
    await bids.close(lot, CALLBACK)
    expect((await auctions.auctions(lot)).winner).to.equal(ben.address)
    expect(await auctions.proceeds(seller)).to.equal(eth("5"))
    expect(await bids.connect(ann).query.free()).to.equal(eth("10"))
    expect(await bids.connect(ben).query.free()).to.equal(eth("5"))
  })

  it("takes no bid beyond the deposit, and lets free deposits go", async () => {
    const { bids, lot, ann } = await networkHelpers.loadFixture(opened)
    await bids.connect(ann).bid(lot, eth("4"))
    await expect(bids.connect(ann).bid(lot, eth("11")))
      .to.be.revertedWithSecretError(bids, "NotCovered")
      .withArgs(eth("10"))
    const before = await ethers.provider.getBalance(ann)
    await bids.connect(ann).withdraw(eth("6"), CALLBACK)
    const spentOnGas = before + eth("6") - (await ethers.provider.getBalance(ann))
    expect(spentOnGas).to.be.lessThan(eth("0.01"))
    expect(await bids.connect(ann).query.free()).to.equal(0n)
  })

  it("shows nobody a bid", async () => {
    const { bids, lot, ann } = await networkHelpers.loadFixture(opened)
    await expect((wei: bigint) => bids.connect(ann).bid(lot, wei)).toLeakNothing(enigma, eth("0.001"), eth("9"))
  })
})
