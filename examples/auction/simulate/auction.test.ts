import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { account, simulate } from "@enigma-discovery/sdk-as/simulate"
import { checkCodeSize, compileExample, revertedWith } from "../../support/example.ts"

type Auction = {
  deposit(): undefined
  withdraw(amountWei: bigint): undefined
  free(): bigint
  bid(auction: bigint, amountWei: bigint): undefined
  myBid(auction: bigint): bigint
  close(auction: bigint): undefined
}

const ETH = 10n ** 18n
const END_S = 2_000n
const LOT = (END_S << 64n) | 1n
const [auctions, enigma, ann, ben, cem] = ["auctions", "enigma", "ann", "ben", "cem"].map(account) as [
  string,
  string,
  string,
  string,
  string,
]
const NO_TOKEN = `0x${"0".repeat(40)}`

describe("sealed-bid auction", async () => {
  const compiled = await compileExample("auction")
  const deploy = async () => {
    const c = await simulate<Auction>(compiled, { args: [auctions, enigma], timestampS: 1_000n })
    for (const who of [ann, ben, cem]) await c.connect(who, { value: { amount: 10n * ETH } }).deposit()
    return c
  }

  it("fits its size", () => checkCodeSize("auction", compiled))

  it("sells to the highest bid: pays, and tells who and how much", async () => {
    const c = await deploy()
    await c.connect(ann).bid(LOT, 3n * ETH)
    await c.connect(ben).bid(LOT, 5n * ETH)
    await c.connect(cem).bid(LOT, 4n * ETH)
    c.setBlock({ timestampS: END_S })
    const { callbacks } = await c.run("close", LOT)
    assert.deepEqual(
      callbacks.map(({ target, method, args }) => ({ target, method, args })),
      [
        { target: enigma, method: "withdrawPayment", args: [NO_TOKEN, auctions, 5n * ETH] },
        { target: auctions, method: "settle", args: [LOT, ben, 5n * ETH] },
      ],
    )
    assert.deepEqual(await Promise.all([ann, ben, cem].map((who) => c.connect(who).query.free())), [
      10n * ETH,
      5n * ETH,
      10n * ETH,
    ])
    await assert.rejects(c.close(LOT), revertedWith("AlreadyClosed()"))
  })

  it("gives the earlier of equal bids the thing; a changed bid is a new one", async () => {
    const c = await deploy()
    await c.connect(cem).bid(LOT, 2n * ETH)
    await c.connect(ann).bid(LOT, 2n * ETH)
    await c.connect(ben).bid(LOT, 2n * ETH)
    await c.connect(cem).bid(LOT, 2n * ETH)
    c.setBlock({ timestampS: END_S })
    assert.equal((await c.run("close", LOT)).callbacks[1]?.args[1], ann)
  })

  it("binds deposits while a bid stands, and no longer", async () => {
    const c = await deploy()
    const bidder = c.connect(ann)
    await bidder.bid(LOT, 6n * ETH)
    assert.equal(await bidder.query.myBid(LOT), 6n * ETH)
    await assert.rejects(bidder.bid(LOT + 1n, 5n * ETH), revertedWith(`NotCovered(${4n * ETH})`))
    await assert.rejects(bidder.withdraw(5n * ETH), revertedWith(`NotCovered(${4n * ETH})`))
    await bidder.bid(LOT, 9n * ETH)
    await bidder.bid(LOT, 0n)
    const { callbacks } = await bidder.run("withdraw", 10n * ETH)
    assert.deepEqual(callbacks[0]?.args, [NO_TOKEN, ann, 10n * ETH])
    assert.equal(await bidder.query.free(), 0n)
  })

  it("refuses tokens, tiny and late bids, early closing and auctions nobody bid in", async () => {
    const c = await deploy()
    const token = account("token")
    await assert.rejects(c.connect(ann, { value: { token, amount: 1n } }).deposit(), revertedWith(`NotEth(${token})`))
    await assert.rejects(c.connect(ann).bid(LOT, 1n), revertedWith(`TooLow(${ETH / 1_000n})`))
    await c.connect(ann).bid(LOT, ETH)
    await c.connect(ann).bid(LOT, 0n)
    await assert.rejects(c.close(LOT), revertedWith("AuctionNotOver(2000)"))
    c.setBlock({ timestampS: END_S })
    await assert.rejects(c.connect(ann).bid(LOT, ETH), revertedWith("AuctionOver(2000)"))
    await assert.rejects(c.close(LOT), revertedWith("NoBids()"))
  })

  it("shows nobody the bid", async () => {
    const traces = []
    for (const amount of [ETH, 9n * ETH])
      traces.push((await (await deploy()).connect(ann).run("bid", LOT, amount)).public)
    assert.deepEqual(traces[0], traces[1])
  })
})
