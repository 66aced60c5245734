import { Address, EthereumContract, Mapping, require, task, Value } from "@enigma-discovery/sdk-as/assembly"

/** The Solidity side: learns the result, from this contract alone. */
@ethereum
class Poll extends EthereumContract {
  close(yes: u32, no: u32): void {}
}

/** Who voted is public, as any transaction is; what they voted is nobody's business. */
@contract
export class Ballot {
  owner: Value<Address>
  poll: Value<Address>
  votes: Mapping<Address, bool>
  closed: Value<bool>

  @construct
  construct(poll: Address): void {
    this.owner.set(task.sender())
    this.poll.set(poll)
  }

  /** Once for everybody: who votes is public, so refusing a second vote tells nothing. */
  @call
  vote(yes: bool): void {
    require(!this.closed.get(), "the poll is closed")
    require(!this.votes.has(task.sender()), "you have voted")
    this.votes.set(task.sender(), yes)
  }

  /** What the caller voted: told to the caller alone. */
  @view
  myVote(): bool {
    require(this.votes.has(task.sender()), "you have not voted")
    return this.votes.get(task.sender())
  }

  /** Counts, and tells Ethereum the result. */
  @call
  close(): void {
    require(task.sender() == this.owner.get(), "only the owner closes the poll")
    require(!this.closed.get(), "the poll is closed")
    this.closed.set(true)
    let yes: u32 = 0
    let no: u32 = 0
    const votes = this.votes.entries()
    while (votes.next()) {
      if (votes.value) yes++
      else no++
    }
    new Poll(this.poll.get()).close(yes, no)
  }
}
