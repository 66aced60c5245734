/**
 * `expect((bid) => auction.bid(bid)).toLeakNothing(enigma, 1n, 999n)`: runs the call with each secret from the same state, down to
 * the commit of its batch, and fails unless everything public of both runs is equal. Afterwards the network is as it was before.
 */
import { pluginErrors } from "../errors.ts"
import { compareRuns } from "../leaks/compare-runs.ts"
import { describeDifference, differences } from "../leaks/facts.ts"
import { enigmaParts } from "../network/enigma.ts"
import { type AssertionContext, asyncAssertion } from "./chai.ts"

const NAME = "toLeakNothing"

export function addToLeakNothing({ Assertion }: Chai.ChaiStatic, utils: Chai.ChaiUtils): void {
  Assertion.addMethod(NAME, function (this: AssertionContext, enigma: unknown, ...secrets: readonly unknown[]) {
    const run = this._obj
    const bad = (why: string) => pluginErrors.make("BAD_CALL", { what: NAME, why })
    const parts = enigmaParts(enigma)
    if (parts === undefined) throw bad("its first argument is the connection's `enigma`")
    if (typeof run !== "function") throw bad("it needs a function of the secret: expect((bid) => auction.bid(bid))")
    if (secrets.length !== 2) throw bad(`it compares two secrets; ${secrets.length} given`)
    return asyncAssertion(this, utils, async () => {
      const [first, second] = await compareRuns(parts, run as (secret: unknown) => unknown, secrets)
      const found = differences(first, second).map(describeDifference)
      return {
        pass: found.length === 0,
        expected: () =>
          `Expected the call to leak nothing, but anybody can tell the two secrets apart:\n- ${found.join("\n- ")}`,
        unexpected: () => `Expected the call to leak something, but all ${first.length} public facts are equal`,
      }
    })
  })
}
