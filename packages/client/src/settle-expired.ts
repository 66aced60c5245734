/** Expired records: nobody committed them in time, and their locks go back to those who paid them (ISettlement). */
import { chainErrors, enigmaInterface, latestBlock, type MinedTransaction } from "@enigma-discovery/chain/follow"
import { equalBytes, fromHex, type Hex, LINK_RING_SIZE, packTerms, toHex } from "@enigma-discovery/protocol"
import { leafHash, type PlacedRecord, queueClaim } from "@enigma-discovery/verify"
import type { MoneyMoved } from "./account.ts"
import type { Client } from "./client.ts"
import { DEFAULT_SETTLED_AT_ONCE, MAX_SETTLE_BYTES, MAX_SETTLED_AT_ONCE } from "./constants.ts"
import { clientErrors } from "./errors.ts"
import { readAt } from "./internal/claims.ts"
import { transact } from "./internal/send.ts"
import { parametersOf } from "./network.ts"
import { laterRecords, waitingRecords } from "./waiting-records.ts"

export interface SettleParameters {
  readonly contract: string
  /** Most records of one transaction, 1 to 512; 128 when left out. */
  readonly limit?: number | undefined
  readonly signal?: AbortSignal | undefined
}

export interface Settlement extends MoneyMoved {
  /** The first record that ended as Expired, and one past the last. */
  readonly fromIndex: number
  readonly toIndex: number
  /** Grains that this client's account earned for it, out of the records' base fees. */
  readonly rewardGrains: bigint
}

/**
 * Ends the oldest expired records of a contract, whoever sent them, in one transaction: locked ENG goes back to the senders' credit,
 * payments to their ledgers, a reward to this client's account. Anyone may do it. When more have expired than `limit`, do it again.
 * One prompt of the wallet. RPC: `eth_call`, `eth_getLogs`, `eth_getBlockByNumber`, `eth_getStorageAt`, `eth_estimateGas`,
 * `eth_sendTransaction`, `eth_getTransactionReceipt`.
 * @throws CLIENT_NOTHING_EXPIRED, CLIENT_RECORD_REVERTED when somebody else was faster, CLIENT_USER_REJECTED, CLIENT_TIMED_OUT,
 * CLIENT_BAD_OPTION, CHAIN_BAD_RESPONSE
 */
export async function settleExpired(client: Client, parameters: SettleParameters): Promise<Settlement> {
  const { signal } = parameters
  const args = await settlementOf(client, parameters)
  const data = enigmaInterface.encodeFunctionData("settleExpired", args) as Hex
  const sending = { what: "settle expired records", to: client.enigmaAddress, data, signal }
  return settlementIn(client, await transact(client, sending))
}

/** What ISettlement.settleExpired takes. */
async function settlementOf(
  client: Client,
  { contract: address, limit = DEFAULT_SETTLED_AT_ONCE, signal }: SettleParameters,
): Promise<readonly unknown[]> {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_SETTLED_AT_ONCE)
    throw clientErrors.make("BAD_OPTION", { what: "limit", why: `it is not from 1 to ${MAX_SETTLED_AT_ONCE}` })
  const contract = fromHex(address, 20, "contract")
  const { expiryBlocks } = await parametersOf(client)
  const head = await latestBlock(client.rpc, signal)
  const queue = await readAt(client, queueClaim(contract), head, signal)
  if (queue.committed === queue.submitted) throw nothingExpired(contract, 0, "none waits")
  const { previousLink, placed } = await waitingRecords(client, contract, queue, head, signal)
  const expired = placed.filter(({ record }) => record.blockNumber + expiryBlocks <= BigInt(head.number))
  const due = placed[0]!.record.blockNumber + expiryBlocks
  if (expired.length === 0) throw nothingExpired(contract, placed.length, `the oldest expires in block ${due}`)
  const settled = expired.slice(0, Math.min(limit, fitting(placed.length)))
  const later = await laterRecords(client, contract, placed, settled.at(-1)!.index, head, signal)
  const payments = settled.flatMap((one, i) => paymentOf(one, i))
  return [toHex(contract), previousLink, settled.map(recordOf), payments, later.map(laterOf)]
}

/** Records that fit into one transaction while those after them, but for the ring's, are told by leaf and sum. */
function fitting(waiting: number): number {
  const laterBytes = LATER_BYTES * Math.max(0, waiting - LINK_RING_SIZE)
  return Math.max(1, Math.floor((MAX_SETTLE_BYTES - laterBytes) / (RECORD_BYTES + PAYMENT_BYTES - LATER_BYTES)))
}
/** ABI words of each. */
const [RECORD_BYTES, PAYMENT_BYTES, LATER_BYTES] = [4 * 32, 3 * 32, 2 * 32]

const nothingExpired = (contract: Uint8Array, waiting: number, why: string): Error =>
  clientErrors.make("NOTHING_EXPIRED", { contract: toHex(contract), waiting, why })

/** A record as its event told it. */
const recordOf = ({ record, index, lockedGrains }: PlacedRecord) => ({
  sender: toHex(record.sender),
  inputsHash: record.inputsHash,
  terms: packTerms({ ...record, lockedGrains, index }),
  place: record.blockNumber | (record.timestampS << 64n),
})
const paymentOf = ({ record: { token, amount } }: PlacedRecord, position: number) =>
  amount === 0n ? [] : [{ position, token: toHex(token), amount }]
const laterOf = ({ record, cumLockedGrains }: PlacedRecord) => ({ leaf: leafHash(record), cumLockedGrains })

/** As Enigma's own event tells it. */
function settlementIn({ enigma }: Client, { hash, blockNumber, gasUsed, logs }: MinedTransaction): Settlement {
  const own = logs.filter(({ address }) => equalBytes(address, enigma))
  const events = own.map(({ topics, data }) =>
    enigmaInterface.parseLog({ topics: topics.map((topic) => toHex(topic)), data: toHex(data) }),
  )
  const told = events.find((event) => event?.name === "RecordsSettled")
  if (told === undefined || told === null)
    throw chainErrors.make("BAD_RESPONSE", { what: "a settlement without its event" })
  const { fromIndex, toIndex, reward } = told.args
  const range = { fromIndex: Number(fromIndex), toIndex: Number(toIndex), rewardGrains: BigInt(reward) }
  return Object.freeze({ ...range, transactionHash: toHex(hash), blockNumber, gasUsed })
}
