/** The batches that Enigma accepted for a contract, as its events and the transactions that carried them tell. */
import { fromHex, unpackBatchInfo, unpackCallbacks } from "@enigma-discovery/protocol"
import { AbiCoder, type Contract, type EventLog, type ParamType, type Result } from "ethers"

export interface CommittedBatch {
  readonly contract: string
  readonly epoch: number
  readonly workerId: number
  readonly fromIndex: number
  readonly toIndex: number
  /** Calls into Ethereum that it carried; above 0 it was committed at once. */
  readonly callbacks: number
  readonly callbacksFailed: boolean
  readonly blockNumber: number
  readonly transactionHash: string
  /** Gas of its whole transaction. */
  readonly gasUsed: bigint
}

/** Oldest first. */
export async function batchesOf(enigma: Contract, secretContract: string): Promise<readonly CommittedBatch[]> {
  const logs = await enigma.queryFilter(enigma.getEvent("BatchCommitted")(secretContract), 0)
  return await Promise.all(logs.map((log) => readBatch(enigma, log as EventLog)))
}

async function readBatch(enigma: Contract, log: EventLog): Promise<CommittedBatch> {
  const [transaction, receipt] = await Promise.all([log.getTransaction(), log.getTransactionReceipt()])
  const { secretContract } = log.args
  const info = unpackBatchInfo(log.args.info)
  const item = itemsOf(enigma, transaction.data).find(
    (batch) => batch.secretContract === secretContract && Number(batch.toIndex) === info.toIndex,
  )
  if (!item) throw new Error(`transaction ${transaction.hash} does not hold the batch that its event names`)
  return Object.freeze({
    contract: String(secretContract),
    epoch: Number(item.epoch),
    ...info,
    callbacks: item.extras.length > 0 ? unpackCallbacks(fromHex(item.extras[0].callbacks)).length : 0,
    blockNumber: log.blockNumber,
    transactionHash: log.transactionHash,
    gasUsed: receipt.gasUsed,
  })
}

/** The batches in the calldata of `commitBatch(Batch)` or `commitBatches(bytes[])`, whose items are `abi.encode(Batch)`. */
function itemsOf(enigma: Contract, calldata: string): readonly Result[] {
  const call = enigma.interface.parseTransaction({ data: calldata })
  if (call?.name === "commitBatch") return [call.args[0]]
  if (call?.name !== "commitBatches") return []
  const type: ParamType = enigma.getFunction("commitBatch").fragment.inputs[0]!
  return [...call.args[0]].map((bytes: string) => AbiCoder.defaultAbiCoder().decode([type], bytes)[0])
}
