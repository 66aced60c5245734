import type { Abi } from "@enigma-discovery/client"
import type { Enigma, SecretContractBase } from "../types.ts"

type AnyContract = Pick<SecretContractBase<Abi>, "address" | "contractName">

declare global {
  namespace Chai {
    /** An assertion to await. */
    interface SecretAssertion extends Assertion, Promise<void> {}
    interface SecretAssertionWithArgs extends SecretAssertion {
      /** Arguments in order: values, numbers for bigints, contracts and signers for addresses, predicates for anything else. */
      withArgs(...args: unknown[]): SecretAssertion
    }
    interface Assertion {
      /** The secret contract reverted with this message. */
      revertedWithSecretError(message: string | RegExp): SecretAssertion
      /** The secret contract reverted with this custom error. */
      revertedWithSecretError(contract: AnyContract, errorName: string): SecretAssertionWithArgs
      /** The call emitted this event, sealed to its caller. */
      emitSecretEvent(contract: AnyContract, eventName: string): SecretAssertionWithArgs
      /**
       * The function changes the contract's state: any of it, a variable, or variables to these values. In-process network only.
       * @example await expect(() => counter.add(2n)).to.changeSecretState(counter, { total: 2n })
       */
      changeSecretState(contract: AnyContract, what?: string | Readonly<Record<string, unknown>>): SecretAssertion
      /**
       * The function, called with each of two secrets, shows nothing that tells them apart: sizes, gas, events, refunds, callbacks.
       * In-process network only. Leaves the network as it was.
       * @example await expect((bid: bigint) => auction.bid(bid)).toLeakNothing(enigma, 1n, 999n)
       */
      toLeakNothing(enigma: Enigma, first: unknown, second: unknown): SecretAssertion
    }
  }
}
