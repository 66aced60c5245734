/** Puts tasks on chain. */
import { enigmaInterface, latestBlock, readReceipt } from "@enigma-discovery/chain/follow"
import { fromHex, type Hex, packTerms, toHex } from "@enigma-discovery/protocol"
import { epochStateClaim } from "@enigma-discovery/verify"
import type { Client } from "./client.ts"
import { contractKey } from "./contract-key.ts"
import { clientErrors } from "./errors.ts"
import { findRecords } from "./find-record.ts"
import { readBlockNumber } from "./internal/chain.ts"
import { readAt } from "./internal/claims.ts"
import { send, simulate } from "./internal/send.ts"
import { isPassing, waitFor } from "./internal/wait.ts"
import { resealTask } from "./prepare-task.ts"
import { submitEnvelope } from "./submit-envelope.ts"
import type { PreparedTask, RecordedTask } from "./task.ts"

/** What a task brings its contract. It reaches the contract's ledger if the task succeeds, else the sender's. */
export interface Payment {
  /** An ERC-20 token that Enigma is allowed to take `amount` of. ETH when left out. */
  readonly token?: string | undefined
  /** In the token's smallest unit, or wei. */
  readonly amount: bigint
}

export interface RecordOptions {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds until the record must be mined; the client's `timeouts.recordMs` when left out. */
  readonly timeoutMs?: number | undefined
  /**
   * Carries the envelope in the record's calldata: dearer, but no gateway is needed and none can keep it from the worker.
   * For one task without payment.
   */
  readonly inline?: boolean | undefined
  /** For one task. */
  readonly payment?: Payment | undefined
  /**
   * Called right before the wallet is asked, with the tasks as they will be recorded: the moment to `exportPrepared` them, so that a
   * page that dies while the transaction is under way loses nothing.
   */
  readonly beforeSend?: ((tasks: readonly PreparedTask[]) => void | Promise<void>) | undefined
}

/**
 * Records a prepared task (or deployment) and waits until it is mined. If the epoch has changed since the task was sealed, it is
 * first sealed anew and given to the gateways again. One prompt of the wallet.
 * RPC: `eth_getStorageAt`, `eth_estimateGas`, `eth_sendTransaction`, `eth_getTransactionReceipt`, `eth_getLogs`.
 * @throws CLIENT_CREDIT_TOO_LOW, CLIENT_RECORD_REVERTED, CLIENT_RECORD_FAILED, CLIENT_USER_REJECTED, CLIENT_TIMED_OUT,
 * CLIENT_KEY_EPOCH_PASSED
 */
export async function recordTask<Result>(
  client: Client,
  task: PreparedTask<Result>,
  options: RecordOptions = {},
): Promise<RecordedTask<Result>> {
  const [recorded] = await recordAll(client, [task], options)
  return recorded!
}

/** Up to 128 tasks of one contract in one transaction, in this order, under one stored link. @throws as `recordTask`, CLIENT_BAD_OPTION */
export async function recordTasks<Result>(
  client: Client,
  tasks: readonly PreparedTask<Result>[],
  options: RecordOptions = {},
): Promise<readonly RecordedTask<Result>[]> {
  const [first] = tasks
  const bad = (why: string) => clientErrors.make("BAD_OPTION", { what: "tasks", why })
  if (first === undefined || tasks.length > 128) throw bad("1 to 128 are needed")
  if (tasks.some(({ contract, sender }) => contract !== first.contract || sender !== first.sender))
    throw bad("they are of several contracts or senders")
  if (tasks.some(({ deployment }) => deployment !== undefined)) throw bad("a deployment is recorded alone")
  return await recordAll(client, tasks, options)
}

async function recordAll<Result>(
  client: Client,
  given: readonly PreparedTask<Result>[],
  options: RecordOptions,
): Promise<readonly RecordedTask<Result>[]> {
  const { signal } = options
  const tasks = await Promise.all(given.map((task) => freshTask(client, task, options)))
  const what = tasks[0]!.deployment === undefined ? "record the task" : "record the deployment"
  const ready = await simulate(client, { what, to: client.enigmaAddress, ...recordCall(tasks, options), signal })
  const from = await readBlockNumber(client.rpc, signal)
  await options.beforeSend?.(tasks)
  const hash = await send(client, ready)
  return await waitForRecords(client, tasks, { ...options, hash, from })
}

