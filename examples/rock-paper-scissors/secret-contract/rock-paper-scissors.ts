import { Address, block, EthereumContract, Mapping2, require, task, u256, Value } from "@enigma-discovery/sdk-as/assembly"

/** The Solidity side: holds the bets, and moves them as it is told. */
@ethereum
class RockPaperScissorsBets extends EthereumContract {
  /** @param winner zero: a draw */
  settle(game: u256, first: Address, second: Address, winner: Address): void {}
}

/**
 * Both moves stay secret until both are made, so nobody needs to commit and reveal. The id of a game holds the time by
 * which the moves must be made (its upper bits); who has not moved by then has lost.
 */
@contract
export class RockPaperScissors {
  bets: Value<Address>
  /** 1 rock, 2 paper, 3 scissors, by game and player. A stranger's move in a game is kept and never looked at. */
  moves: Mapping2<u256, Address, u8>

  @error AlreadyMoved(game: u256): void {}
  @error TooLate(moveBeforeS: u64): void {}
  @error NotDecided(moveBeforeS: u64): void {}

  @construct
  construct(bets: Address): void {
    this.bets.set(bets)
  }

  @call
  play(game: u256, move: u8): void {
    require(move >= 1 && move <= 3, "a move is 1 rock, 2 paper or 3 scissors")
    if (block.timestamp() >= timeOf(game)) this.TooLate(timeOf(game))
    if (this.moves.has(game, task.sender())) this.AlreadyMoved(game)
    this.moves.set(game, task.sender(), move)
  }

  /** The caller's move, 0 before it is made. */
  @view
  myMove(game: u256): u8 {
    return this.moves.get(game, task.sender())
  }

  /** Decides a game whose players are those; Ethereum refuses it when they are others. Anyone may ask for it. */
  @call
  decide(game: u256, first: Address, second: Address): void {
    const a = this.moves.get(game, first)
    const b = this.moves.get(game, second)
    if ((a == 0 || b == 0) && block.timestamp() < timeOf(game)) this.NotDecided(timeOf(game))
    let winner = Address.zero
    if (beats(a, b)) winner = first
    if (beats(b, a)) winner = second
    new RockPaperScissorsBets(this.bets.get()).settle(game, first, second, winner)
  }
}

/** Any move beats none. */
function beats(a: u8, b: u8): bool {
  if (a == 0) return false
  return b == 0 || (3 + a - b) % 3 == 1
}

function timeOf(game: u256): u64 {
  return game.shr(64).toU64()
}
