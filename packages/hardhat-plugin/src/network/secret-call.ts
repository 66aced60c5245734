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
  return Object.assign(value, { task: () => recorded, outcome: () => outcome })
}

export const isSecretCall = (value: unknown): value is SecretCall<unknown> =>
  value instanceof Promise && "outcome" in value && "task" in value
