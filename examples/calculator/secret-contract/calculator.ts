import { Address, Mapping, task, u256 } from "@enigma-discovery/sdk-as/assembly"

/** Computes with secret numbers; keeps everyone's last result for them alone. */
@contract
export class Calculator {
  results: Mapping<Address, u256>

  @error DivisionByZero(): void {}

  @call
  add(a: u256, b: u256): u256 {
    return this.keep(a + b)
  }

  @call
  subtract(a: u256, b: u256): u256 {
    return this.keep(a - b)
  }

  @call
  multiply(a: u256, b: u256): u256 {
    return this.keep(a * b)
  }

  @call
  divide(a: u256, b: u256): u256 {
    if (b.isZero) this.DivisionByZero()
    return this.keep(a / b)
  }

  /** The caller's last result, zero before the first. */
  @view
  last(): u256 {
    return this.results.get(task.sender())
  }

  private keep(result: u256): u256 {
    this.results.set(task.sender(), result)
    return result
  }
}
