/**
 * One contract's work, one step after the other: code, records, keys, state, tasks, batch. Each pass looks at where the enclave
 * stands and does what comes next; what can't be done now is left for the next nudge. Nothing here decides what is true.
 */
import type { QueueStatus, TaskInput } from "@enigma-discovery/enclave/host"
import {
  type Hex,
  type KeyStatement,
  lastBlockOfSchedule,
  type TaskResult,
  toHex,
  topicOf,
} from "@enigma-discovery/protocol"
import { nodeErrors } from "../errors.ts"
import { errorFields } from "../log.ts"
import { commitBatch } from "./commit.ts"
import { isNamed, type WorkerContext } from "./context.ts"
import type { Inputs } from "./inputs.ts"
import { obtainKeys, queued } from "./keys.ts"
import type { ViewDriver } from "./view-driver.ts"

export interface Lane {
  readonly contract: Uint8Array
  /** Something may have changed; a pass follows. */
  nudge(): void
  /** Whether a batch waits for its time. */
  hasUncommitted(): boolean
  /** The enclave's statement of the contract's key, once it has it. @throws NODE_NOT_DRAWN */
  keyStatement(signal: AbortSignal): Promise<KeyStatement>
  stop(): Promise<void>
}

/** Tasks handed to the enclave at once, and their gas (about a second): results go out when the call ends. At least one task. */
const TASKS_PER_CALL = 64
const GAS_PER_CALL = 1_000_000_000n
/** Executed tasks from which a batch is committed at once: one transaction carries so many. */
const FULL_BATCH = 256

/** Blocks after a commit that failed before the next is tried. */
const RETRY_BLOCKS = 2

/** Failures that the next header or event resolves. */
const PASSING = [
  "ENCLAVE_QUEUE_NOT_PROVEN",
  "ENCLAVE_INPUTS_PENDING",
  "ENCLAVE_OUTCOME_PENDING",
  "ENCLAVE_VIEW_STALE",
  "ENCLAVE_NOT_THIS_WORKER",
  "ENCLAVE_NOT_DRAWN",
  "ENCLAVE_UNKNOWN_CONTRACT",
  "ENCLAVE_NO_VIEW",
  "ENCLAVE_KEYS_MISSING",
  "ENCLAVE_NO_KEY_REQUEST",
  "ENCLAVE_OUT_OF_SYNC",
  "VERIFY_WRONG_EPOCH",
  "VERIFY_NOT_DRAWN",
  "VERIFY_PROOF_INCOMPLETE",
]

