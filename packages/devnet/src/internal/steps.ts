/** Names what is being done, so that a failure can say where it happened, and tells how long each step took. */
import type { DevnetEvent } from "../events.ts"

export interface Steps {
  /** Runs one step; steps may overlap. */
  run<T>(what: string, work: () => Promise<T>): Promise<T>
  /** The step that failed first, or the last one begun. */
  current(): string
  /** Settles when no step is running. */
  settled(): Promise<void>
}

export function startSteps(onEvent: ((event: DevnetEvent) => void) | undefined): Steps {
  const running = new Set<Promise<unknown>>()
  let last = "start"
  let failed: string | undefined

  const run = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    last = what
    const startedAt = performance.now()
    const done = work()
    running.add(done)
    try {
      const result = await done
      onEvent?.({ kind: "up", what, tookMs: Math.round(performance.now() - startedAt) })
      return result
    } catch (error) {
      failed ??= what
      throw error
    } finally {
      running.delete(done)
    }
  }
  const settled = async () => {
    while (running.size > 0) await Promise.allSettled(running)
  }
  return { run, current: () => failed ?? last, settled }
}
