import type { TaskHandle, TaskOutcome } from "@enigma-discovery/client"
import type { SecretCall } from "../types.ts"

/** Makes the promise of a value out of the promise of a task, and keeps both together. */
export function secretCall<Result>(
  recorded: Promise<TaskHandle<Result>>,
  ended: (task: TaskHandle<Result>) => Promise<TaskOutcome<Result>>,
): SecretCall<Result> {
  const outcome = recorded.then(ended)
  const value = outcome.then((end) => {
    if (end.error !== undefined) throw end.error
    return end.value as Result
  })
  /** Who asks for more than the value has taken care of its failure. */
  const taken = <T>(promise: Promise<T>) => {
    value.catch(() => {})
    return promise
  }
  return Object.assign(value, { task: () => taken(recorded), outcome: () => taken(outcome) })
}

export const isSecretCall = (value: unknown): value is SecretCall<unknown> =>
  value instanceof Promise && "outcome" in value && "task" in value
