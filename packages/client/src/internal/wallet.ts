/** One way to sign and send, whatever the caller has: an ethers v6 signer or an EIP-1193 wallet. */
import type { ChainRpc, Eip1193Provider } from "@enigma-discovery/chain/follow"
import { fromHex, type Hex, toHex } from "@enigma-discovery/protocol"
import { type Signer, TypedDataEncoder, type TypedDataField } from "ethers"
import { clientErrors } from "../errors.ts"
import { quantity, readPendingNonce } from "./chain.ts"
import { isUserRejection, rpcOf } from "./rpc.ts"

export interface SendRequest {
  readonly to: Hex
  readonly data: Hex
  readonly value: bigint
  readonly gas: bigint
}
export interface TypedData {
  readonly domain: {
    readonly name: string
    readonly version: string
    readonly chainId: bigint
    readonly verifyingContract: Hex
  }
  readonly types: Readonly<Record<string, readonly TypedDataField[]>>
  readonly value: Readonly<Record<string, unknown>>
}

/** Each method is at most one prompt to the wallet's owner. */
export interface Wallet {
  address(): Promise<Hex>
  /** The transaction's hash; it is sent, not yet mined. */
  send(request: SendRequest): Promise<Hex>
  /** 65-byte signature (EIP-712). */
  signTypedData(data: TypedData): Promise<Uint8Array>
}

/** Runs `prompt` and tells a refusal of the owner from a failure. @throws CLIENT_USER_REJECTED */
export async function prompting<T>(what: string, prompt: () => Promise<T>): Promise<T> {
  try {
    return await prompt()
  } catch (error) {
    if (isUserRejection(error)) throw clientErrors.make("USER_REJECTED", { what }, { cause: error })
    throw error
  }
}

export function signerWallet(signer: Signer, rpc: ChainRpc): Wallet {
  const address = async () => toHex(fromHex(await signer.getAddress(), 20, "signer"))
  // A key held here signs whatever nonce ethers gives it, and ethers remembers the last answer for 250 ms, so two sends in
  // a row would get one nonce. Wallets and nodes that sign count for themselves.
  const holdsKey = typeof (signer as { signingKey?: unknown }).signingKey === "object"
  return inOrder({
    address,
    async send({ gas, ...rest }) {
      const nonce = holdsKey ? { nonce: await readPendingNonce(rpc, await address()) } : {}
      return (await signer.sendTransaction({ ...rest, gasLimit: gas, ...nonce })).hash as Hex
    },
    signTypedData: async ({ domain, types, value }) =>
      fromHex(await signer.signTypedData(domain, mutable(types), value), 65, "signature"),
  })
}

export function eip1193Wallet(provider: Eip1193Provider, account: Hex | undefined): Wallet {
  const rpc = rpcOf(provider)
  let known = account
  const address = async () => {
    if (known === undefined)
      known = (await firstAccount(rpc, "eth_accounts")) ?? (await firstAccount(rpc, "eth_requestAccounts"))
    if (known === undefined) throw clientErrors.make("NO_SIGNER", { what: "This action" })
    return known
  }
  return inOrder({
    address,
    async send({ to, data, value, gas }) {
      const transaction = { from: await address(), to, data, value: quantity(value), gas: quantity(gas) }
      return toHex(fromHex(String(await rpc.request("eth_sendTransaction", [transaction])), 32, "transaction hash"))
    },
    async signTypedData({ domain, types, value }) {
      const payload = TypedDataEncoder.getPayload(domain, mutable(types), value)
      const signed = await rpc.request("eth_signTypedData_v4", [await address(), JSON.stringify(payload)])
      return fromHex(String(signed), 65, "signature")
    },
  })
}

async function firstAccount(rpc: ChainRpc, method: string): Promise<Hex | undefined> {
  const accounts = await prompting("connect an account", () => rpc.request(method, []))
  const first: unknown = Array.isArray(accounts) ? accounts[0] : undefined
  return first === undefined ? undefined : toHex(fromHex(String(first), 20, "account"))
}

/** One send at a time, so that parallel calls of one account get successive nonces. */
function inOrder(wallet: Wallet): Wallet {
  let last: Promise<unknown> = Promise.resolve()
  const send = (request: SendRequest): Promise<Hex> => {
    const mine = last.then(() => wallet.send(request))
    last = mine.catch(() => undefined)
    return mine
  }
  return Object.freeze({ ...wallet, send })
}

const mutable = (types: TypedData["types"]): Record<string, TypedDataField[]> =>
  Object.fromEntries(Object.entries(types).map(([name, fields]) => [name, [...fields]]))
