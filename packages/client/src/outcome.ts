/** What a sealed output or a receipt's status means to the caller. */
import { type OutputBody, RESULT_KIND, type Receipt, receiptStatusName } from "@enigma-discovery/protocol"
import { clientErrors } from "./errors.ts"
import { decodeResult } from "./functions.ts"
import type { RecordedTask, TaskOutcome } from "./task.ts"

export interface EndedTask {
  readonly receipt: Receipt
  /** The status that holds; see `VerifiedReceipt.status`. */
  readonly status: number
  /** The opened output; undefined when the receipt names none. */
  readonly body: OutputBody | undefined
  readonly finality: TaskOutcome["finality"]
}

/** @throws CLIENT_BAD_RESULT when the answer does not fit the ABI, CLIENT_RESULT_INVALID for a status nobody specified */
export function outcomeOf<Result>(recorded: RecordedTask<Result>, ended: EndedTask): TaskOutcome<Result> {
  const { receipt, body, finality } = ended
  const status = receiptStatusName(ended.status)
  if (status === undefined)
    throw clientErrors.make("RESULT_INVALID", { taskId: recorded.taskId, why: `status ${ended.status} is unknown` })
  const returned = status === "Success" && body !== undefined && body.result === RESULT_KIND.returned
  return Object.freeze({
    status,
    returned,
    value: returned ? (decodeResult(recorded.task.signature, body.data) as Result) : undefined,
    error: returned ? undefined : failure(recorded, status, body),
    gasUsed: body?.gasUsed,
    events: body?.events ?? [],
    receipt,
    finality,
  })
}

/** A record that was settled after its expiry: refunded, never executed. */
export const settledOutcome = <Result>(recorded: RecordedTask<Result>): TaskOutcome<Result> =>
  Object.freeze({
    ...({
      status: "Expired",
      returned: false,
      value: undefined,
      error: failure(recorded, "Expired", undefined),
    } as const),
    ...({ gasUsed: undefined, events: [], receipt: undefined, finality: "committed" } as const),
  })

function failure({ task, taskId }: RecordedTask, status: TaskOutcome["status"], body: OutputBody | undefined): Error {
  const { contract } = task
  switch (status) {
    case "InputsMissing":
      return clientErrors.make("TASK_INPUTS_MISSING", { taskId })
    case "StaleKey":
      return clientErrors.make("TASK_STALE_KEY", { taskId })
    case "NotDeployed":
      return clientErrors.make("TASK_NOT_DEPLOYED", { contract, taskId })
    case "EngineFault":
      return clientErrors.make("TASK_ENGINE_FAULT", { taskId })
    case "Expired":
      return clientErrors.make("TASK_EXPIRED", { taskId })
    default:
      return bodyFailure(task.price.gasLimit, taskId, body)
  }
}

function bodyFailure(gasLimit: bigint, taskId: string, body: OutputBody | undefined): Error {
  if (body === undefined)
    return clientErrors.make("TASK_BAD_INPUT", { taskId, message: "its envelope could not be opened" })
  const { message, gasUsed } = body
  const data = { taskId, message, gasUsed }
  switch (body.result) {
    case RESULT_KIND.reverted:
      return clientErrors.make("TASK_REVERTED", data)
    case RESULT_KIND.outOfGas:
      return clientErrors.make("TASK_OUT_OF_GAS", { ...data, gasLimit })
    case RESULT_KIND.trapped:
      return clientErrors.make("TASK_TRAPPED", data)
    case RESULT_KIND.badInput:
      return clientErrors.make("TASK_BAD_INPUT", data)
    case RESULT_KIND.callbackFailed:
      return clientErrors.make("TASK_CALLBACK_FAILED", data)
    default:
      return clientErrors.make("RESULT_INVALID", { taskId, why: "its output says success, its receipt does not" })
  }
}
