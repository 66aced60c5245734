/** What a role needs from outside and a test or an in-process network may replace. */
import type { Logger } from "./log.ts"

/** Time as a node uses it; virtual in tests. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: Date.now,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const onAbort = () => {
        clearTimeout(timer)
        reject(signal?.reason)
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort)
        resolve()
      }, ms)
      signal?.addEventListener("abort", onAbort, { once: true })
    }),
}

export interface NodeDeps {
  readonly log: Logger
  readonly clock: Clock
  /** Aborted when the node is asked to stop, also in the middle of its start. */
  readonly signal: AbortSignal
}
