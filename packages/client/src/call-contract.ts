import type { Abi, FunctionName, FunctionResult } from "./abi.ts"
import type { Client } from "./client.ts"
import { type PrepareTaskParameters, prepareTask } from "./prepare-task.ts"
import { type RecordOptions, recordTask } from "./record-task.ts"
import { submitEnvelope } from "./submit-envelope.ts"
import { type TaskHandle, taskHandle } from "./task-handle.ts"

export type CallParameters<A extends Abi, F extends FunctionName<A>> = PrepareTaskParameters<A, F> & RecordOptions

/**
 * Calls a secret contract: verifies worker and key, seals the call, gives it to the gateways, records it. Resolves when the record
 * is mined; the answer is the handle's `result()`. One prompt of the wallet.
 * @throws as `prepareTask`, `submitEnvelope` and `recordTask`
 */
export async function callContract<const A extends Abi, F extends FunctionName<A>>(
  client: Client,
  parameters: CallParameters<A, F>,
): Promise<TaskHandle<FunctionResult<A, F>>> {
  const { signal, inline = false } = parameters
  const task = await prepareTask(client, parameters)
  if (!inline) await submitEnvelope(client, task, { signal })
  return taskHandle(client, await recordTask(client, task, parameters))
}
