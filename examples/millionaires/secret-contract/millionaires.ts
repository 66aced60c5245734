import { Address, EthereumContract, Mapping, u256, Value } from "@enigma-discovery/sdk-as/assembly"

/** The Solidity side: keeps what it is told, by this contract alone. */
@ethereum
class RichestRegistry extends EthereumContract {
  announce(richest: Address): void {}
}

/** Who is the richest? Everyone's worth stays secret; only the answer is told. */
@contract
export class Millionaires {
  registry: Value<Address>
  worth: Mapping<Address, u256>

  @construct
  construct(registry: Address): void {
    this.registry.set(registry)
  }

  @call
  addMillionaire(who: Address, worth: u256): void {
    this.worth.set(who, worth)
  }

  /** The address with the highest worth, the zero address before anyone was added; of equals the lowest address. */
  @view
  computeRichest(): Address {
    const everyone = this.worth.keys()
    let richest = Address.zero
    let most = u256.zero
    for (let i = 0; i < everyone.length; i++) {
      const worth = this.worth.get(everyone[i])
      if (richest.isZero || worth > most) {
        richest = everyone[i]
        most = worth
      }
    }
    return richest
  }

  /** Tells Ethereum, and so everyone, who the richest is. */
  @call
  announceRichest(): void {
    new RichestRegistry(this.registry.get()).announce(this.computeRichest())
  }
}
