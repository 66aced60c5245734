/**
 * `emitSecretEvent(contract, "BidPlaced")`, `.withArgs(...)`: the call's output holds the event, with these arguments. The events of
 * a task are sealed to its caller.
 */
import { decodeEvent, type NamedOutput } from "@enigma-discovery/client"
import { Interface, type InterfaceAbi } from "ethers"
import { pluginErrors } from "../errors.ts"
import { partsOf } from "../network/secret-contract.ts"
import { sameArguments } from "./arguments.ts"
import { type AssertionContext, asyncAssertion, show } from "./chai.ts"
import { outcomeOfSubject } from "./outcomes.ts"
import { expectArguments } from "./with-args.ts"

const NAME = "emitSecretEvent"

export function addEmitSecretEvent({ Assertion }: Chai.ChaiStatic, utils: Chai.ChaiUtils): void {
  Assertion.addMethod(NAME, function (this: AssertionContext, contract: unknown, name: string) {
    const { abi } = partsOf(contract, NAME).artifact
    if (typeof name !== "string" || new Interface(abi as unknown as InterfaceAbi).getEvent(name) === null)
      throw pluginErrors.make("BAD_CALL", { what: NAME, why: `the contract's ABI has no event ${String(name)}` })
    const wanted = expectArguments(this, utils)
    return asyncAssertion(this, utils, async () => {
      const args = wanted.values
      const what = args === undefined ? name : `${name}(${args.map(show).join(", ")})`
      const outcome = await outcomeOfSubject(this._obj, NAME)
      if (outcome.error !== undefined) throw outcome.error // a failed task tells no events, whatever was asked
      const events = outcome.events.map((event) => decodeEvent(abi, event))
      const all =
        events.map((event) => (event === undefined ? "an unknown event" : showOutput(event))).join(", ") || "nothing"
      return {
        pass: events.some((e) => e?.name === name && (args === undefined || sameArguments([...e.args], args))),
        expected: () => `Expected the event ${what}, but the call emitted ${all}`,
        unexpected: () => `Expected no event ${what}, but the call emitted ${all}`,
      }
    })
  })
}

export const showOutput = ({ name, args }: NamedOutput): string => `${name}(${args.map(show).join(", ")})`
