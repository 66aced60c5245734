import { Address, Mapping, random, task } from "@enigma-discovery/sdk-as/assembly"

/** A coin nobody can foresee, not even who runs it: its side is drawn inside the enclave, after the guess is recorded. */
@contract
export class FlipCoin {
  flips: Mapping<Address, u32>
  wins: Mapping<Address, u32>

  /** Goes to the player alone, as all events do. */
  @event Flipped(heads: bool, won: bool): void {}

  /** Returns whether the guess was right. */
  @call
  flip(heads: bool): bool {
    const player = task.sender()
    const landed = (random.bytes(1)[0] & 1) == 1
    const won = landed == heads
    this.flips.set(player, this.flips.get(player) + 1)
    // Written in any case: whether something was won shows in nothing that others see.
    this.wins.set(player, this.wins.get(player) + u32(won))
    this.Flipped(landed, won)
    return won
  }

  /** The caller's flips and wins. */
  @view
  score(): u32[] {
    const player = task.sender()
    return [this.flips.get(player), this.wins.get(player)]
  }
}
