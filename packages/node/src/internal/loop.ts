import type { Clock } from "../deps.ts"
import type { Stoppable } from "../stack.ts"

export interface LoopOptions {
  readonly clock: Clock
  readonly everyMs: number
  readonly run: (signal: AbortSignal) => Promise<void>
  /** A round that failed; the next one comes after the pause. What this throws ends the loop. */
  readonly onError: (error: unknown) => void
}

export interface Loop extends Stoppable {
  /** Settles with what `onError` threw. Never when stopped. */
  readonly failed: Promise<unknown>
  stop(): Promise<void>
}

/** Runs one round after the other with a pause between, until stopped; stopping waits for the round in flight. */
export function startLoop({ clock, everyMs, run, onError }: LoopOptions): Loop {
  const stopping = new AbortController()
  const { promise: failed, resolve: fail } = Promise.withResolvers<unknown>()
  const rounds = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await run(stopping.signal)
      } catch (error) {
        if (stopping.signal.aborted) return
        onError(error)
      }
      await clock.sleep(everyMs, stopping.signal).catch(() => {})
    }
  })()
  rounds.catch(fail)
  return {
    failed,
    async stop() {
      stopping.abort(new Error("stopping"))
      await rounds.catch(() => {})
    },
  }
}
