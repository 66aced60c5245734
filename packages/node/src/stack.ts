import { nodeErrors } from "./errors.ts"

export interface Stoppable {
  stop(): Promise<void> | void
}

interface Part {
  readonly name: string
  readonly stop: () => Promise<void> | void
}

/**
 * What has been started, in order, so that it can be undone in reverse. Starting is all or nothing: whoever builds a node on a
 * stack unwinds it when a step throws.
 */
export class Stack {
  readonly #parts: Part[] = []
  #step = ""
  #unwinding: Promise<void> | undefined

  /** The step begun last; after a failed start it is the one that failed. */
  get step(): string {
    return this.#step
  }

  async start<T>(name: string, make: () => Promise<T> | T, stop?: (part: T) => Promise<void> | void): Promise<T> {
    this.#step = name
    const part = await make()
    this.#parts.push({ name, stop: () => (stop === undefined ? (part as Stoppable).stop() : stop(part)) })
    return part
  }

  /**
   * Stops everything in reverse order, once; a part that fails does not keep the others up. Resolves when all have stopped.
   * @throws NODE_STOP_TIMEOUT when that takes longer than `timeoutMs`, NODE_STOP_FAILED with the first failure as its cause.
   */
  unwind(timeoutMs: number): Promise<void> {
    this.#unwinding ??= this.#unwind(timeoutMs)
    return this.#unwinding
  }

  async #unwind(timeoutMs: number): Promise<void> {
    const failures: unknown[] = []
    let step = ""
    const all = (async () => {
      for (const part of this.#parts.splice(0).reverse()) {
        step = part.name
        try {
          await part.stop()
        } catch (cause) {
          failures.push(nodeErrors.make("STOP_FAILED", { step }, { cause }))
        }
      }
    })()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(() => resolve("late"), timeoutMs)
    })
    const ended = await Promise.race([all, late])
    clearTimeout(timer)
    if (ended === "late") throw nodeErrors.make("STOP_TIMEOUT", { timeoutMs, step })
    if (failures.length > 0) throw failures[0]
  }
}

/**
 * Assembles a node on a stack: whole, or not at all.
 * @throws NODE_START_FAILED naming the step, with its error as the cause
 */
export async function onStack<R, F>(
  stopTimeoutMs: number,
  assemble: (up: Stack) => Promise<{ readonly ready: R; readonly failed: Promise<F> }>,
): Promise<{ readonly ready: R; readonly failed: Promise<F>; stop(): Promise<void> }> {
  const up = new Stack()
  try {
    return { ...(await assemble(up)), stop: () => up.unwind(stopTimeoutMs) }
  } catch (cause) {
    const { step } = up
    // What fails while it is undone must not hide why.
    await up.unwind(stopTimeoutMs).catch(() => {})
    throw nodeErrors.make("START_FAILED", { step }, { cause })
  }
}
