import { chainErrors } from "@enigma-discovery/chain/follow"
import { verifyErrors } from "@enigma-discovery/verify"
import { clientErrors } from "../errors.ts"

export interface WaitOptions {
  /** For the error's sentence: what was waited for, and what to do when it does not come. */
  readonly what: string
  readonly hint: string
  readonly timeoutMs: number
  readonly intervalMs: number
  /** How the pause between two looks passes; real time when left out. */
  readonly sleep?: Sleep | undefined
  readonly signal?: AbortSignal | undefined
  /** Errors of `look` that may pass; if the last look failed with one, it is what the caller gets in the end. */
  readonly passing?: ((error: unknown) => boolean) | undefined
}

/** Resolves after `ms`, rejects with the signal's reason as soon as it aborts. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>

/**
 * Asks again and again until an answer is there. `undefined` means: not yet. An error of `look` ends the wait, unless it may pass.
 * @throws CLIENT_TIMED_OUT, the last passing error, the signal's reason
 */
export async function waitFor<T>(
  options: WaitOptions,
  look: (signal: AbortSignal) => Promise<T | undefined>,
): Promise<T> {
  const deadline = AbortSignal.timeout(options.timeoutMs)
  const signal = options.signal === undefined ? deadline : AbortSignal.any([options.signal, deadline])
  const timedOut = () =>
    clientErrors.make("TIMED_OUT", { what: options.what, timeoutMs: options.timeoutMs, hint: options.hint })
  let failed: unknown
  const lookOnce = async (): Promise<T | undefined> => {
    try {
      const found = await look(signal)
      failed = undefined
      return found
    } catch (error) {
      if (signal.aborted || options.passing?.(error) !== true) throw error
      failed = error
      return undefined
    }
  }
  try {
    for (;;) {
      signal.throwIfAborted()
      const found = await lookOnce()
      if (found !== undefined) return found
      await (options.sleep ?? pause)(options.intervalMs, signal)
    }
  } catch (error) {
    options.signal?.throwIfAborted()
    if (deadline.aborted) throw failed ?? timedOut()
    throw error
  }
}

/** Nodes and gateways come back, and reads around a re-org can contradict each other for a moment. */
const PASSING = [
  ...(["GATEWAYS_FAILED", "HISTORY_UNAVAILABLE"] as const),
  ...(["NO_EPOCH", "NO_WORKER", "WORKER_UNFIT"] as const),
] as const
export const isPassing = (error: unknown): boolean =>
  chainErrors.is(error) || verifyErrors.is(error, "LINK_GONE") || PASSING.some((code) => clientErrors.is(error, code))

/** Rejects with the signal's reason as soon as it aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    if (signal.aborted) return reject(signal.reason)
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", end)
      resolve()
    }, ms)
    signal.addEventListener("abort", end, { once: true })
  })
}

/** Lets go of a promise that can't be cancelled (a wallet, a foreign provider) when the signal aborts. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  work.catch(() => undefined) // what it does after we let go of it is nobody's concern
  signal.throwIfAborted()
  let stop = () => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    signal.addEventListener("abort", stop, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener("abort", stop)
  }
}
