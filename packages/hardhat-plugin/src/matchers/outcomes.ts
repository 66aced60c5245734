/** How the subject of an assertion ended. */
import { clientErrors, type TaskOutcome } from "@enigma-discovery/client"
import { pluginErrors } from "../errors.ts"
import { isSecretCall } from "../network/secret-call.ts"

/** @throws HARDHAT_BAD_CALL when the subject is no call of a secret contract */
export async function outcomeOfSubject(subject: unknown, matcher: string): Promise<TaskOutcome> {
  const call = typeof subject === "function" ? (subject as () => unknown)() : subject
  if (isSecretCall(call)) {
    return await call.outcome()
  }
  const why = "expect() needs a call of a secret contract, not awaited: expect(contract.bid(5n))"
  throw pluginErrors.make("BAD_CALL", { what: matcher, why })
}

/** The error the subject ends with; undefined when it succeeds. */
export async function errorOfSubject(subject: unknown): Promise<unknown> {
  try {
    await (typeof subject === "function" ? (subject as () => unknown)() : subject)
    return undefined
  } catch (error) {
    return error
  }
}

/** The message that a secret contract reverted with; undefined for any other error. */
export const revertMessage = (error: unknown): string | undefined =>
  clientErrors.is(error, "TASK_REVERTED") ? String(error.data.message) : undefined
