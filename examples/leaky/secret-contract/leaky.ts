import { Address, Bytes, EthereumContract, Mapping, require, task, u256, Value } from "@enigma-discovery/sdk-as/assembly"

@ethereum
class Beacon extends EthereumContract {
  light(): void {}
}

/**
 * How not to write a secret contract. Arguments, state and results are sealed, and still each method here tells its
 * secret to everyone: by what the task costs, by its sizes, by how it ends, or by what it does on Ethereum. `quiet` keeps
 * its secret.
 */
@contract
export class Leaky {
  beacon: Value<Address>
  notes: Mapping<Address, Bytes>
  richest: Value<u256>
  @publicState last: Value<u256>

  @construct
  construct(beacon: Address): void {
    this.beacon.set(beacon)
  }

  /** Leaks by gas: as many turns as the secret says. */
  @call
  byGas(secret: u32): u32 {
    let turns: u32 = 0
    for (let i: u32 = 0; i < secret; i++) turns += i ^ secret
    return turns
  }

  /** Leaks by the size of the result. */
  @call
  byOutput(secret: u32): Bytes {
    return new StaticArray<u8>(secret)
  }

  /** Leaks by the size of what is written. */
  @call
  byState(secret: u32): void {
    this.notes.set(task.sender(), new StaticArray<u8>(secret))
  }

  /** Leaks by writing only sometimes: an unchanged state makes a smaller delta. */
  @call
  byNotWriting(secret: u32): void {
    if (secret > 1000) for (let i: u32 = 0; i < 4; i++) this.notes.set(noteKey(i), new StaticArray<u8>(64))
  }

  /** Leaks by failing: the status stands on chain. */
  @call
  byFailing(secret: u32): void {
    require(secret < 1000, "too much")
  }

  /** Leaks by a callback made or not. */
  @call
  byCallback(secret: u32): void {
    if (secret > 1000) new Beacon(this.beacon.get()).light()
  }

  /** Leaks into an entry that everyone can read. */
  @call
  byPublicState(secret: u32): void {
    this.last.set(u256.from(secret))
  }

  /** Keeps it: the same steps, sizes, writes and end whatever the secret is. */
  @call
  quiet(secret: u32): bool {
    const before = this.richest.get()
    const offered = u256.from(secret)
    const isMore = offered.a > before.a
    // Written in any case, with a counter above the amount, so that the entry always changes.
    const amount = isMore ? offered.a : before.a
    this.richest.set(new u256(amount, 0, 0, before.d + 1))
    return isMore
  }
}

function noteKey(i: u32): Address {
  const word = new StaticArray<u8>(32)
  word[31] = <u8>i
  return Address.loadWord(changetype<usize>(word))
}
