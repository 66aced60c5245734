import type { CalledTask } from "../costs/recorder.ts"

/** The tasks that the plugin's objects make, and who hears of them: the cost table, the leak meter while it measures. */
export class TaskListeners {
  readonly #all = new Set<(called: CalledTask) => void>()
  readonly #written = new Map<string, number>()

  /** @returns how to stop */
  add(listener: (called: CalledTask) => void): () => void {
    this.#all.add(listener)
    return () => void this.#all.delete(listener)
  }

  tell(called: CalledTask): void {
    const { contract, index } = called.task
    this.#written.set(contract, Math.max(this.written(contract), index + 1))
    for (const listener of this.#all) listener(called)
  }

  /** Records of a contract up to the last one made here. */
  written(contract: string): number {
    return this.#written.get(contract) ?? 0
  }
}