export function createLane(context: WorkerContext, driver: ViewDriver, inputs: Inputs, contract: Uint8Array): Lane {
  const { enclave, index, network, tables, gossip, envelopes, config, signal } = context
  const name: Hex = toHex(contract)
  const log = context.log.with({ contract: name })
  const topic = topicOf(network.chainId, toHex(network.enigma), name)
  let again = false
  let running: Promise<void> | undefined
  let isStopped = false
  let uncommitted = false
  /** A commit that was mined and that the enclave's view does not show yet. */
  let sent: { readonly fromIndex: number; readonly block: number } | undefined
  let statement: KeyStatement | undefined
  let wanted: PromiseWithResolvers<KeyStatement> | undefined

  async function loadCode(status: QueueStatus): Promise<void> {
    if (status.hasCode) return
    const origin = await index.contract(contract)
    const code = origin === undefined ? undefined : await inputs.codeOf(contract)
    if (origin === undefined || code === undefined) return
    const { deployer, codeHash, userSalt } = origin
    const { accountImplementation } = context
    await enclave.loadCode(contract, { deployer, codeHash, userSalt, accountImplementation }, code)
  }

  async function proveRecords(status: QueueStatus): Promise<QueueStatus> {
    const from = status.committed + status.proven
    if (from >= status.submitted) return status
    const rows = await index.records(contract, from, status.submitted - from)
    if (rows.length < status.submitted - from) return status
    return enclave.proveRecords(contract, await index.linkBefore(contract, from), rows.map(queued))
  }

  async function catchUp(status: QueueStatus): Promise<boolean> {
    if (status.inSync) return true
    const deltas = await context.batches.deltasSince(contract, status.head, signal)
    if (deltas === undefined) {
      log.info("deltas are missing; no peer gave them yet", { head: toHex(status.head) })
      return false
    }
    const { inSync } = await enclave.replay(contract, deltas)
    if (inSync) log.info("state rebuilt", { deltas: deltas.length })
    return inSync
  }

  /** The next tasks whose inputs are here, or can no longer come. */
  async function nextTasks(from: number, to: number): Promise<readonly TaskInput[]> {
    const rows = await index.records(contract, from, Math.min(TASKS_PER_CALL, to - from))
    const tasks: TaskInput[] = []
    let gas = 0n
    for (const row of rows) {
      gas += row.record.gasLimit
      if (tasks.length > 0 && gas > GAS_PER_CALL) break
      envelopes.pin(row.record.inputsHash)
      const envelope = await inputs.envelopeOf(contract, row)
      const graceOver = (driver.view()?.blockNumber ?? 0n) >= row.record.blockNumber + BigInt(network.inputsGraceBlocks)
      if (envelope === undefined && !graceOver) break
      tasks.push({ queued: queued(row), envelope })
    }
    return tasks
  }

  async function publish(results: readonly TaskResult[]): Promise<void> {
    await tables.store.write(
      results.map((result) => tables.results.putOp({ contract, index: result.receipt.index }, result)),
    )
    for (const result of results) {
      await gossip.publish(topic, { type: "result", body: result })
      context.metrics.add("tasks_executed")
      log.info("task executed", {
        index: result.receipt.index,
        status: result.receipt.status,
        epoch: result.epoch,
        gasClass: result.receipt.gasClass,
      })
    }
  }

  /** Returns how many were executed. */
  async function execute(status: QueueStatus): Promise<number> {
    let done = 0
    for (let at = status.committed + status.executed; at < status.committed + status.proven; ) {
      const tasks = await nextTasks(at, status.committed + status.proven)
      if (tasks.length === 0) break
      const results = await enclave.execute(contract, tasks).catch((error: unknown) => {
        if (isNamed(error, "ENCLAVE_INPUTS_PENDING", "ENCLAVE_OUTCOME_PENDING")) return []
        throw error
      })
      await publish(results)
      done += results.length
      at += results.length
      if (results.length < tasks.length) break
    }
    return done
  }

  function isCommitTime(executed: number): boolean {
    const next = BigInt(index.headNumber() + 1)
    const last = lastBlockOfSchedule(next, BigInt(network.epochLengthBlocks))
    return executed >= FULL_BATCH || last - next < BigInt(config.commitBlocks)
  }

  async function commit(status: QueueStatus, executedNow: number): Promise<void> {
    uncommitted = status.executed > 0
    if (!uncommitted) return
    if (sent !== undefined) {
      const isVisible = status.committed > sent.fromIndex
      const isLost = Number(driver.view()?.blockNumber ?? 0n) > sent.block + network.depth + 2
      if (!isVisible && !isLost) return
      sent = undefined
    }
    const isTime = isCommitTime(status.executed)
    if ((executedNow === 0 && !isTime && !callbackWaits) || index.headNumber() < retryAt) return
    // The next epoch is open and the view will say so: what was executed in this one is no longer ours to commit.
    if ((await index.newestEpoch())?.epoch !== driver.view()?.epoch) return
    const prepared = await enclave.prepareBatch(contract)
    callbackWaits = prepared?.hasCallback === true
    if (prepared === undefined || !(isTime || prepared.hasCallback)) return
    retryAt = index.headNumber() + RETRY_BLOCKS
    const { batch, mined } = await commitBatch(context, prepared)
    retryAt = 0
    sent = { fromIndex: batch.fromIndex, block: mined.blockNumber }
  }
  let retryAt = 0
  /** The last prepared batch ends with callbacks: it does not wait for the end of the epoch. */
  let callbackWaits = true

  async function makeStatement(status: QueueStatus): Promise<void> {
    const { epoch } = driver.view()!
    if (!status.hasKeys) return
    if (statement?.epoch !== epoch) statement = await enclave.keyStatement(contract)
    wanted?.resolve(statement)
    wanted = undefined
  }

  async function pass(): Promise<void> {
    let status = await enclave.queue(contract)
    if (!status.drawn) {
      uncommitted = false
      statement = undefined
      return
    }
    await loadCode(status)
    status = await proveRecords(status)
    if (!status.hasKeys && !(await obtainKeys(context, contract))) return
    status = await enclave.queue(contract)
    await makeStatement(status)
    await publish(await enclave.collect(contract))
    if (!(await catchUp(status))) return
    status = await enclave.queue(contract)
    const executed = await execute(status)
    await commit(await enclave.queue(contract), executed)
  }

  async function run(): Promise<void> {
    while (again && !isStopped) {
      again = false
      try {
        await pass()
      } catch (error) {
        if (isStopped) return
        const isPassing = isNamed(error, ...PASSING)
        log[isPassing ? "debug" : "warn"]("a pass ended early", errorFields(error))
        if (isNamed(error, "ENCLAVE_VIEW_STALE", "VERIFY_WRONG_EPOCH", "ENCLAVE_BATCH_EXPIRED")) driver.want(contract)
      }
    }
  }

  const nudge = () => {
    again = true
    running ??= run().finally(() => {
      running = undefined
      if (again && !isStopped) nudge()
    })
  }

  return {
    contract,
    nudge,
    hasUncommitted: () => uncommitted,
    async keyStatement(outer) {
      const view = driver.view()
      if (view !== undefined && statement?.epoch === view.epoch && driver.isMine(contract)) return statement
      wanted ??= Promise.withResolvers()
      const { promise } = wanted
      promise.catch(() => {})
      driver.want(contract)
      nudge()
      const ended = Promise.withResolvers<never>()
      const onAbort = () => ended.reject(nodeErrors.make("NOT_DRAWN", { contract: name }))
      outer.addEventListener("abort", onAbort, { once: true })
      if (outer.aborted) onAbort()
      try {
        return await Promise.race([promise, ended.promise])
      } finally {
        outer.removeEventListener("abort", onAbort)
      }
    },
    async stop() {
      isStopped = true
      await running
    },
  }
}
