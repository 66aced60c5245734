/** Waiting for what will happen, never longer than said. */
import { setTimeout as delay } from "node:timers/promises"
import { devnetErrors } from "./errors.ts"

export interface WaitOptions {
  readonly timeoutMs: number
  /** Pause between two looks; for what no event tells. */
  readonly everyMs?: number
  readonly signal?: AbortSignal
}

/**
 * Looks again and again until `probe` gives something else than undefined.
 * @throws DEVNET_TIMED_OUT naming `what`; the signal's reason when aborted; whatever `probe` throws
 */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  { timeoutMs, everyMs = 50, signal }: WaitOptions,
): Promise<T> {
  for (const deadline = Date.now() + timeoutMs; ; ) {
    signal?.throwIfAborted()
    const value = await probe()
    if (value !== undefined) return value
    if (Date.now() > deadline) throw devnetErrors.make("TIMED_OUT", { what, timeoutMs })
    await delay(everyMs, undefined, signal ? { signal } : {})
  }
}
