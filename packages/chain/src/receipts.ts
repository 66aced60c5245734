import { toHex } from "@enigma-discovery/protocol"
import { array, bytes, count, fixedBytes, object, quantity } from "./internal/parse.ts"
import { type ChainLog, MAX_LOG_DATA_BYTES } from "./logs.ts"
import type { ChainRpc } from "./rpc.ts"

export interface MinedTransaction {
  readonly hash: Uint8Array
  readonly blockNumber: number
  readonly blockHash: Uint8Array
  readonly gasUsed: bigint
  readonly succeeded: boolean
  readonly logs: readonly ChainLog[]
}

/** Receipt of a transaction; undefined while it is not mined. */
export async function readReceipt(
  rpc: ChainRpc,
  hash: Uint8Array,
  signal?: AbortSignal,
): Promise<MinedTransaction | undefined> {
  const answer = await rpc.request("eth_getTransactionReceipt", [toHex(hash)], signal)
  if (answer === null) return undefined
  const receipt = object(answer, "receipt")
  const blockNumber = count(receipt.blockNumber, "receipt block")
  const blockHash = fixedBytes(receipt.blockHash, "receipt block hash", 32)
  const logs = array(receipt.logs, "receipt logs", 10_000).map((value): ChainLog => {
    const log = object(value, "log")
    return {
      address: fixedBytes(log.address, "log address", 20),
      topics: array(log.topics, "log topics", 4).map((topic) => fixedBytes(topic, "log topic", 32)),
      data: bytes(log.data, "log data", MAX_LOG_DATA_BYTES),
      blockNumber,
      blockHash,
      transactionHash: hash,
      logIndex: count(log.logIndex, "log index"),
    }
  })
  return {
    hash,
    blockNumber,
    blockHash,
    gasUsed: quantity(receipt.gasUsed, "gas used"),
    succeeded: quantity(receipt.status, "receipt status") === 1n,
    logs,
  }
}
