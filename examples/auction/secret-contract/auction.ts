import { Address, block, EthereumContract, Mapping, Mapping2, task, u256, Value } from "@enigma-discovery/sdk-as/assembly"

/** The Solidity side: opens auctions, and hands the price to the seller. */
@ethereum
class Auctions extends EthereumContract {
  settle(auction: u256, winner: Address, priceWei: u256): void {}
}

/** Enigma itself keeps the ETH that came with tasks; this contract's account may send it on. */
@ethereum
class Payments extends EthereumContract {
  withdrawPayment(token: Address, to: Address, amount: u256): void {}
}

/**
 * Bids nobody sees, not even afterwards: all that is told is who won and for how much. Bids are backed by ETH deposited
 * before, whose amount is public and an upper bound only. The id of an auction holds the time at which it ends (its upper
 * bits).
 */
@contract
export class SealedBidAuction {
  auctions: Value<Address>
  payments: Value<Address>
  deposits: Mapping<Address, u256>
  /** What of a deposit backs bids in auctions that are not closed. */
  bound: Mapping<Address, u256>
  /** By auction and bidder. */
  bids: Mapping2<u256, Address, u256>
  /** By auction and bidder: the number of the bid, so that of equal ones the earlier wins. */
  places: Mapping2<u256, Address, u32>
  placed: Value<u32>
  closed: Mapping<u256, bool>

  @error NotEth(token: Address): void {}
  @error AuctionOver(endsAtS: u64): void {}
  @error AuctionNotOver(endsAtS: u64): void {}
  @error AlreadyClosed(): void {}
  @error NoBids(): void {}
  @error NotCovered(freeWei: u256): void {}
  @error TooLow(leastWei: u256): void {}

  /** @param auctions the Solidity contract @param payments Enigma's address on chain */
  @construct
  construct(auctions: Address, payments: Address): void {
    this.auctions.set(auctions)
    this.payments.set(payments)
  }

  /** The ETH sent with the task backs the sender's bids. */
  @call @payable
  deposit(): void {
    if (!task.token().isZero) this.NotEth(task.token())
    this.deposits.set(task.sender(), this.deposits.get(task.sender()) + task.amount())
  }

  /** Sends back what backs no bid. */
  @call
  withdraw(amountWei: u256): void {
    const bidder = task.sender()
    const free = this.free()
    if (amountWei > free) this.NotCovered(free)
    this.deposits.set(bidder, this.deposits.get(bidder) - amountWei)
    new Payments(this.payments.get()).withdrawPayment(Address.zero, bidder, amountWei)
  }

  /** Deposit of the caller that backs no bid. */
  @view
  free(): u256 {
    return this.deposits.get(task.sender()) - this.bound.get(task.sender())
  }

  /** Bids, or replaces a bid, until the auction is over. Zero withdraws it, another has its least. */
  @call
  bid(auction: u256, amountWei: u256): void {
    if (block.timestamp() >= endOf(auction)) this.AuctionOver(endOf(auction))
    const bidder = task.sender()
    const before = this.bids.get(auction, bidder)
    const free = this.free() + before
    if (amountWei > free) this.NotCovered(free)
    // Closing walks over all bids: none is free to make.
    if (!amountWei.isZero && amountWei < LEAST_BID) this.TooLow(LEAST_BID)
    this.bound.set(bidder, this.bound.get(bidder) - before + amountWei)
    if (amountWei.isZero) this.bids.remove(auction, bidder)
    else this.bids.set(auction, bidder, amountWei)
    const place = this.placed.get() + 1
    this.placed.set(place)
    this.places.set(auction, bidder, place)
  }

  /** The caller's own bid. */
  @view
  myBid(auction: u256): u256 {
    return this.bids.get(auction, task.sender())
  }

  /** Tells who won, and pays. Anyone may ask for it once the auction is over. */
  @call
  close(auction: u256): void {
    if (block.timestamp() < endOf(auction)) this.AuctionNotOver(endOf(auction))
    if (this.closed.has(auction)) this.AlreadyClosed()
    this.closed.set(auction, true)
    const winner = this.unbindAll(auction)
    const price = this.bids.get(auction, winner)
    if (price.isZero) this.NoBids()
    this.deposits.set(winner, this.deposits.get(winner) - price)
    const auctions = this.auctions.get()
    new Payments(this.payments.get()).withdrawPayment(Address.zero, auctions, price)
    new Auctions(auctions).settle(auction, winner, price)
  }

  /** Unbinds every bid. Returns the bidder of the highest, of equal ones the earliest. */
  private unbindAll(auction: u256): Address {
    let winner = Address.zero
    let highest = u256.zero
    let place: u32 = 0
    const bids = this.bids.entries(auction)
    while (bids.next()) {
      const bidder = bids.key
      const bid = bids.value
      const bidPlace = this.places.get(auction, bidder)
      this.bound.set(bidder, this.bound.get(bidder) - bid)
      if (bid > highest || (bid == highest && bidPlace < place)) {
        winner = bidder
        highest = bid
        place = bidPlace
      }
    }
    return winner
  }
}

/** 0.001 ETH. */
const LEAST_BID = u256.from(1_000_000_000_000_000)

function endOf(auction: u256): u64 {
  return auction.shr(64).toU64()
}
