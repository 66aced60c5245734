import { equalBytes, toHex } from "@enigma-discovery/protocol"
import { array, bad, bytes, count, fixedBytes, object, toQuantity } from "./internal/parse.ts"
import type { ChainRpc } from "./rpc.ts"

/** Largest data of one log that is read: a group of 128 records is 8.4 kB, a batch event under 300 bytes. */
export const MAX_LOG_DATA_BYTES = 131_072
/** Most logs read in one answer; a range with more is asked for in halves. */
export const MAX_LOGS = 100_000

export interface ChainLog {
  readonly address: Uint8Array
  /** Up to 4 words. */
  readonly topics: readonly Uint8Array[]
  readonly data: Uint8Array
  readonly blockNumber: number
  readonly blockHash: Uint8Array
  readonly transactionHash: Uint8Array
  readonly logIndex: number
}

function parseLog(value: unknown, address: Uint8Array): ChainLog {
  const log = object(value, "log")
  if (log.removed === true) throw bad("removed log")
  const parsed: ChainLog = {
    address: fixedBytes(log.address, "log address", 20),
    topics: array(log.topics, "log topics", 4).map((topic) => fixedBytes(topic, "log topic", 32)),
    data: bytes(log.data, "log data", MAX_LOG_DATA_BYTES),
    blockNumber: count(log.blockNumber, "log block"),
    blockHash: fixedBytes(log.blockHash, "log block hash", 32),
    transactionHash: fixedBytes(log.transactionHash, "log transaction", 32),
    logIndex: count(log.logIndex, "log index"),
  }
  if (!equalBytes(parsed.address, address)) throw bad("log of another address")
  return Object.freeze(parsed)
}

const inOrder = (a: ChainLog, b: ChainLog) => a.blockNumber - b.blockNumber || a.logIndex - b.logIndex

/** Logs of one block, by its hash: either all of exactly that block or an error. */
export async function logsOfBlock(
  rpc: ChainRpc,
  address: Uint8Array,
  blockHash: Uint8Array,
  signal?: AbortSignal,
): Promise<readonly ChainLog[]> {
  const filter = { address: toHex(address), blockHash: toHex(blockHash) }
  const logs = array(await rpc.request("eth_getLogs", [filter], signal), "logs", MAX_LOGS)
  return logs.map((log) => {
    const parsed = parseLog(log, address)
    if (!equalBytes(parsed.blockHash, blockHash)) throw bad("log of another block")
    return parsed
  })
}

/** Topics wanted at each place of a log: one, any of several, or whatever stands there. */
export type TopicFilter = readonly (Uint8Array | readonly Uint8Array[] | undefined)[]
const topicJson = (topics: TopicFilter) =>
  topics.map((want) => (want === undefined ? null : want instanceof Uint8Array ? toHex(want) : want.map(toHex)))

/** Logs from one block to another, both included, in chain order. `topics` narrows what the node sends; it may send more. */
export async function logsOfRange(
  rpc: ChainRpc,
  address: Uint8Array,
  fromBlock: number,
  toBlock: number,
  signal?: AbortSignal,
  topics: TopicFilter = [],
): Promise<readonly ChainLog[]> {
  const range = { fromBlock: toQuantity(fromBlock), toBlock: toQuantity(toBlock) }
  const filter = { address: toHex(address), ...range, ...(topics.length > 0 ? { topics: topicJson(topics) } : {}) }
  const logs = array(await rpc.request("eth_getLogs", [filter], signal), "logs", MAX_LOGS)
  const parsed = logs.map((log) => parseLog(log, address))
  for (const log of parsed)
    if (log.blockNumber < fromBlock || log.blockNumber > toBlock) throw bad("log outside of the range")
  return parsed.sort(inOrder)
}
