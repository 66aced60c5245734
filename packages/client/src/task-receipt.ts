/** A task's receipt, proven to be in a batch that Enigma accepted (PROTOCOL §4). */
import { readReceipt } from "@enigma-discovery/chain/follow"
import {
  type CommittedReceipt,
  decode,
  equalBytes,
  fromHex,
  GATEWAY_METHODS,
  type Hex,
  isZero,
  MAX_SEALED_OUTPUT_BYTES,
  OUTCOME,
  RECEIPT_STATUS,
  type Receipt,
  ReceiptCodec,
  receiptStatusName,
  toHex,
} from "@enigma-discovery/protocol"
import { callbackFailedRoot, checkReceipt, MAX_MERKLE_PROOF_LENGTH } from "@enigma-discovery/verify"
import type { Client } from "./client.ts"
import { clientErrors } from "./errors.ts"
import { readBlockNumber } from "./internal/chain.ts"
import { covers, type EventOf, eventsAbout } from "./internal/enigma-events.ts"
import type { EndedTask } from "./outcome.ts"
import { outputHash as hashOfOutput } from "./seal.ts"
import type { RecordedTask, VerifiedReceipt } from "./task.ts"
import { type FetchOptions, openTaskOutput } from "./task-result.ts"

/**
 * The receipt of a task, once its batch stands on chain under the client's number of confirmations. Undefined until then.
 * Gateway: `enigma_receipt`. RPC: `eth_getTransactionReceipt`, `eth_blockNumber`. @throws CLIENT_GATEWAYS_FAILED
 */
export async function fetchReceipt(
  client: Client,
  recorded: RecordedTask,
  { signal }: FetchOptions = {},
): Promise<VerifiedReceipt | undefined> {
  return await client.gateways.find({
    method: GATEWAY_METHODS.receipt,
    params: [recorded.task.contract, recorded.index],
    accept: (raw) => (raw === null ? undefined : verifyReceipt(client, recorded, parseCommitted(raw), { signal })),
    signal,
  })
}

/** An answer of `enigma_receipt`, parsed. */
export interface ReceiptEvidence {
  readonly receipt: Receipt
  readonly proof: readonly Uint8Array[]
  readonly transactionHash: Hex
  readonly outputs: readonly Uint8Array[]
}

/** @throws PROTOCOL_* or TypeError for another shape or size */
export function parseCommitted(raw: unknown): ReceiptEvidence {
  const { receipt, proof, transactionHash, outputs } = raw as Partial<CommittedReceipt>
  if (!Array.isArray(proof) || proof.length > MAX_MERKLE_PROOF_LENGTH)
    throw new TypeError("proof is missing or too long")
  if (!Array.isArray(outputs) || outputs.length > 2) throw new TypeError("outputs are missing or too many")
  return {
    receipt: decode(ReceiptCodec, fromHex(receipt as string, undefined, "receipt"), 1_024),
    proof: proof.map((node) => fromHex(node, 32, "proof node")),
    transactionHash: toHex(fromHex(transactionHash as string, 32, "transaction hash")),
    outputs: outputs.map((output) => bounded(fromHex(output, undefined, "output"))),
  }
}

const bounded = (output: Uint8Array): Uint8Array => {
  if (output.length <= MAX_SEALED_OUTPUT_BYTES) return output
  throw new TypeError("an output is too large")
}

/**
 * Proves a receipt: the named transaction succeeded on this client's chain, Enigma's own event in it says which records the batch
 * resolves and under which root, and the receipt of exactly this task hashes up to that root. What the gateway says of the batch
 * is not believed. Undefined while the batch has fewer confirmations than the client wants.
 * RPC: `eth_getTransactionReceipt`, `eth_blockNumber`. @throws CLIENT_RECEIPT_INVALID, VERIFY_RECEIPT_MISMATCH
 */
export async function verifyReceipt(
  client: Client,
  recorded: RecordedTask,
  { receipt, proof, transactionHash, outputs }: ReceiptEvidence,
  { signal }: FetchOptions = {},
): Promise<VerifiedReceipt | undefined> {
  const bad = (why: string) => clientErrors.make("RECEIPT_INVALID", { taskId: recorded.taskId, why })
  const contract = fromHex(recorded.task.contract, 20)
  if (receipt.index !== recorded.index) throw bad("it is of another task")
  if (!equalBytes(receipt.taskId, fromHex(recorded.taskId, 32))) throw bad("it is of another record at this place")
  const mined = await readReceipt(client.rpc, fromHex(transactionHash, 32), signal)
  if (mined === undefined || !mined.succeeded) throw bad("its transaction did not happen")
  const logs = mined.logs.filter(({ address }) => equalBytes(address, client.enigma))
  const batch = eventsAbout(logs, contract, ["batch"]).find((event) => covers(event, recorded.index))
  if (batch === undefined) throw bad("its transaction commits no batch with this task")
  const { receiptsRoot: root, callbacksFailed } = batch
  checkReceipt(contract, receipt, proof, root, callbacksFailed ? callbackFailedRoot(contract, root) : root)
  const head = await readBlockNumber(client.rpc, signal)
  if (head - mined.blockNumber + 1 < client.confirmations) return undefined
  const held = whatHolds(receipt, batch)
  const output = outputs.find((one) => equalBytes(hashOfOutput(one), held.outputHash))
  const { workerId, fromIndex, toIndex } = batch
  const { blockNumber } = mined
  return Object.freeze({
    ...{ receipt, ...held, output, proof, receiptsRoot: root },
    ...{ workerId, fromIndex, toIndex, callbacksFailed, transactionHash, blockNumber },
  })
}

/** PROTOCOL §4.4: when the callbacks failed, the last receipt counts as CallbackFailed with its fallback output. */
function whatHolds(receipt: Receipt, { toIndex, callbacksFailed }: EventOf<"batch">) {
  const fellBack = callbacksFailed && receipt.index === toIndex - 1
  const status = receiptStatusName(fellBack ? RECEIPT_STATUS.CallbackFailed : receipt.status)!
  return { status, outputHash: fellBack ? receipt.fallbackOutputHash : receipt.outputHash }
}

/**
 * What a proven receipt means, its output opened with the task's key. Undefined when its output has not been handed out yet.
 * @throws CLIENT_OUTPUT_MISMATCH, CLIENT_SECRET_FORGOTTEN
 */
export function endOf(client: Client, recorded: RecordedTask, proven: VerifiedReceipt): EndedTask | undefined {
  const { receipt, output, outputHash } = proven
  const status = RECEIPT_STATUS[proven.status]
  if (isZero(outputHash)) return { receipt, status, body: undefined, finality: "committed" }
  if (output === undefined) return undefined
  const outcome = status === RECEIPT_STATUS.CallbackFailed ? OUTCOME.callbackFailed : OUTCOME.normal
  const body = openTaskOutput(client, recorded, outcome, outputHash, output)
  return { receipt, status, body, finality: "committed" }
}
