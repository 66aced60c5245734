import { Address, EthereumContract, Mapping, Mapping2, require, task, u256, Value } from "@enigma-discovery/sdk-as/assembly"

/** Enigma itself keeps the tokens that came with tasks; this contract's account may send them on. */
@ethereum
class Payments extends EthereumContract {
  withdrawPayment(token: Address, to: Address, amount: u256): void {}
}

/** Balances and amounts fit these bits; what is above them in an entry counts its changes. */
const BALANCE_BITS = 192

/**
 * An ERC-20 with secret balances and transfers. Tokens are deposited by paying them with a task, and leave by a callback;
 * both show their amounts. In between, whether a transfer was covered shows in nothing: it returns false instead of
 * failing, and writes the same entries in either case. (Every write changes the entry's counter, since writing what stood
 * there already would make the delta smaller.)
 */
@contract
export class ConfidentialErc20 {
  token: Value<Address>
  payments: Value<Address>
  balances: Mapping<Address, u256>
  /** By owner and spender. */
  allowances: Mapping2<Address, Address, u256>

  @event Transferred(to: Address, amount: u256, done: bool): void {}
  @error WrongToken(token: Address): void {}
  @error NotCovered(balance: u256): void {}

  /** @param token what may be deposited @param payments Enigma's address on chain */
  @construct
  construct(token: Address, payments: Address): void {
    this.token.set(token)
    this.payments.set(payments)
  }

  /** The payment is credited to its sender. */
  @call @payable
  deposit(): void {
    if (task.token() != this.token.get()) this.WrongToken(task.token())
    const balance = this.balanceOf(task.sender()) + task.amount()
    require(balance.shr(BALANCE_BITS).isZero, "a balance has 192 bits")
    this.setBalance(task.sender(), balance)
  }

  /** Sends tokens out of the secret balance, to an address on Ethereum, by a callback that everyone sees. */
  @call
  withdraw(to: Address, amount: u256): void {
    const balance = this.balanceOf(task.sender())
    if (balance < amount) this.NotCovered(balance)
    this.setBalance(task.sender(), balance - amount)
    new Payments(this.payments.get()).withdrawPayment(this.token.get(), to, amount)
  }

  /** Returns whether the balance covered it. */
  @call
  transfer(to: Address, amount: u256): bool {
    const done = this.move(task.sender(), to, amount, true)
    this.Transferred(to, amount, done)
    return done
  }

  /** Returns whether balance and allowance covered it. */
  @call
  transferFrom(owner: Address, to: Address, amount: u256): bool {
    const allowed = this.allowance(owner, task.sender())
    const done = this.move(owner, to, amount, amount <= allowed)
    this.setAllowance(owner, task.sender(), done ? allowed - amount : allowed)
    this.Transferred(to, amount, done)
    return done
  }

  @call
  approve(spender: Address, amount: u256): void {
    require(amount.shr(BALANCE_BITS).isZero, "an allowance has 192 bits")
    this.setAllowance(task.sender(), spender, amount)
  }

  @view
  balance(): u256 {
    return this.balanceOf(task.sender())
  }

  /** What `owner` lets `spender` move; for the two of them. */
  @view
  allowanceOf(owner: Address, spender: Address): u256 {
    require(task.sender() == owner || task.sender() == spender, "only owner and spender may know")
    return this.allowance(owner, spender)
  }

  private move(from: Address, to: Address, amount: u256, isAllowed: bool): bool {
    const balance = this.balanceOf(from)
    const done = isAllowed && amount <= balance
    const moved = done ? amount : u256.zero
    this.setBalance(from, balance - moved)
    this.setBalance(to, this.balanceOf(to) + moved)
    return done
  }

  private balanceOf(who: Address): u256 {
    return amountIn(this.balances.get(who))
  }
  private setBalance(who: Address, amount: u256): void {
    this.balances.set(who, changed(this.balances.get(who), amount))
  }
  private allowance(owner: Address, spender: Address): u256 {
    return amountIn(this.allowances.get(owner, spender))
  }
  private setAllowance(owner: Address, spender: Address, amount: u256): void {
    this.allowances.set(owner, spender, changed(this.allowances.get(owner, spender), amount))
  }
}

function amountIn(entry: u256): u256 {
  return new u256(entry.a, entry.b, entry.c, 0)
}

/** An entry with another amount, and its counter one higher. */
function changed(entry: u256, amount: u256): u256 {
  return new u256(amount.a, amount.b, amount.c, entry.d + 1)
}
