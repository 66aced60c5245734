import { Address, block, Bytes, crypto, EthereumContract, Hash, List, Mapping, Mapping2, random, require, revert, task, u96, u256, Value } from "@enigma-discovery/sdk-as/assembly"

@ethereum
class Bank extends EthereumContract {
  pay(to: Address, amount: u96, memo: string): void {}
  ping(): void {}
}

/** One of everything. */
@contract
export class Features {
  bank: Value<Address>
  @publicState round: Value<u32>
  names: Mapping<Address, string>
  log: List<u64>
  pairs: Mapping2<string, u64, bool>

  @event Paid(to: Address, amount: u256, memo: string): void {}
  @event Nothing(): void {}
  @error TooMuch(amount: u256, most: u64): void {}
  @error Closed(): void {}

  @construct
  construct(bank: Address, round: u32): void {
    this.bank.set(bank)
    this.round.set(round)
  }

  @call
  setName(name: string): u32 {
    this.names.set(task.sender(), name)
    this.round.set(this.round.get() + 1)
    this.log.push(<u64>name.length)
    return this.log.length
  }

  @call @payable
  pay(to: Address, memo: string): u96 {
    const amount = task.amount()
    if (amount > u256.from(1000)) this.TooMuch(amount, 1000)
    if (amount.isZero) this.Closed()
    this.log.push(amount.a)
    this.Paid(to, amount, memo)
    this.Nothing()
    new Bank(this.bank.get()).pay(to, amount, memo)
    new Bank(this.bank.get()).ping()
    return amount
  }

  @call
  roll(sides: u64): u64 {
    return random.below(sides)
  }

  @call
  item(index: i32): u64 {
    const all: u64[] = [1, 2, 3]
    return all[index]
  }

  @call
  divide(a: u64, b: u64): u64 {
    return a / b
  }

  @call
  narrow(value: u96): u96 {
    return value + u256.one
  }

  @call
  forever(): void {
    let i: u64 = 1
    while (i != 0) i += 2
  }

  @view
  hashOf(data: Bytes): Hash {
    require(data.length > 0, "nothing to hash")
    return crypto.keccak256(data)
  }

  @view
  when(): u64[] {
    return [block.number(), block.timestamp()]
  }

  @call
  pair(a: string, b: u64): void {
    this.pairs.set(a, b, true)
  }

  @view
  pairsOf(a: string): u64[] {
    const out: u64[] = []
    const all = this.pairs.entries(a)
    while (all.next()) if (all.value) out.push(all.key)
    return out
  }
}
