/** Brings a prepared batch onto the chain: data to neighbours, their receipts to the enclave, the signed batch into a transaction. */
import { enigmaErrors, enigmaInterface, fetchWords, latestBlock } from "@enigma-discovery/chain/follow"
import type { MinedTransaction } from "@enigma-discovery/chain/transact"
import type { PreparedBatch } from "@enigma-discovery/enclave/host"
import { type Batch, fromHex, type SignedBatch, type StorageReceipt, toHex, topicOf } from "@enigma-discovery/protocol"
import { nodeErrors } from "../errors.ts"
import { batchArgument } from "./commit-calldata.ts"
import type { WorkerContext } from "./context.ts"
import { firstStoredLink } from "./keys.ts"

export interface Committed {
  readonly batch: Batch
  readonly mined: MinedTransaction
}

/**
 * Stores, signs and commits. Each step is on disk before the next, so that a crash in between is continued or repeated with the
 * same bytes.
 * @throws ENCLAVE_STORAGE_RECEIPTS_MISSING, ENCLAVE_BATCH_EXPIRED, CHAIN_*
 */
export async function commitBatch(context: WorkerContext, prepared: PreparedBatch): Promise<Committed> {
  const { enclave, tables, gossip, network, log, metrics } = context
  const { data, receiptsRoot } = prepared
  const { contract, fromIndex } = data
  if (!(await context.batches.offer(data, receiptsRoot, true)))
    throw nodeErrors.make("BATCH_OUT_OF_PLACE", { contract: toHex(contract), fromIndex })
  const receipts = await askNeighbours(context, prepared)
  const signed = await enclave.signBatch(contract, receipts)
  await tables.signedBatches.put({ contract, index: fromIndex }, signed)
  await gossip.publish(topicOf(network.chainId, toHex(network.enigma), toHex(contract)), {
    type: "batch",
    body: signed,
  })
  const mined = await sendBatch(context, signed)
  const { batch } = signed
  const size = batch.toIndex - fromIndex
  metrics.add("batches_committed")
  metrics.add("tasks_committed", {}, size)
  log.info("batch committed", {
    contract: toHex(contract),
    epoch: batch.epoch,
    fromIndex,
    toIndex: batch.toIndex,
    callbacks: batch.callbacks.length,
    gas: mined.gasUsed,
    block: mined.blockNumber,
  })
  return { batch, mined }
}

/** Storage receipts of all neighbours that answer: the enclave knows how many it needs. */
async function askNeighbours(context: WorkerContext, { data }: PreparedBatch): Promise<readonly StorageReceipt[]> {
  const { directory, requester, network, self, log, signal } = context
  if (network.storageReceipts === 0) return []
  const others = () =>
    directory.withRole("worker").filter(({ worker }) => worker !== undefined && worker.workerId !== self.workerId)
  // Who has only just connected has not told yet what it is; a batch that goes without it may miss its epoch.
  if (others().length < network.storageReceipts) await directory.refresh()
  const neighbours = others()
  const outcomes = await Promise.allSettled(neighbours.map(({ peer }) => requester.ask(peer, "store", data, signal)))
  return outcomes.flatMap((outcome, i) => {
    if (outcome.status === "fulfilled") return [outcome.value]
    log.debug("a neighbour did not store", {
      workerId: neighbours[i]?.worker?.workerId,
      reason: String(outcome.reason?.message ?? outcome.reason),
    })
    return []
  })
}

/** Calldata needs what the chain can't know: the last record, and how its link leads to one that is stored. */
async function sendBatch(context: WorkerContext, { batch, signature }: SignedBatch): Promise<MinedTransaction> {
  const { index, rpc, network, transactor } = context
  const { contract, toIndex, epoch, fromIndex } = batch
  const last = toIndex - 1
  const block = await latestBlock(rpc, context.signal)
  const { submitted } = await index.tail(contract)
  const rows = await index.records(contract, last, submitted - last)
  const end = await firstStoredLink(contract, rows, last, fetchWords(rpc, network.enigma, block, context.signal))
  if (end === undefined || rows[0] === undefined)
    throw nodeErrors.make("BATCH_OUT_OF_PLACE", { contract: toHex(contract), fromIndex })
  const argument = batchArgument(batch, signature, await index.linkBefore(contract, last), rows.slice(0, end + 1))
  return await transactor.send({
    id: `commit ${toHex(contract)} ${fromIndex} ${epoch} ${toHex(batch.receiptsRoot)}`,
    lane: `commit ${toHex(contract)}`,
    to: network.enigma,
    data: fromHex(enigmaInterface.encodeFunctionData("commitBatch", [argument])),
    deadlineBlock: Number(batch.validUntilBlock),
    method: "commitBatch",
    abis: enigmaErrors,
  })
}
