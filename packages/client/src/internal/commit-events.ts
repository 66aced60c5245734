/** Batches and settlements as Enigma's events tell them. */
import { fromHex, type Hex } from "@enigma-discovery/protocol"
import type { Client } from "../client.ts"
import { LOG_RANGE_BLOCKS } from "../constants.ts"
import { clientErrors } from "../errors.ts"
import type { ChainLog } from "./chain.ts"
import { enigmaInterface } from "./enigma-abi.ts"
import { addressTopic } from "./record-events.ts"

const topicOf = (event: string): Hex => enigmaInterface.getEvent(event)!.topicHash as Hex
const BATCH_COMMITTED = topicOf("BatchCommitted")
const RECORDS_SETTLED = topicOf("RecordsSettled")

export interface CommittedRange {
  readonly fromIndex: number
  readonly toIndex: number
  readonly receiptsRoot: Uint8Array
  readonly workerId: number
  readonly callbacksFailed: boolean
  readonly transactionHash: Hex
}

/** Batches of a contract among logs that may hold anything, of anybody. @throws CLIENT_RPC_ANSWER_INVALID */
export function committedRanges(
  { enigmaAddress }: Client,
  contract: Uint8Array,
  logs: readonly ChainLog[],
): readonly CommittedRange[] {
  return logs
    .filter(({ address, topics }) => address === enigmaAddress && topics[0] === BATCH_COMMITTED)
    .filter(({ topics }) => topics[1] === addressTopic(contract))
    .map((log) => {
      const args = argsOf(log)
      return {
        fromIndex: Number(args.fromIndex),
        toIndex: Number(args.toIndex),
        receiptsRoot: fromHex(args.receiptsRoot, 32),
        workerId: Number(args.workerId),
        callbacksFailed: args.callbacksFailed === true,
        transactionHash: log.transactionHash,
      }
    })
}

function argsOf(log: ChainLog) {
  try {
    const event = enigmaInterface.parseLog(log)
    if (event !== null) return event.args
  } catch {
    // falls through: what Enigma did not emit in this form is no event of it
  }
  throw clientErrors.make("RPC_ANSWER_INVALID", { method: "eth_getLogs", why: "an event of Enigma does not decode" })
}

export interface Ending {
  readonly kind: "batch" | "settled"
  readonly transactionHash: Hex
  readonly blockNumber: bigint
}

/**
 * How a record was resolved, found by the chain alone: searched block range by block range, from the record on.
 * RPC: `eth_getLogs`, `eth_blockNumber`.
 */
export async function endingOf(
  client: Client,
  contract: Uint8Array,
  index: number,
  fromBlock: bigint,
  signal?: AbortSignal,
): Promise<Ending | undefined> {
  const head = await client.chain.blockNumber(signal)
  const topics = [[BATCH_COMMITTED, RECORDS_SETTLED], addressTopic(contract)]
  for (let from = fromBlock; from <= head; from += LOG_RANGE_BLOCKS) {
    const last = from + LOG_RANGE_BLOCKS - 1n
    const toBlock = last < head ? last : head
    const logs = await client.chain.logs({ address: client.enigmaAddress, topics, fromBlock: from, toBlock }, signal)
    for (const log of logs) {
      const { fromIndex, toIndex } = argsOf(log)
      if (Number(fromIndex) > index || index >= Number(toIndex)) continue
      const kind = log.topics[0] === BATCH_COMMITTED ? "batch" : "settled"
      return { kind, transactionHash: log.transactionHash, blockNumber: log.blockNumber }
    }
  }
  return undefined
}
