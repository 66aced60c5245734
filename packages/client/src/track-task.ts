/** Follows one recorded task to its end: the one loop behind result, receipt and states. */
import { latestBlock } from "@enigma-discovery/chain/follow"
import { fromHex } from "@enigma-discovery/protocol"
import { queueClaim } from "@enigma-discovery/verify"
import type { Client } from "./client.ts"
import { clientErrors } from "./errors.ts"
import { refreshRecord } from "./find-record.ts"
import { readAt } from "./internal/claims.ts"
import { type EventOf, endingOf } from "./internal/enigma-events.ts"
import { isPassing, waitFor } from "./internal/wait.ts"
import type { EndedTask } from "./outcome.ts"
import type { RecordedTask, VerifiedReceipt } from "./task.ts"
import { endOf, fetchReceipt } from "./task-receipt.ts"
import { fetchResult } from "./task-result.ts"

/** What is known of a task; each field is set once it is verified. */
export interface TaskView<Result = unknown> {
  /** Where the record stands now; a re-org moves it. */
  readonly recorded: RecordedTask<Result>
  readonly executed: EndedTask | undefined
  readonly receipt: VerifiedReceipt | undefined
  readonly committed: EndedTask | undefined
  readonly settled: EventOf<"settled"> | undefined
  /** The chain says how the record was resolved; only its receipt or output is still to come. */
  readonly ending: EventOf<"batch" | "settled"> | undefined
}

/** Follows a task. Every call of `look` asks once and returns what is known by then. */
export interface TaskTracker<Result = unknown> {
  view(): TaskView<Result>
  look(signal?: AbortSignal): Promise<TaskView<Result>>
  /** Looks until `done`. @throws CLIENT_TIMED_OUT, CLIENT_RECORD_LOST, CLIENT_GATEWAYS_FAILED when all of them failed to the last */
  until<T>(what: string, options: TrackOptions, done: (view: TaskView<Result>) => T | undefined): Promise<T>
}

export interface TrackOptions {
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

export function trackTask<Result>(client: Client, recorded: RecordedTask<Result>): TaskTracker<Result> {
  let view: TaskView<Result> = { recorded, ...NOTHING_YET }
  let lostLooks = 0

  const look = async (signal?: AbortSignal): Promise<TaskView<Result>> => {
    if (view.committed !== undefined || view.settled !== undefined) return view
    const present = await refreshRecord(client, view.recorded, { signal })
    lostLooks = present === undefined ? lostLooks + 1 : 0
    if (present === undefined) return view
    // A record that moved has another id, and nothing known of the old one is true of it.
    if (present.taskId !== view.recorded.taskId) view = { recorded: present, ...NOTHING_YET }
    const told = await news(client, view, signal)
    view = { ...view, recorded: present, ...told }
    return view
  }

  const until = async <T>(what: string, options: TrackOptions, done: (view: TaskView<Result>) => T | undefined) => {
    const hint = "The task stays recorded; ask again later with the same task, or export it."
    const wait = { what, hint, intervalMs: client.pollIntervalMs, sleep: client.sleep, passing: isPassing, ...options }
    try {
      return await waitFor(wait, async (signal) => done(await look(signal)))
    } catch (error) {
      if (lostLooks === 0 || !clientErrors.is(error, "TIMED_OUT")) throw error
      throw clientErrors.make("RECORD_LOST", { taskId: view.recorded.taskId }, { cause: error })
    }
  }

  return Object.freeze({ view: () => view, look, until })
}

const NOTHING_YET = {
  ...{ executed: undefined, receipt: undefined, committed: undefined },
  ...{ settled: undefined, ending: undefined },
} as const

/** One round of questions: is it committed? then the receipt; else the result. */
async function news(
  client: Client,
  view: TaskView,
  signal?: AbortSignal,
): Promise<Partial<Omit<TaskView, "recorded">>> {
  const { recorded } = view
  const contract = fromHex(recorded.task.contract, 20)
  const block = await latestBlock(client.rpc, signal)
  const { committed } = await readAt(client, queueClaim(contract), block, signal)
  if (committed <= recorded.index) {
    if (view.executed !== undefined) return {}
    return { executed: await fetchResult(client, recorded, { signal }) }
  }
  let failed: unknown
  const fetched = async () =>
    await fetchReceipt(client, recorded, { signal }).catch((error: unknown) => {
      failed = error // a settled record has no receipt, and the chain alone tells of it
      return undefined
    })
  const receipt = view.receipt?.output === undefined ? await fetched() : view.receipt
  if (receipt !== undefined) return { receipt, committed: endOf(client, recorded, receipt) }
  const ending =
    view.ending ?? (await endingOf(client, contract, recorded.index, recorded.blockNumber, block.number, signal))
  if (failed !== undefined && ending?.type !== "settled") throw failed
  return { ending, settled: ending?.type === "settled" ? ending : undefined }
}
