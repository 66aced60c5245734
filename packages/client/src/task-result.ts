/** A task's result before its batch, as the drawn worker's enclave signs it (PROTOCOL §8.1). */
import {
  decode,
  equalBytes,
  fromHex,
  GATEWAY_METHODS,
  isZero,
  MAX_DELTA_BYTES,
  MAX_SEALED_OUTPUT_BYTES,
  type OutputBody,
  type TaskResult,
  TaskResultCodec,
} from "@enigma-discovery/protocol"
import { checkTaskResult, verifyErrors } from "@enigma-discovery/verify"
import type { Client } from "./client.ts"
import { drawnSigner } from "./contract-key.ts"
import { clientErrors } from "./errors.ts"
import type { EndedTask } from "./outcome.ts"
import { openOutput } from "./seal.ts"
import type { RecordedTask } from "./task.ts"

/** Receipt, signature, hashes and lengths beside the delta and the output. */
const MAX_RESULT_BYTES = MAX_DELTA_BYTES + MAX_SEALED_OUTPUT_BYTES + 4_096

export interface FetchOptions {
  readonly signal?: AbortSignal | undefined
}

/**
 * The result of a task, once its worker has released it: signed by the enclave drawn for the epoch it names, output opened with
 * the task's own key. Undefined while there is none, or while the outcome of a callback is open. Committed results are
 * `fetchReceipt`'s. Gateway: `enigma_taskResult`. RPC: `eth_getStorageAt`. @throws CLIENT_GATEWAYS_FAILED, CLIENT_SECRET_FORGOTTEN
 */
export async function fetchResult(
  client: Client,
  recorded: RecordedTask,
  { signal }: FetchOptions = {},
): Promise<EndedTask | undefined> {
  return await client.gateways.find({
    method: GATEWAY_METHODS.taskResult,
    params: [recorded.task.contract, recorded.index],
    accept: (raw) => (raw === null ? undefined : acceptResult(client, recorded, raw, signal)),
    signal,
  })
}

async function acceptResult(
  client: Client,
  recorded: RecordedTask,
  raw: unknown,
  signal: AbortSignal | undefined,
): Promise<EndedTask | undefined> {
  const result = decode(TaskResultCodec, fromHex(raw as string, undefined, "task result"), MAX_RESULT_BYTES)
  const { receipt } = result
  if (!isAbout(recorded, result)) return undefined
  await checkSigner(client, recorded, result, signal)
  if (isZero(receipt.outputHash)) return { receipt, status: receipt.status, body: undefined, finality: "executed" }
  if (result.output === undefined) return undefined
  const body = openTaskOutput(client, recorded, 0, receipt.outputHash, result.output)
  return { receipt, status: receipt.status, body, finality: "executed" }
}

/** By the drawn worker's enclave; read anew once, since a worker that was started again has other keys within the same epoch. */
async function checkSigner(
  client: Client,
  { taskId }: RecordedTask,
  result: TaskResult,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const isFresh of [false, true]) {
    const { workerId, signer } = await drawnSigner(client, result.contract, result.epoch, signal, isFresh)
    if (result.workerId !== workerId) {
      const why = `worker ${result.workerId} is not drawn in epoch ${result.epoch}`
      throw clientErrors.make("RESULT_INVALID", { taskId, why })
    }
    try {
      checkTaskResult(client, result, signer)
      return
    } catch (error) {
      if (isFresh || !verifyErrors.is(error, "WRONG_SIGNER")) throw error
    }
  }
}

/**
 * Whether a result is of this record. One of another task id at the same place is the result of a record that a re-org replaced:
 * no lie, but not ours. @throws CLIENT_RESULT_INVALID for one of another contract or place
 */
function isAbout({ task, index, taskId }: RecordedTask, { contract, receipt }: TaskResult): boolean {
  if (!equalBytes(contract, fromHex(task.contract, 20)) || receipt.index !== index)
    throw clientErrors.make("RESULT_INVALID", { taskId, why: "it is of another task" })
  return equalBytes(receipt.taskId, fromHex(taskId, 32))
}

/** Opens one of a recorded task's outputs. @throws CLIENT_OUTPUT_MISMATCH, CLIENT_SECRET_FORGOTTEN */
export function openTaskOutput(
  { chainId, enigma }: Client,
  { task, taskId }: RecordedTask,
  outcome: 0 | 1,
  wantHash: Uint8Array,
  sealed: Uint8Array,
): OutputBody {
  const context = { chainId, enigma, contract: fromHex(task.contract, 20), taskId: fromHex(taskId, 32) }
  return openOutput(task.key, context, outcome, wantHash, sealed)
}
