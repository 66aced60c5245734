/** A recorded task as an object: its result, its receipt, its way. */
import { type Hex, receiptStatusName, type TaskState, toHex } from "@enigma-discovery/protocol"
import type { Client } from "./client.ts"
import { clientErrors } from "./errors.ts"
import { outcomeOf, settledOutcome } from "./outcome.ts"
import type { RecordedTask, TaskOutcome, TaskProgress, VerifiedReceipt } from "./task.ts"
import { type TaskView, trackTask } from "./track-task.ts"

export interface WaitParameters {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds; the client's own timeout when left out. */
  readonly timeoutMs?: number | undefined
}
export interface ResultParameters extends WaitParameters {
  /**
   * "executed" (default): the drawn worker's enclave signed it; a re-org or a new worker may still make it wait again.
   * "committed": its batch is on chain.
   */
  readonly finality?: "executed" | "committed" | undefined
}

export interface TaskHandle<Result = unknown> {
  readonly contract: Hex
  /** Where the record is now: a re-org can change index and id. */
  readonly taskId: Hex
  readonly index: number
  readonly recorded: RecordedTask<Result>
  /** The newest state known here; asks nothing. */
  readonly state: TaskState
  /** The decoded answer. @throws CLIENT_TASK_* when the task did not succeed, CLIENT_TIMED_OUT, CLIENT_GATEWAYS_FAILED, CLIENT_RECORD_LOST */
  result(parameters?: ResultParameters): Promise<Result>
  /** As `result`, telling a failed task instead of throwing its error. */
  outcome(parameters?: ResultParameters): Promise<TaskOutcome<Result>>
  /** The receipt, proven on chain. @throws CLIENT_TASK_EXPIRED for a settled task, CLIENT_TIMED_OUT, CLIENT_GATEWAYS_FAILED */
  receipt(parameters?: WaitParameters): Promise<VerifiedReceipt>
  /** Each new state as it is verified, ending after committed or settled; after a re-org from recorded again. */
  states(parameters?: WaitParameters): AsyncGenerator<TaskProgress, void, undefined>
  /** Wipes the task's key and calldata: its output can't be opened any more, here or from an earlier export of this object. */
  forget(): void
}

export function taskHandle<Result>(client: Client, recorded: RecordedTask<Result>): TaskHandle<Result> {
  const tracker = trackTask(client, recorded)
  const now = () => tracker.view().recorded

  const outcome = async ({ finality = "executed", signal, timeoutMs }: ResultParameters = {}) => {
    const options = {
      signal,
      timeoutMs: timeoutMs ?? client.timeouts[finality === "executed" ? "resultMs" : "receiptMs"],
    }
    return await tracker.until("The task's result", options, (view) => ended(view, finality))
  }
  const result = async (parameters?: ResultParameters) => {
    const end = await outcome(parameters)
    if (end.error !== undefined) throw end.error
    return end.value as Result
  }
  const receipt = async ({ signal, timeoutMs = client.timeouts.receiptMs }: WaitParameters = {}) =>
    await tracker.until("The task's batch", { signal, timeoutMs }, (view) => {
      if (view.settled !== undefined) throw clientErrors.make("TASK_EXPIRED", { taskId: view.recorded.taskId })
      return view.receipt
    })

  async function* states({ signal, timeoutMs = client.timeouts.receiptMs }: WaitParameters = {}) {
    let told: string | undefined
    for (;;) {
      const step = await tracker.until("The task's next state", { signal, timeoutMs }, (view) => {
        const next = progressOf(view)
        return keyOf(next) === told ? undefined : next
      })
      told = keyOf(step)
      yield step
      if (step.state === "committed" || step.state === "settled") return
    }
  }

  return Object.freeze({
    contract: recorded.task.contract,
    get taskId() {
      return now().taskId
    },
    get index() {
      return now().index
    },
    get recorded() {
      return now()
    },
    get state() {
      return progressOf(tracker.view()).state
    },
    ...{ result, outcome, receipt, states },
    forget() {
      recorded.task.key.ephemeral.secretKey.wipe()
      recorded.task.calldata?.wipe()
    },
  })
}

const keyOf = ({ state, taskId }: TaskProgress): string => `${state} ${taskId}`

function progressOf({ recorded, executed, receipt, settled }: TaskView): TaskProgress {
  const { taskId, index, blockNumber } = recorded
  if (receipt !== undefined) return { state: "committed", taskId, index, receipt }
  if (settled !== undefined) return { state: "settled", taskId, index, transactionHash: toHex(settled.transactionHash) }
  if (executed !== undefined) return { state: "executed", taskId, index, status: receiptStatusName(executed.status)! }
  return { state: "recorded", taskId, index, blockNumber }
}

/** The outcome a view tells, if it is final enough. A settled task's is known without any receipt. */
function ended<Result>(view: TaskView<Result>, finality: TaskOutcome["finality"]): TaskOutcome<Result> | undefined {
  const { recorded, committed, executed, settled } = view
  if (settled !== undefined) return settledOutcome(recorded)
  const end = committed ?? (finality === "executed" ? executed : undefined)
  return end === undefined ? undefined : outcomeOf(recorded, end)
}
