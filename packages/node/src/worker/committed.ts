/** What is told of a committed task: its receipt with proof, the signed batch, the outputs that are released. */
import { transactionInput } from "@enigma-discovery/chain/follow"
import { keccak256 } from "@enigma-discovery/crypto"
import {
  type Batch,
  type CommittedReceipt,
  encode,
  equalBytes,
  isZero,
  type Receipt,
  ReceiptCodec,
  type SignedBatch,
  SignedBatchCodec,
  toHex,
} from "@enigma-discovery/protocol"
import { merkleProof, receiptLeaf } from "@enigma-discovery/verify"
import type { BatchRow } from "../store/tables.ts"
import { parseCommits } from "./commit-calldata.ts"
import type { WorkerContext } from "./context.ts"

const MAX_COMMIT_BYTES = 1_048_576

/** Undefined while the batch is not on chain, was settled, or its data is nowhere to be had. */
export async function committedReceipt(
  context: WorkerContext,
  contract: Uint8Array,
  index: number,
  signal: AbortSignal,
): Promise<CommittedReceipt | undefined> {
  const row = await context.index.batchOf(contract, index)
  if (row === undefined || row.settled) return undefined
  const data = await context.batches.dataOf(row, signal)
  const signed = await signedBatch(context, row)
  if (data === undefined || signed === undefined) return undefined
  const position = index - row.fromIndex
  const receipt = data.receipts[position]!
  const leaves = data.receipts.map((entry) => receiptLeaf(contract, entry))
  const isLast = index === row.toIndex - 1
  return {
    receipt: toHex(encode(ReceiptCodec, receipt)),
    proof: merkleProof(leaves, position).map(toHex),
    batch: toHex(encode(SignedBatchCodec, signed)),
    transactionHash: toHex(row.transactionHash),
    callbacksOk: !(isLast && row.callbacksFailed),
    outputs: (await outputsOf(context, contract, receipt, data.outputs)).map(toHex),
  }
}

/** Outputs are found by their hash: in the batch's data, or, where callbacks decided which is released, in the gossiped result. */
async function outputsOf(
  { tables }: WorkerContext,
  contract: Uint8Array,
  receipt: Receipt,
  outputs: readonly Uint8Array[],
): Promise<readonly Uint8Array[]> {
  const hashes = [receipt.outputHash, receipt.fallbackOutputHash].filter((hash) => !isZero(hash))
  const result = await tables.results.get({ contract, index: receipt.index })
  const candidates = result?.output === undefined ? outputs : [...outputs, result.output]
  return hashes.flatMap((hash) => candidates.find((output) => equalBytes(keccak256(output), hash)) ?? [])
}

/** As it was gossiped, or read from the transaction that carried it. */
async function signedBatch(context: WorkerContext, row: BatchRow): Promise<SignedBatch | undefined> {
  const { tables, rpc, index, signal } = context
  const place = { contract: row.contract, index: row.fromIndex }
  const known = await tables.signedBatches.get(place)
  if (known !== undefined && isOf(known.batch, row)) return known
  const input = await transactionInput(rpc, row.transactionHash, MAX_COMMIT_BYTES, signal)
  const last = await index.record(row.contract, row.toIndex - 1)
  if (input === undefined || last === undefined) return undefined
  const found = parseCommits(input)
    .map(({ batch, signature }) => ({ batch: { ...batch, link: last.taskId }, signature }))
    .find(({ batch }) => isOf(batch, row))
  if (found !== undefined) await tables.signedBatches.put(place, found)
  return found
}

const isOf = (batch: Batch, row: BatchRow): boolean =>
  equalBytes(batch.contract, row.contract) &&
  batch.fromIndex === row.fromIndex &&
  batch.toIndex === row.toIndex &&
  equalBytes(batch.receiptsRoot, row.receiptsRoot)