/**
 * The task, sealed anew when its key is of an epoch before the one in force and a newer key can be had; then also given to the
 * gateways again. RPC: `eth_getStorageAt`. @throws CLIENT_KEY_EPOCH_PASSED and those of `contractKey`
 */
export async function freshTask<Result>(
  client: Client,
  task: PreparedTask<Result>,
  { signal, inline = false }: Pick<RecordOptions, "signal" | "inline">,
): Promise<PreparedTask<Result>> {
  const block = await latestBlock(client.rpc, signal)
  const { epoch } = await readAt(client, epochStateClaim(), block, signal)
  if (task.keyEpoch >= epoch) return task
  const key = await contractKey(client, { contract: task.contract, signal })
  if (key.epoch <= task.keyEpoch && task.keyEpoch >= epoch - 1) return task
  const renewed = resealTask(client, task, key)
  if (!inline) await submitEnvelope(client, renewed, { signal })
  return renewed
}

const termsOf = ({ price }: PreparedTask): bigint => packTerms({ ...price, flags: 0, lockedGrains: 0n, index: 0 })

/** The call that records the tasks. @throws CLIENT_BAD_OPTION for what can't be combined */
function recordCall(
  tasks: readonly PreparedTask[],
  { inline = false, payment }: RecordOptions,
): { readonly data: Hex; readonly value: bigint } {
  const task = tasks[0]!
  const { contract, codeHash, inputsHash, deployment } = task
  const encode = (name: string, ...args: readonly unknown[]) => enigmaInterface.encodeFunctionData(name, args) as Hex
  const free = (data: Hex) => ({ data, value: 0n })
  if ((inline || payment !== undefined) && (tasks.length > 1 || deployment !== undefined || (inline && payment)))
    throw clientErrors.make("BAD_OPTION", {
      what: "inline or payment",
      why: "each is for one call, and not both for one",
    })
  if (deployment !== undefined)
    return free(encode("recordDeployment", codeHash, deployment.userSalt, inputsHash, termsOf(task)))
  if (inline) return free(encode("recordTaskWithInputs", contract, task.envelope, termsOf(task)))
  if (payment !== undefined) {
    const token = payment.token === undefined ? NO_TOKEN : toHex(fromHex(payment.token, 20, "payment.token"))
    const data = encode("recordPayableTask", contract, inputsHash, termsOf(task), token, payment.amount)
    return { data, value: payment.token === undefined ? payment.amount : 0n }
  }
  if (tasks.length === 1) return free(encode("recordTask", contract, inputsHash, termsOf(task)))
  return free(
    encode(
      "recordTasks",
      contract,
      tasks.map((one) => one.inputsHash),
      tasks.map(termsOf),
    ),
  )
}

/** ETH, where a token is named (PROTOCOL §2.1). */
const NO_TOKEN = `0x${"00".repeat(20)}`

interface Sent extends RecordOptions {
  readonly hash: Hex
  /** Newest block before it was sent. */
  readonly from: number
}

/**
 * Looks for the transaction, and now and then for the records by their inputs hashes: an owner may have sped the transaction up in
 * the wallet, which gives it another hash.
 */
async function waitForRecords<Result>(client: Client, tasks: readonly PreparedTask<Result>[], sent: Sent) {
  const { hash, from, signal, timeoutMs = client.timeouts.recordMs } = sent
  const wait = {
    ...{ what: "Mining of the record", hint: `Transaction ${hash} may still be mined; find it with \`findRecord\`.` },
    ...{ timeoutMs, intervalMs: client.pollIntervalMs, sleep: client.sleep, signal, passing: isPassing },
  }
  let looks = 0
  return await waitFor(wait, async (inner) => {
    const outcome = await readReceipt(client.rpc, fromHex(hash, 32), inner)
    if (outcome?.succeeded === false) throw clientErrors.make("RECORD_FAILED", { hash })
    looks += 1
    if (outcome === undefined && looks % 8 !== 0) return undefined
    return await findRecords(client, tasks, outcome?.blockNumber ?? from, inner)
  })
}
