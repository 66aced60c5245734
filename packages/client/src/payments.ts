/** The ledger of payments (IPayments): what payable tasks brought to a contract, or back to their sender. */
import { enigmaInterface } from "@enigma-discovery/chain/follow"
import { fromHex, type Hex, toHex } from "@enigma-discovery/protocol"
import type { MoneyMoved } from "./account.ts"
import { type Client, walletFor } from "./client.ts"
import { transact } from "./internal/send.ts"
import { view } from "./network.ts"

export interface PaymentAccount {
  /** ETH when left out. */
  readonly token?: string | undefined
  readonly signal?: AbortSignal | undefined
}
const tokenOf = (token: string | undefined): Hex =>
  toHex(token === undefined ? new Uint8Array(20) : fromHex(token, 20, "token"))

/** What `owner`, by default the signer, can withdraw, in the token's smallest unit or wei. RPC: `eth_call`. */
export async function paymentBalance(
  client: Client,
  { owner, token, signal }: PaymentAccount & { readonly owner?: string | undefined } = {},
): Promise<bigint> {
  const whose =
    owner === undefined ? await walletFor(client, "paymentBalance").address() : toHex(fromHex(owner, 20, "owner"))
  return BigInt((await view(client, "ledgerOf", [whose, tokenOf(token)], signal)) as bigint)
}

/** Sends what the signer has in the ledger, to itself when `to` is left out. @throws CLIENT_RECORD_REVERTED (LedgerTooLow) */
export async function withdrawPayment(
  client: Client,
  { amount, to, token, signal }: PaymentAccount & { readonly amount: bigint; readonly to?: string | undefined },
): Promise<MoneyMoved> {
  const receiver =
    to === undefined ? await walletFor(client, "withdrawPayment").address() : toHex(fromHex(to, 20, "to"))
  const data = enigmaInterface.encodeFunctionData("withdrawPayment", [tokenOf(token), receiver, amount]) as Hex
  const sending = { what: "withdraw the payment", to: client.enigmaAddress, data, signal }
  const { hash, blockNumber, gasUsed } = await transact(client, sending)
  return Object.freeze({ transactionHash: toHex(hash), blockNumber, gasUsed })
}
