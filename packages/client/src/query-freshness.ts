/** Whether an answer's state is the one it must be: the enclave says where it stands, and the chain says what that means. */
import { equalBytes, QUERY_RESULT, type QueryAnswerBody, toHex } from "@enigma-discovery/protocol"
import { queueClaim } from "@enigma-discovery/verify"
import type { Client } from "./client.ts"
import { clientErrors } from "./errors.ts"
import { readAt } from "./internal/claims.ts"

export interface Freshness {
  readonly contract: Uint8Array
  readonly minRecords: number
  readonly minBlock: bigint
  /** Newest block the client knows. */
  readonly newest: bigint
}

/**
 * Refuses a state that is older than asked for, older than what was committed in the block the enclave names, or that stands after
 * the committed records with another head. RPC: `eth_getStorageAt` at that block.
 * @throws CLIENT_QUERY_STALE, CLIENT_QUERY_INVALID, CLIENT_HISTORY_UNAVAILABLE
 */
export async function checkFresh(
  client: Client,
  { result, records, head, blockNumber }: QueryAnswerBody,
  { contract, minRecords, minBlock, newest }: Freshness,
  signal: AbortSignal,
): Promise<void> {
  const stale = () =>
    clientErrors.make("QUERY_STALE", { contract: toHex(contract), records, block: blockNumber, minRecords, minBlock })
  if (result === QUERY_RESULT.stale || records < minRecords || blockNumber < minBlock) throw stale()
  const block = { number: Number(blockNumber < newest ? blockNumber : newest) }
  const queue = await readAt(client, queueClaim(contract), block, signal)
  if (records < queue.committed) throw stale()
  if (blockNumber <= newest && records === queue.committed && !equalBytes(head, queue.head))
    throw clientErrors.make("QUERY_INVALID", {
      contract: toHex(contract),
      why: "its state is not the one that is committed",
    })
}
