/** Sends a transaction to a contract: simulated first, so that a refusal is told in the contract's own words and costs nothing. */
import {
  decodeRevert,
  enigmaErrors,
  enigmaInterface,
  type MinedTransaction,
  readReceipt,
} from "@enigma-discovery/chain/follow"
import { fromHex, type Hex } from "@enigma-discovery/protocol"
import { type Client, walletFor } from "../client.ts"
import { GAS_MARGIN_PERCENT } from "../constants.ts"
import { clientErrors } from "../errors.ts"
import { checkChainId, checkNetwork } from "../network.ts"
import { estimateGas } from "./chain.ts"
import { revertDataOf } from "./rpc.ts"
import { isPassing, unlessAborted, waitFor } from "./wait.ts"
import { prompting } from "./wallet.ts"

export interface Sending {
  /** For sentences: "record the task". */
  readonly what: string
  readonly to: Hex
  readonly data: Hex
  readonly value?: bigint
  readonly signal?: AbortSignal | undefined
}

/** A simulated transaction, ready to be sent. */
export interface Simulated extends Sending {
  readonly gas: bigint
}

/** RPC: `eth_estimateGas`. @throws CLIENT_NO_SIGNER, CLIENT_WRONG_CHAIN, CLIENT_CREDIT_TOO_LOW, CLIENT_RECORD_REVERTED, CHAIN_* */
export async function simulate(client: Client, sending: Sending): Promise<Simulated> {
  await unlessAborted(checkNetwork(client), sending.signal)
  const from = await walletFor(client, sending.what).address()
  const { to, data, value = 0n, signal } = sending
  try {
    const gas = await estimateGas(client.rpc, { from, to, data, value }, signal)
    return { ...sending, gas: gas + (gas * GAS_MARGIN_PERCENT) / 100n }
  } catch (error) {
    throw revertError(sending.what, error)
  }
}

/** One prompt of the wallet. RPC: `eth_chainId`, `eth_sendTransaction` or the signer's own. @throws CLIENT_USER_REJECTED */
export async function send(client: Client, { what, to, data, value = 0n, gas, signal }: Simulated): Promise<Hex> {
  await checkChainId(client, signal)
  const wallet = walletFor(client, what)
  try {
    return await prompting(what, () => wallet.send({ to, data, value, gas }))
  } catch (error) {
    throw clientErrors.is(error) ? error : revertError(what, error)
  }
}

/** Waits until a transaction is mined. RPC: `eth_getTransactionReceipt`. @throws CLIENT_TIMED_OUT, CLIENT_RECORD_FAILED */
export async function mined(client: Client, what: string, hash: Hex, signal?: AbortSignal): Promise<MinedTransaction> {
  const { pollIntervalMs: intervalMs, sleep, timeouts } = client
  const hint = `Transaction ${hash} may still be mined.`
  const wait = { what, hint, timeoutMs: timeouts.recordMs, intervalMs, sleep, signal, passing: isPassing }
  const found = await waitFor(wait, (inner) => readReceipt(client.rpc, fromHex(hash, 32), inner))
  if (!found.succeeded) throw clientErrors.make("RECORD_FAILED", { hash })
  return found
}

/** Simulates, sends and waits. */
export async function transact(client: Client, sending: Sending): Promise<MinedTransaction> {
  const hash = await send(client, await simulate(client, sending))
  return await mined(client, sending.what, hash, sending.signal)
}

/** What Enigma or the token said, by the name of its custom error; any other failure as it is. */
export function revertError(what: string, error: unknown): unknown {
  const data = revertDataOf(error)
  if (data === undefined) return error
  const credit = creditTooLow(data)
  if (credit !== undefined) return clientErrors.make("CREDIT_TOO_LOW", credit, { cause: error })
  const { error: reason } = decodeRevert(data, enigmaErrors)
  const name = reason.split("(")[0] ?? reason
  return clientErrors.make("RECORD_REVERTED", { what, reason, error: name }, { cause: error })
}

function creditTooLow(data: string) {
  const parsed = enigmaInterface.parseError(data)
  if (parsed?.name !== "CreditTooLow") return undefined
  const [account, credit, required] = parsed.args as unknown as readonly [string, bigint, bigint]
  return { account, credit, required }
}
