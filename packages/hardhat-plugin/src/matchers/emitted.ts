/**
 * `emitSecretEvent(contract, "BidPlaced")`, `.withArgs(...)`: the call's output holds the event, with these arguments. The events of
 * a task are sealed to its caller.
 */
import { toHex } from "@enigma-discovery/protocol"
import { Interface, type InterfaceAbi, type LogDescription } from "ethers"
import { pluginErrors } from "../errors.ts"
import { partsOf } from "../network/secret-contract.ts"
import { sameArguments } from "./arguments.ts"
import { type AssertionContext, asyncAssertion, show } from "./chai.ts"
import { outcomeOfSubject } from "./outcomes.ts"
import { expectArguments } from "./with-args.ts"

const NAME = "emitSecretEvent"
const TOPIC_BYTES = 32

export function addEmitSecretEvent({ Assertion }: Chai.ChaiStatic, utils: Chai.ChaiUtils): void {
  Assertion.addMethod(NAME, function (this: AssertionContext, contract: unknown, name: string) {
    const abi = new Interface(partsOf(contract, NAME).artifact.abi as unknown as InterfaceAbi)
    if (typeof name !== "string" || abi.getEvent(name) === null)
      throw pluginErrors.make("BAD_CALL", { what: NAME, why: `the contract's ABI has no event ${String(name)}` })
    const wanted = expectArguments(this, utils)
    return asyncAssertion(this, utils, async () => {
      const args = wanted.values
      const what = args === undefined ? name : `${name}(${args.map(show).join(", ")})`
      const outcome = await outcomeOfSubject(this._obj, NAME)
      if (outcome.error !== undefined) throw outcome.error // a failed task tells no events, whatever was asked
      const events = outcome.events.map((event) => parseEvent(abi, event))
      const all =
        events.map((event) => (event === null ? "an unknown event" : showEvent(event))).join(", ") || "nothing"
      return {
        pass: events.some((e) => e?.name === name && (args === undefined || sameArguments([...e.args], args))),
        expected: () => `Expected the event ${what}, but the call emitted ${all}`,
        unexpected: () => `Expected no event ${what}, but the call emitted ${all}`,
      }
    })
  })
}

/** Topic, then ABI words, as the SDK encodes events (PROTOCOL §11.2). */
function parseEvent(abi: Interface, event: Uint8Array): LogDescription | null {
  if (event.length < TOPIC_BYTES) return null
  try {
    return abi.parseLog({ topics: [toHex(event.slice(0, TOPIC_BYTES))], data: toHex(event.slice(TOPIC_BYTES)) })
  } catch {
    return null
  }
}

const showEvent = ({ name, args }: LogDescription): string => `${name}(${[...args].map(show).join(", ")})`
