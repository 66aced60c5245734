/** What a start has to undo, newest first: all or nothing. */
export interface Stoppable {
  stop(): Promise<void>
}

export class Stack {
  readonly #parts: { readonly name: string; readonly part: Stoppable }[] = []
  #unwinding: Promise<readonly unknown[]> | undefined

  add<T extends Stoppable>(name: string, part: T): T {
    this.#parts.push({ name, part })
    return part
  }

  /** Stops everything in reverse order, each whatever became of the others. Idempotent. @returns what went wrong */
  unwind(): Promise<readonly unknown[]> {
    this.#unwinding ??= this.#stopAll()
    return this.#unwinding
  }

  async #stopAll(): Promise<readonly unknown[]> {
    const failures: unknown[] = []
    for (const { part } of this.#parts.reverse()) await part.stop().catch((error: unknown) => failures.push(error))
    return failures
  }
}
