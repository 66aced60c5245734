/** Finds tasks on chain: where they were recorded, and where they are after a re-org. */
import { type BlockRef, readBlock } from "@enigma-discovery/chain/follow"
import { equalBytes, fromHex, type Hex, RECORD_FLAG, type TaskRecord, toHex } from "@enigma-discovery/protocol"
import type { PlacedRecord } from "@enigma-discovery/verify"
import type { Client } from "./client.ts"
import { REORG_SEARCH_BLOCKS } from "./constants.ts"
import { clientErrors } from "./errors.ts"
import { readBlockNumber } from "./internal/chain.ts"
import { placedRecords, recordsBetween } from "./internal/enigma-events.ts"
import { isPassing, waitFor } from "./internal/wait.ts"
import type { PreparedTask, RecordedTask } from "./task.ts"

/** Anyone can record somebody else's inputs hash; it is this task's record only under this task's sender. */
const isOf = ({ inputsHash, sender }: PreparedTask, record: Pick<TaskRecord, "inputsHash" | "sender">): boolean =>
  equalBytes(record.inputsHash, fromHex(inputsHash, 32)) && equalBytes(record.sender, fromHex(sender, 20))

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

/** Several tasks of one transaction. Undefined when one of them has no record. */
export async function findRecords<Result>(
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

/**
 * Waits until a task is recorded, whoever records it: a relayer, or a transaction from before a page reload.
 * RPC: as `findRecord`. @throws CLIENT_TIMED_OUT
 */
export async function waitForRecord<Result>(
  client: Client,
  task: PreparedTask<Result>,
  options: { readonly fromBlock: number; readonly timeoutMs?: number; readonly signal?: AbortSignal | undefined },
): Promise<RecordedTask<Result>> {
  const { fromBlock, signal, timeoutMs = client.timeouts.recordMs } = options
  const wait = {
    ...{ what: "The record of the task", hint: "Whoever was to record it has not; it can still be recorded." },
    ...{ timeoutMs, intervalMs: client.pollIntervalMs, sleep: client.sleep, signal, passing: isPassing },
  }
  return await waitFor(wait, (inner) => findRecord(client, task, { fromBlock, signal: inner }))
}
