/** Sends a transaction to a contract: simulated first, so that a refusal is told in the contract's own words and costs nothing. */
import type { Hex } from "@enigma-discovery/protocol"
import { type Client, walletFor } from "../client.ts"
import { GAS_MARGIN_PERCENT } from "../constants.ts"
import { clientErrors } from "../errors.ts"
import { checkChainId, checkNetwork } from "../network.ts"
import type { CallRequest, TransactionOutcome } from "./chain.ts"
import { enigmaInterface } from "./enigma-abi.ts"
import { revertDataOf, shortReason } from "./rpc.ts"
import { unlessAborted, waitFor } from "./wait.ts"
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

/** RPC: `eth_estimateGas`. @throws CLIENT_NO_SIGNER, CLIENT_WRONG_CHAIN, CLIENT_CREDIT_TOO_LOW, CLIENT_RECORD_REVERTED, CLIENT_RPC_FAILED */
export async function simulate(client: Client, sending: Sending): Promise<Simulated> {
  await unlessAborted(checkNetwork(client), sending.signal)
  const from = await walletFor(client, sending.what).address()
  const { to, data, value = 0n, signal } = sending
  const request: CallRequest = { to, data, from, value }
  try {
    const gas = await client.chain.estimateGas(request, signal)
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
    throw clientErrors.is(error) && !clientErrors.is(error, "RPC_FAILED") ? error : revertError(what, error)
  }
}

export interface Mined extends TransactionOutcome {
  readonly hash: Hex
}

/** Waits until a transaction is mined. RPC: `eth_getTransactionReceipt`. @throws CLIENT_TIMED_OUT, CLIENT_RECORD_FAILED */
export async function mined(client: Client, what: string, hash: Hex, signal?: AbortSignal): Promise<Mined> {
  const { pollIntervalMs: intervalMs, timeouts } = client
  const hint = `Transaction ${hash} may still be mined.`
  const found = await waitFor({ what, hint, timeoutMs: timeouts.recordMs, intervalMs, signal }, (inner) =>
    client.chain.transaction(hash, inner),
  )
  if (!found.ok) throw clientErrors.make("RECORD_FAILED", { hash })
  return { ...found, hash }
}

/** Simulates, sends and waits. */
export async function transact(client: Client, sending: Sending): Promise<Mined> {
  const hash = await send(client, await simulate(client, sending))
  return await mined(client, sending.what, hash, sending.signal)
}

/** What Enigma or the token said, by the name of its custom error; any other failure as it is. */
export function revertError(what: string, error: unknown): unknown {
  const data = revertDataOf(error)
  if (data === undefined) return error
  const parsed = enigmaInterface.parseError(data)
  if (parsed === null)
    return clientErrors.make("RECORD_REVERTED", { what, reason: shortReason(error) }, { cause: error })
  if (parsed.name === "CreditTooLow") {
    const [account, credit, required] = parsed.args
    return clientErrors.make("CREDIT_TOO_LOW", { account, credit, required }, { cause: error })
  }
  const args = parsed.fragment.inputs.map((input, i) => `${input.name} ${String(parsed.args[i])}`).join(", ")
  return clientErrors.make(
    "RECORD_REVERTED",
    { what, reason: `${parsed.name}(${args})`, error: parsed.name },
    { cause: error },
  )
}
