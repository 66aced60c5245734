import { equalBytes, isZero } from "@enigma-discovery/protocol"
import type { ProvenQueue } from "@enigma-discovery/verify"
import { type StateChange, StateMap } from "./state-map.ts"
import type { ExecutedTask, Standing, TaskState } from "./task.ts"

const NO_HEAD: Uint8Array = new Uint8Array(32)
const BEGINNING: Standing = { head: NO_HEAD, keyEpoch: undefined, historyBytes: 0 }

/** Up to where the chain vouches for a contract's state. */
export interface Anchor {
  readonly committed: number
  readonly head: Uint8Array
}

/** A committed task with callbacks, and what became of them. */
export interface Outcome {
  readonly task: ExecutedTask
  readonly callbacksOk: boolean
}

/**
 * A contract's state with the way back to the anchored head: what was replayed up to it, and the tasks executed on it since,
 * each of which can be undone.
 */
export class ExecutionChain {
  #map = new StateMap()
  #standing = BEGINNING
  #anchor: Anchor = { committed: 0, head: NO_HEAD }
  #executed: ExecutedTask[] = []
  /** The last replayed link, which turns out to be none when its callbacks had failed. */
  #lastReplayed: { readonly changes: readonly StateChange[]; readonly before: Standing } | undefined

  get state(): TaskState {
    return { map: this.#map, ...this.#standing }
  }

  get anchor(): Anchor {
    return this.#anchor
  }

  get executed(): readonly ExecutedTask[] {
    return this.#executed
  }

  /** The state stands on the anchored head, so that execution may go on. */
  get inSync(): boolean {
    const base = this.#executed[0]?.before.head ?? this.#standing.head
    return equalBytes(base, this.#anchor.head)
  }

  /** The last task made callbacks, whose outcome decides on which state the next one runs. */
  get awaitsOutcome(): boolean {
    return (this.#executed.at(-1)?.callbacks.length ?? 0) > 0
  }

  /** A task that was executed on the state, and applied to it. */
  append(task: ExecutedTask): void {
    this.#standing = task.after
    this.#executed.push(task)
    this.#lastReplayed = undefined
  }

  /**
   * Follows the chain. What was executed here and committed as it is becomes the anchored state; a last task whose callbacks
   * failed is undone. Anything else on chain undoes all that was executed here. Returns the callbacks' outcome, if one came.
   */
  follow({ committed, head }: Pick<ProvenQueue, "committed" | "head">): Outcome | undefined {
    const { committed: from, head: known } = this.#anchor
    if (committed === from && equalBytes(head, known)) return undefined
    const done = committed - from
    const last = done > 0 && this.inSync ? this.#executed[done - 1] : undefined
    const isKept = last !== undefined && equalBytes(last.receipt.headAfter, head)
    const isUndone = last !== undefined && last.callbacks.length > 0 && equalBytes(last.before.head, head)
    if (!isKept && isUndone) this.#undoFrom(done - 1)
    if (isKept || isUndone) this.#executed = this.#executed.slice(done)
    else this.rollback()
    this.#anchor = { committed, head }
    if (last === undefined || last.callbacks.length === 0) return undefined
    return isKept || isUndone ? { task: last, callbacksOk: isKept } : undefined
  }

  /**
   * Lends the newest state that nothing can undo any more but a re-org: a last task whose callbacks' outcome is open is left
   * out. `records` is how many the state stands after.
   */
  async onSettled<T>(use: (state: Pick<TaskState, "map" | "head">, records: number) => Promise<T>): Promise<T> {
    const records = this.#anchor.committed + this.#executed.length
    const open = this.awaitsOutcome ? this.#executed.at(-1) : undefined
    if (open === undefined) return await use(this.state, records)
    this.#map.undo(open.changes)
    try {
      return await use({ map: this.#map, head: open.before.head }, records - 1)
    } finally {
      this.#map.apply(open.changes)
    }
  }

  /** Back to the state before anything was executed here. */
  rollback(): void {
    this.#undoFrom(0)
    this.#executed = []
  }

  /** Forgets the plaintext: this worker is no longer the contract's. */
  drop(): void {
    this.#executed = []
    this.restart()
  }

  /** An empty state, from which a replay of the whole chain begins. */
  restart(): void {
    this.#map = new StateMap()
    this.#standing = BEGINNING
    this.#lastReplayed = undefined
  }

  /** Takes a link of the committed chain. */
  replay(changes: readonly StateChange[], after: Standing): void {
    this.#lastReplayed = { changes, before: this.#standing }
    this.#map.apply(changes)
    this.#standing = after
  }

  /** Whether a delta on this head can follow: on the state here, before its last link, or at the very beginning. */
  stepBackTo(previousHead: Uint8Array): boolean {
    if (equalBytes(previousHead, this.#standing.head)) return true
    if (isZero(previousHead)) {
      this.restart()
      return true
    }
    const last = this.#lastReplayed
    if (last === undefined || !equalBytes(previousHead, last.before.head)) return false
    this.#map.undo(last.changes)
    this.#standing = last.before
    this.#lastReplayed = undefined
    return true
  }

  #undoFrom(position: number): void {
    for (const task of this.#executed.slice(position).reverse()) {
      this.#map.undo(task.changes)
      this.#standing = task.before
    }
  }
}
