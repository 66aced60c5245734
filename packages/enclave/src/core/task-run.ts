import {
  equalBytes,
  isZero,
  leafPreimage,
  type QueuedRecord,
  RECEIPT_STATUS,
  RESULT_KIND,
} from "@enigma-discovery/protocol"
import type { TaskInput } from "../api.ts"
import { ENGINE_ATTEMPTS, ENGINE_RUN_BYTES, ENGINE_RUN_CALLS, ENGINE_RUN_GAS } from "../constants.ts"
import { enclaveErrors } from "../errors.ts"
import type { Engine, EngineResult } from "./engine.ts"
import type { ExecutionChain } from "./execution-chain.ts"
import { failed, ruled, type TaskVerdict, verdictOf } from "./outcome.ts"
import type { QueueWindow } from "./queue-window.ts"
import {
  type EpochRecord,
  type ExecutedTask,
  finishTask,
  type PreparedTask,
  prepareTask,
  type TaskSetting,
  wipePrepared,
} from "./task.ts"

/** What a run of tasks goes through. */
export interface RunPlace {
  readonly setting: TaskSetting
  readonly engine: Engine
  readonly queue: QueueWindow
  readonly chain: ExecutionChain
}

/**
 * Executes tasks in queue order, in portions: while the engine runs one, the next is opened here. It ends with a task that
 * makes callbacks, and before an obstacle, which is an error only when nothing was executed.
 * @throws ENCLAVE_OUTCOME_PENDING, ENCLAVE_QUEUE_NOT_PROVEN, ENCLAVE_WRONG_RECORD, ENCLAVE_ENGINE_LOST, what `prepareTask` throws
 */
export async function executeRun(place: RunPlace, inputs: readonly TaskInput[]): Promise<readonly ExecutedTask[]> {
  const { engine, chain } = place
  const feed = new TaskFeed(place, inputs)
  const done: ExecutedTask[] = []
  try {
    while (!chain.awaitsOutcome && feed.open()) {
      const portion = feed.take()
      const calls = portion.flatMap(({ call }) => call ?? [])
      const running = calls.length === 0 ? [] : engine.run(calls, chain.state.map)
      feed.openAhead()
      finishPortion(place, portion, await running, done)
      feed.settle()
    }
    if (done.length === 0 && chain.awaitsOutcome && inputs.length > 0)
      throw enclaveErrors.make("OUTCOME_PENDING", { index: feed.firstIndex - 1 })
  } catch (error) {
    if (done.length === 0) throw error
  } finally {
    feed.wipe()
  }
  return done
}

/** Finishes as many tasks of a portion as have a result that still holds, in order, and adds them to `done`. */
function finishPortion(
  { setting, chain }: RunPlace,
  portion: readonly FedTask[],
  results: readonly EngineResult[],
  done: ExecutedTask[],
): void {
  const queue = results.values()
  for (const task of portion) {
    const result = task.call === undefined ? undefined : queue.next().value
    const verdict = task.ruled ?? verdictFor(task, result)
    if (verdict === undefined) return
    const executed = finishTask(setting, chain.state, task, verdict)
    chain.append(executed)
    done.push(executed)
    task.isFinished = true
    if (chain.awaitsOutcome || wasRefused(executed, result)) return
  }
}

/** Undefined: the task has to run, or to run again. */
function verdictFor(task: FedTask, result: EngineResult | undefined): TaskVerdict | undefined {
  const { callbackGas, gasLimit } = task.placed.record
  switch (result?.kind) {
    case undefined:
      return undefined
    case "outcome":
      return verdictOf(result.outcome, result.changes, callbackGas)
    case "refused":
      return failed(RESULT_KIND.badInput, 0n, result.code)
    case "fault":
      task.faults++
      return task.faults < ENGINE_ATTEMPTS ? undefined : ruled(RECEIPT_STATUS.EngineFault, gasLimit)
  }
}

/** The engine went on from changes that were not kept, so what it made of them does not hold. */
const wasRefused = ({ receipt }: ExecutedTask, result: EngineResult | undefined): boolean =>
  receipt.status !== RECEIPT_STATUS.Success && result?.kind === "outcome" && result.changes.length > 0

interface FedTask extends PreparedTask {
  /** Runs that broke the engine. */
  faults: number
  isFinished: boolean
}

/** Tasks on their way to the engine, opened a portion ahead of it. */
class TaskFeed {
  readonly firstIndex: number
  readonly #place: RunPlace
  readonly #inputs: readonly TaskInput[]
  #opened: FedTask[] = []
  /** With the engine. */
  #taken: FedTask[] = []
  #next = 0
  #obstacle: unknown

  constructor(place: RunPlace, inputs: readonly TaskInput[]) {
    this.#place = place
    this.#inputs = inputs
    this.firstIndex = place.chain.anchor.committed + place.chain.executed.length
  }

  /** Opens tasks up to a portion. False: there are no more. @throws what stands in the way of the first */
  open(): boolean {
    this.openAhead()
    if (this.#opened.length === 0 && this.#obstacle !== undefined) throw this.#obstacle
    return this.#opened.length > 0
  }

  /** As many as one portion takes; nothing behind a deployment before it is known to have succeeded. */
  openAhead(): void {
    const { chain } = this.#place
    const deployed = !isZero(chain.state.head)
    const most = deployed ? ENGINE_RUN_CALLS : this.#taken.length === 0 ? 1 : 0
    while (this.#opened.length < most && this.#next < this.#inputs.length && this.#obstacle === undefined) {
      try {
        this.#opened.push({ ...this.#prepare(this.#next, deployed), faults: 0, isFinished: false })
        this.#next++
      } catch (error) {
        this.#obstacle = error
      }
    }
  }

  /** The longest portion that one frame to the engine may hold, at least one task. */
  take(): readonly FedTask[] {
    let gas = 0n
    let sizeBytes = 0
    const end = this.#opened.findIndex(({ call, placed }, i) => {
      gas += placed.record.gasLimit
      sizeBytes += call?.context.calldata.length ?? 0
      return i > 0 && (gas > ENGINE_RUN_GAS || sizeBytes > ENGINE_RUN_BYTES)
    })
    this.#taken = this.#opened.splice(0, end < 0 ? this.#opened.length : end)
    return this.#taken
  }

  /** What was finished is wiped, the rest comes again. */
  settle(): void {
    for (const task of this.#taken) if (task.isFinished) wipePrepared(task)
    this.#opened.unshift(...this.#taken.filter(({ isFinished }) => !isFinished))
    this.#taken = []
  }

  wipe(): void {
    for (const task of [...this.#taken, ...this.#opened]) wipePrepared(task)
  }

  #prepare(position: number, deployed: boolean): PreparedTask {
    const { setting, queue } = this.#place
    const { queued, envelope } = this.#inputs[position]!
    const index = this.firstIndex + position
    const placed = queue.at(index)
    if (placed === undefined) throw enclaveErrors.make("QUEUE_NOT_PROVEN", { from: index })
    if (!sameRecord(placed, queued)) throw enclaveErrors.make("WRONG_RECORD", { index })
    return prepareTask(setting, deployed, placed, envelope)
  }
}

const sameRecord = (placed: EpochRecord, { record, cumLockedGrains }: QueuedRecord): boolean =>
  placed.cumLockedGrains === cumLockedGrains && equalBytes(leafPreimage(placed.record), leafPreimage(record))
