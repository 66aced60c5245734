/** Notes what each call cost, for the table of `--gas-stats`. */
import type { TaskHandle, TaskOutcome } from "@enigma-discovery/client"
import type { Hex } from "@enigma-discovery/protocol"

export interface Cost {
  readonly contract: string
  readonly fn: string
  /** Ethereum gas of the record's transaction. */
  readonly gas: number
  /** Grains the sender pays: the receipt's fee; the whole lock while there is no receipt. */
  readonly feeGrains: number
  /** WASM gas, exact: known to the sender alone. */
  readonly compute: number | undefined
}

export interface CalledTask {
  readonly contract: string
  readonly fn: string
  readonly task: TaskHandle
  readonly outcome: TaskOutcome
}

/** Of one connection. Never fails a call: what can't be read is left out. */
export class CostLog {
  readonly #pending: Promise<Cost | undefined>[] = []
  readonly #gasUsed: (transactionHash: Hex) => Promise<number>

  constructor(gasUsed: (transactionHash: Hex) => Promise<number>) {
    this.#gasUsed = gasUsed
  }

  add({ contract, fn, task, outcome }: CalledTask): void {
    const { transactionHash, lockedGrains } = task.recorded
    const feeGrains = Number(outcome.receipt?.feeGrains ?? lockedGrains)
    const compute = outcome.gasUsed === undefined ? undefined : Number(outcome.gasUsed)
    const cost = this.#gasUsed(transactionHash).then((gas) => ({ contract, fn, gas, feeGrains, compute }))
    this.#pending.push(cost.catch(() => undefined))
  }

  /** All that was noted until now. */
  async take(): Promise<readonly Cost[]> {
    const all = await Promise.all(this.#pending.splice(0))
    return all.filter((cost) => cost !== undefined)
  }
}
