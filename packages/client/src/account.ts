/** ENG credit: deposited once, spent by records, withdrawn at any time (ICredit). Amounts in grains, 1 ENG = 10^8. */
import {
  callView,
  enigmaInterface,
  latestBlock,
  type MinedTransaction,
  tokenInterface,
} from "@enigma-discovery/chain/follow"
import { fromHex, type Hex, toHex } from "@enigma-discovery/protocol"
import { type Client, walletFor } from "./client.ts"
import { PERMIT_LIFETIME_S } from "./constants.ts"
import { transact } from "./internal/send.ts"
import { prompting } from "./internal/wallet.ts"
import { parametersOf, view } from "./network.ts"

export interface MoneyParameters {
  /** Grains, above 0. */
  readonly amountGrains: bigint
  readonly signal?: AbortSignal | undefined
}
export interface MoneyMoved {
  readonly transactionHash: Hex
  readonly blockNumber: number
  readonly gasUsed: bigint
}

/**
 * Moves ENG of the signer into its credit. With enough allowance one transaction; else a signed ERC-20 permit (EIP-2612) and one
 * transaction, never an approval.
 * RPC: `eth_call`, `eth_signTypedData_v4`, `eth_sendTransaction`. @throws CLIENT_USER_REJECTED, CLIENT_RECORD_REVERTED, CLIENT_TIMED_OUT
 */
export async function deposit(client: Client, { amountGrains, signal }: MoneyParameters): Promise<MoneyMoved> {
  const { token } = await parametersOf(client)
  const account = await walletFor(client, "deposit").address()
  const allowance = await tokenView(client, token, "allowance", [account, client.enigmaAddress], signal)
  const data =
    BigInt(allowance as bigint) >= amountGrains
      ? enigmaInterface.encodeFunctionData("deposit", [account, amountGrains])
      : await permitCall(client, token, account, amountGrains, signal)
  return moved(await transact(client, { what: "deposit ENG", to: client.enigmaAddress, data: data as Hex, signal }))
}

/** Calldata of `depositWithPermit`, after one prompt for the permit's signature. */
async function permitCall(
  client: Client,
  token: Uint8Array,
  account: Hex,
  amount: bigint,
  signal: AbortSignal | undefined,
) {
  const [nonce, name, block] = await Promise.all([
    tokenView(client, token, "nonces", [account], signal),
    tokenView(client, token, "name", [], signal),
    latestBlock(client.rpc, signal),
  ])
  const deadline = block.timestampS + PERMIT_LIFETIME_S
  const signature = await prompting("sign the permit", () =>
    walletFor(client, "deposit").signTypedData({
      // OpenZeppelin's ERC20Permit: version 1, name of the token.
      domain: { name: String(name), version: "1", chainId: client.chainId, verifyingContract: toHex(token) },
      types: { Permit: PERMIT_FIELDS },
      value: { owner: account, spender: client.enigmaAddress, value: amount, nonce, deadline },
    }),
  )
  const [r, s, v] = [toHex(signature.slice(0, 32)), toHex(signature.slice(32, 64)), (signature[64]! % 27) + 27]
  return enigmaInterface.encodeFunctionData("depositWithPermit", [amount, deadline, v, r, s])
}

/** https://eips.ethereum.org/EIPS/eip-2612 */
const PERMIT_FIELDS = [
  { name: "owner", type: "address" },
  { name: "spender", type: "address" },
  { name: "value", type: "uint256" },
  { name: "nonce", type: "uint256" },
  { name: "deadline", type: "uint256" },
]

/** Moves credit of the signer out as ENG, to itself when `to` is left out. @throws as `deposit`, CLIENT_CREDIT_TOO_LOW */
export async function withdrawCredit(
  client: Client,
  { amountGrains, to, signal }: MoneyParameters & { readonly to?: string | undefined },
): Promise<MoneyMoved> {
  const receiver = to === undefined ? await walletFor(client, "withdrawCredit").address() : toHex(fromHex(to, 20, "to"))
  const data = enigmaInterface.encodeFunctionData("withdraw", [receiver, amountGrains]) as Hex
  return moved(await transact(client, { what: "withdraw ENG", to: client.enigmaAddress, data, signal }))
}

/** Grains that an account, by default the signer's, can spend or withdraw. RPC: `eth_call`. */
export async function creditOf(
  client: Client,
  { account, signal }: { readonly account?: string; readonly signal?: AbortSignal } = {},
): Promise<bigint> {
  await parametersOf(client)
  const whose =
    account === undefined ? await walletFor(client, "creditOf").address() : toHex(fromHex(account, 20, "account"))
  return BigInt((await view(client, "creditOf", [whose], signal)) as bigint)
}

const tokenView = async (
  { rpc }: Client,
  token: Uint8Array,
  name: string,
  args: readonly unknown[],
  signal?: AbortSignal,
) => (await callView(rpc, token, tokenInterface, name, args, "latest", signal))[0]

const moved = ({ hash, blockNumber, gasUsed }: MinedTransaction): MoneyMoved =>
  Object.freeze({ transactionHash: toHex(hash), blockNumber, gasUsed })
