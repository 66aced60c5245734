/** Puts tasks on chain, and finds them there again. */
import { type BlockRef, enigmaInterface, latestBlock, readBlock, readReceipt } from "@enigma-discovery/chain/follow"
import {
  equalBytes,
  fromHex,
  type Hex,
  packTerms,
  RECORD_FLAG,
  type TaskRecord,
  toHex,
} from "@enigma-discovery/protocol"
import { epochStateClaim, type PlacedRecord } from "@enigma-discovery/verify"
import type { Client } from "./client.ts"
import { REORG_SEARCH_BLOCKS } from "./constants.ts"
import { contractKey } from "./contract-key.ts"
import { clientErrors } from "./errors.ts"
import { readBlockNumber } from "./internal/chain.ts"
import { readAt } from "./internal/claims.ts"
import { placedRecords, recordsBetween } from "./internal/enigma-events.ts"
import { send, simulate } from "./internal/send.ts"
import { isPassing, waitFor } from "./internal/wait.ts"
import { resealTask } from "./prepare-task.ts"
import { submitEnvelope } from "./submit-envelope.ts"
import type { PreparedTask, RecordedTask } from "./task.ts"

export interface RecordOptions {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds until the record must be mined; the client's `timeouts.recordMs` when left out. */
  readonly timeoutMs?: number | undefined
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
  const tasks = await Promise.all(given.map((task) => freshTask(client, task, signal)))
  const data = recordCall(tasks)
  const what = tasks[0]!.deployment === undefined ? "record the task" : "record the deployment"
  const ready = await simulate(client, { what, to: client.enigmaAddress, data, signal })
  const from = await readBlockNumber(client.rpc, signal)
  const hash = await send(client, ready)
  return await waitForRecords(client, tasks, { ...options, hash, from })
}

/** The task, sealed anew when its key is of an epoch before the one in force and a newer key can be had. */
async function freshTask<Result>(client: Client, task: PreparedTask<Result>, signal: AbortSignal | undefined) {
  const block = await latestBlock(client.rpc, signal)
  const { epoch } = await readAt(client, epochStateClaim(), block, signal)
  if (task.keyEpoch >= epoch) return task
  const key = await contractKey(client, { contract: task.contract, signal })
  if (key.epoch <= task.keyEpoch && task.keyEpoch >= epoch - 1) return task
  const renewed = resealTask(client, task, key)
  await submitEnvelope(client, renewed, { signal })
  return renewed
}

const termsOf = ({ price }: PreparedTask): bigint => packTerms({ ...price, flags: 0, lockedGrains: 0n, index: 0 })

/** Calldata that records the tasks. */
function recordCall(tasks: readonly PreparedTask[]): Hex {
  const task = tasks[0]!
  const { contract, codeHash, inputsHash, deployment } = task
  const encode = (name: string, args: readonly unknown[]) => enigmaInterface.encodeFunctionData(name, args) as Hex
  if (deployment !== undefined)
    return encode("recordDeployment", [codeHash, deployment.userSalt, inputsHash, termsOf(task)])
  if (tasks.length === 1) return encode("recordTask", [contract, inputsHash, termsOf(task)])
  return encode("recordTasks", [contract, tasks.map((one) => one.inputsHash), tasks.map(termsOf)])
}

/** Anyone can record somebody else's inputs hash; it is this task's record only under this task's sender. */
const isOf = ({ inputsHash, sender }: PreparedTask, record: Pick<TaskRecord, "inputsHash" | "sender">): boolean =>
  equalBytes(record.inputsHash, fromHex(inputsHash, 32)) && equalBytes(record.sender, fromHex(sender, 20))

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
    ...{ timeoutMs, intervalMs: client.pollIntervalMs, signal, passing: isPassing },
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

/**
 * Where a task is recorded now, found by its inputs hash; undefined when no record has it. For a task from `importTask`, or
 * after a timeout. RPC: `eth_getLogs`, `eth_getBlockByNumber`, `eth_getStorageAt`.
 */
export async function findRecord<Result>(
  client: Client,
  task: PreparedTask<Result>,
  { fromBlock, signal }: { fromBlock: number; signal?: AbortSignal | undefined },
): Promise<RecordedTask<Result> | undefined> {
  return (await findRecords(client, [task], fromBlock, signal))?.[0]
}

async function findRecords<Result>(
  client: Client,
  tasks: readonly PreparedTask<Result>[],
  fromBlock: number,
  signal: AbortSignal | undefined,
): Promise<readonly RecordedTask<Result>[] | undefined> {
  const contract = fromHex(tasks[0]!.contract, 20)
  const head = await readBlockNumber(client.rpc, signal)
  if (head < fromBlock) return undefined
  const seen = await recordsBetween(client, contract, fromBlock, head, signal)
  const found = tasks.map((task) => seen.find(({ record }) => isOf(task, record)))
  if (found.some((one) => one === undefined)) return undefined
  const { blockNumber, blockHash, transactionHash } = found[0]!
  const block = await readBlock(client.rpc, blockNumber, signal)
  if (block === undefined || !equalBytes(block.hash, blockHash)) return undefined // it moved while we looked; look again
  const placed = await placedRecords(client, contract, block, signal)
  return tasks.map((task) => recordedTask(task, placed, block, toHex(transactionHash)))
}

/** @throws CLIENT_RECORD_MISMATCH when the record is not what this task asked for */
function recordedTask<Result>(
  task: PreparedTask<Result>,
  placed: readonly PlacedRecord[],
  block: BlockRef,
  transactionHash: Hex,
): RecordedTask<Result> {
  const place = placed.find(({ record }) => isOf(task, record))
  const mismatch = (field: string) => clientErrors.make("RECORD_MISMATCH", { field })
  if (place === undefined) throw mismatch("inputsHash")
  const { index, taskId, record, lockedGrains } = place
  for (const field of ["gasLimit", "gasPriceGrains", "callbackGas", "callbackPriceGrains"] as const)
    if (record[field] !== task.price[field]) throw mismatch(field)
  const isDeployment = (record.flags & RECORD_FLAG.DEPLOYMENT) !== 0
  if (isDeployment !== (task.deployment !== undefined)) throw mismatch("flags")
  const at = { blockNumber: block.number, blockHash: toHex(block.hash), transactionHash }
  return Object.freeze({ task, index, taskId: toHex(taskId), record, lockedGrains, ...at })
}

/**
 * The record as the chain has it now: itself while its block stands; where it is after a re-org moved it; undefined while it is
 * nowhere (its transaction may be mined again). RPC: `eth_getBlockByNumber`, after a re-org those of `findRecord`.
 */
export async function refreshRecord<Result>(
  client: Client,
  recorded: RecordedTask<Result>,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<RecordedTask<Result> | undefined> {
  const block = await readBlock(client.rpc, recorded.blockNumber, signal)
  if (block !== undefined && toHex(block.hash) === recorded.blockHash) return recorded
  const fromBlock = Math.max(0, recorded.blockNumber - REORG_SEARCH_BLOCKS)
  return await findRecord(client, recorded.task, { fromBlock, signal })
}
