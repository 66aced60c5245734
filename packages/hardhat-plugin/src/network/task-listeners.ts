import type { CalledTask } from "../costs/recorder.ts"

/** Who hears of the tasks that the plugin's objects make: the cost table always, the leak meter while it measures. */
export class TaskListeners {
  readonly #all = new Set<(called: CalledTask) => void>()

  /** @returns how to stop */
  add(listener: (called: CalledTask) => void): () => void {
    this.#all.add(listener)
    return () => void this.#all.delete(listener)
  }

  tell(called: CalledTask): void {
    for (const listener of this.#all) listener(called)
  }
}
