/** `.withArgs(...)` behind our matchers, beside the one that Hardhat's matchers have for Solidity's events and errors. */
import { pluginErrors } from "../errors.ts"
import type { AssertionContext } from "./chai.ts"

const FLAG = "enigmaExpectedArguments"

/** Arguments that may still be named, before the assertion is looked at. */
export interface ExpectedArguments {
  values: readonly unknown[] | undefined
}

export function expectArguments(context: AssertionContext, utils: Chai.ChaiUtils): ExpectedArguments {
  const expected: ExpectedArguments = { values: undefined }
  utils.flag(context, FLAG, expected)
  return expected
}

export function addWithArgs({ Assertion }: Chai.ChaiStatic, utils: Chai.ChaiUtils): void {
  const take = (context: AssertionContext, values: readonly unknown[]): boolean => {
    const expected = utils.flag(context, FLAG) as ExpectedArguments | undefined
    if (expected === undefined) return false
    if (utils.flag(context, "negate") === true) {
      context.catch?.(() => {}) // what it says is of no interest any more
      throw pluginErrors.make("BAD_CALL", {
        what: "withArgs",
        why: "it can't follow .not: say what is expected instead",
      })
    }
    expected.values = values
    return true
  }
  if (!("withArgs" in Assertion.prototype)) {
    Assertion.addMethod("withArgs", function (this: AssertionContext, ...values: unknown[]) {
      if (take(this, values)) return this
      throw pluginErrors.make("BAD_CALL", { what: "withArgs", why: "it follows no matcher that has arguments" })
    })
    return
  }
  Assertion.overwriteMethod(
    "withArgs",
    (inherited: (...values: unknown[]) => unknown) =>
      function (this: AssertionContext, ...values: unknown[]) {
        if (!take(this, values)) return inherited.apply(this, values)
        return this // anything else would be replaced by an assertion that can't be awaited
      },
  )
}
