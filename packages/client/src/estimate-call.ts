import { enigmaInterface } from "@enigma-discovery/chain/follow"
import { fromHex, gasLockGrains, type Hex, packTerms, toHex } from "@enigma-discovery/protocol"
import type { Client } from "./client.ts"
import { simulate } from "./internal/send.ts"
import { parametersOf } from "./network.ts"
import { type PriceParameters, priceOf } from "./prepare-task.ts"
import type { TaskPrice } from "./task.ts"

export interface CallEstimate {
  readonly price: TaskPrice
  /** What the record locks of the sender's credit: the most the task can cost. */
  readonly lockedGrains: bigint
  /** What it costs at least: the base fee and the smallest gas class. */
  readonly leastGrains: bigint
  /** Ethereum gas of the record, with a margin; the same for every input of a contract. */
  readonly transactionGas: bigint
}

/** 1,024: the smallest gas class (PROTOCOL §3.2). */
const LEAST_GAS = 1_024n

/**
 * What a call would cost at these prices, without sealing or sending anything. How much WASM gas it would really use is known to
 * nobody before it runs: the state is encrypted.
 * RPC: `eth_call`, `eth_estimateGas`. @throws CLIENT_PRICE_TOO_HIGH, CLIENT_CREDIT_TOO_LOW, CLIENT_RECORD_REVERTED
 */
export async function estimateCall(
  client: Client,
  parameters: PriceParameters & { readonly contract: string; readonly signal?: AbortSignal | undefined },
): Promise<CallEstimate> {
  const [price, { baseFeeGrains }] = await Promise.all([priceOf(client, parameters), parametersOf(client)])
  const terms = packTerms({ ...price, flags: 0, lockedGrains: 0n, index: 0 })
  const contract = toHex(fromHex(parameters.contract, 20, "contract"))
  const data = enigmaInterface.encodeFunctionData("recordTask", [contract, ANY_HASH, terms]) as Hex
  const sending = { what: "estimate the call", to: client.enigmaAddress, data, signal: parameters.signal }
  const { gas: transactionGas } = await simulate(client, sending)
  const leastGas = price.gasLimit < LEAST_GAS ? price.gasLimit : LEAST_GAS
  return Object.freeze({
    price,
    lockedGrains: baseFeeGrains + gasLockGrains(price),
    leastGrains: baseFeeGrains + leastGas * price.gasPriceGrains,
    transactionGas,
  })
}

/** No zero bytes, as an inputs hash has few: calldata is priced by them. */
const ANY_HASH = `0x${"a5".repeat(32)}`
