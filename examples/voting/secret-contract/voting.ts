import { Address, block, EthereumContract, Mapping, Mapping2, task, u256, Value } from "@enigma-discovery/sdk-as/assembly"

/** The Solidity side: opens polls and keeps what came out. */
@ethereum
class Polls extends EthereumContract {
  close(poll: u256, yes: u32, no: u32): void {}
}

const YES: u8 = 1
const NO: u8 = 2

/**
 * Secret votes on polls that stand on Ethereum. The id of a poll holds the time at which it ends (its upper bits), and
 * Polls.sol takes a tally only for ids that it gave out: so both sides agree on the end without asking each other.
 */
@contract
export class Voting {
  polls: Value<Address>
  voters: Mapping<Address, bool>
  /** By poll and voter. */
  votes: Mapping2<u256, Address, u8>

  @error NotAVoter(who: Address): void {}
  @error PollOver(endsAtS: u64): void {}
  @error PollNotOver(endsAtS: u64): void {}
  /** Fewer votes than this would show who voted what. */
  @error TooFewVotes(votes: u32, least: u32): void {}

  @construct
  construct(polls: Address, voters: Address[]): void {
    this.polls.set(polls)
    for (let i = 0; i < voters.length; i++) this.voters.set(voters[i], true)
  }

  /** Votes, or changes a vote, until the poll is over. */
  @call
  vote(poll: u256, yes: bool): void {
    const voter = task.sender()
    if (!this.voters.has(voter)) this.NotAVoter(voter)
    if (block.timestamp() >= endOf(poll)) this.PollOver(endOf(poll))
    this.votes.set(poll, voter, yes ? YES : NO)
  }

  /** The caller's own vote: 0 none, 1 yes, 2 no. */
  @view
  myVote(poll: u256): u8 {
    return this.votes.get(poll, task.sender())
  }

  /** Counts, and tells Ethereum. Anyone may ask for it once the poll is over. */
  @call
  tally(poll: u256): void {
    if (block.timestamp() < endOf(poll)) this.PollNotOver(endOf(poll))
    let yes: u32 = 0
    let no: u32 = 0
    const votes = this.votes.entries(poll)
    while (votes.next()) {
      const vote = votes.value
      if (vote == YES) yes++
      if (vote == NO) no++
    }
    if (yes + no < MIN_VOTES) this.TooFewVotes(yes + no, MIN_VOTES)
    new Polls(this.polls.get()).close(poll, yes, no)
  }
}

const MIN_VOTES: u32 = 3

function endOf(poll: u256): u64 {
  return poll.shr(64).toU64()
}
