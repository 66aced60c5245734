/** What our matchers share: chai's conventions for assertions that take time. */
import { AssertionError } from "chai"

/** As chai hands it to a matcher's function. */
export interface AssertionContext extends Chai.AssertionStatic {
  readonly _obj: unknown
  then?: PromiseLike<void>["then"]
  catch?: Promise<void>["catch"]
}

export interface AsyncMatch {
  /** What is asserted to be a fact, or not. */
  readonly pass: boolean
  /** Said when it does not pass, and when it does although it must not. */
  readonly expected: () => string
  readonly unexpected: () => string
}

/** Makes the assertion a promise of `match`, after what was chained before it. */
export function asyncAssertion(
  context: AssertionContext,
  utils: Chai.ChaiUtils,
  match: () => Promise<AsyncMatch>,
): AssertionContext {
  const negated = utils.flag(context, "negate") === true
  const site = new AssertionError("") // made here, where the test's own line is still on the stack
  const before = context.then === undefined ? Promise.resolve() : Promise.resolve(context as unknown as Promise<void>)
  const promise = before.then(async () => {
    const { pass, expected, unexpected } = await match()
    if (pass !== negated) return
    throw failure(negated ? unexpected() : expected(), site)
  })
  // biome-ignore lint/suspicious/noThenProperty: that is how an assertion is awaited
  context.then = promise.then.bind(promise)
  context.catch = promise.catch.bind(promise)
  return context
}

function failure(message: string, site: Error): Error {
  const error = new AssertionError(message)
  error.stack = `AssertionError: ${message}\n${(site.stack ?? "").split("\n").slice(1).join("\n")}`
  return error
}

/** A value in a message. */
export function show(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`
  if (typeof value === "string") return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`
  return String(value)
}
