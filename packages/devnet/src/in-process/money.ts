/** ENG for whoever needs it, from the account that holds the supply. */
import { enigmaAbi, enigmaTokenAbi } from "@enigma-discovery/contracts"
import type { Hex } from "@enigma-discovery/protocol"
import { Interface, Transaction, Wallet } from "ethers"
import type { DevAccount } from "../accounts.ts"
import { devnetErrors } from "../errors.ts"
import { grainsOf } from "../units.ts"
import { fundEth, type InProcessChain } from "./chain.ts"

const token = new Interface(enigmaTokenAbi)
const enigma = new Interface(enigmaAbi)
const ETH_WEI = 10n ** 18n
const GAS_LIMIT = 2_000_000n
const MAX_FEE_WEI = 100_000_000_000n
const DEFAULT_ENG = 1_000
/** What the treasurer may deposit for others, once and for all. */
const ALLOWANCE_ENG = 1_000_000_000

export interface Sent {
  readonly transactionHash: Hex
  readonly logs: readonly { readonly topics: readonly string[]; readonly data: string }[]
}

export interface Treasurer {
  /** A transaction of the treasurer's account. @throws DEVNET_RPC_FAILED */
  send(to: Hex, data: string): Promise<Sent>
  transfer(to: string, eng: number): Promise<void>
  fund(address: string, options?: { readonly eng?: number; readonly creditEng?: number }): Promise<void>
}

export function createTreasurer(
  chain: InProcessChain,
  addresses: { readonly enigma: Hex; readonly token: Hex },
  account: DevAccount,
): Treasurer {
  const wallet = new Wallet(account.privateKey)
  let last: Promise<unknown> = Promise.resolve()

  /** One after the other: each takes the account's next nonce. */
  function send(to: Hex, data: string): Promise<Sent> {
    const sent = last.then(() => sendNow(to, data))
    last = sent.catch(() => {})
    return sent
  }

  async function sendNow(to: Hex, data: string): Promise<Sent> {
    const nonce = Number(await chain.ask<string>("eth_getTransactionCount", account.address, "latest"))
    const fees = { gasLimit: GAS_LIMIT, maxFeePerGas: MAX_FEE_WEI, maxPriorityFeePerGas: 0n }
    const transaction = Transaction.from({ type: 2, chainId: chain.chainId, nonce, to, data, value: 0n, ...fees })
    transaction.signature = wallet.signingKey.sign(transaction.unsignedHash)
    const hash = await chain.ask<Hex>("eth_sendRawTransaction", transaction.serialized)
    const receipt = await chain.ask<(Sent & { status: string }) | null>("eth_getTransactionReceipt", hash)
    if (receipt?.status !== "0x1")
      throw devnetErrors.make("RPC_FAILED", {
        method: "the treasurer's transaction",
        detail: "it failed or was not mined",
      })
    return { transactionHash: hash, logs: receipt.logs }
  }

  const transfer = async (to: string, eng: number) =>
    void (await send(addresses.token, token.encodeFunctionData("transfer", [to, grainsOf(eng)])))

  async function deposit(to: string, eng: number): Promise<void> {
    const call = {
      to: addresses.token,
      data: token.encodeFunctionData("allowance", [account.address, addresses.enigma]),
    }
    if (BigInt(await chain.ask<string>("eth_call", call, "latest")) < grainsOf(eng))
      await send(addresses.token, token.encodeFunctionData("approve", [addresses.enigma, grainsOf(ALLOWANCE_ENG)]))
    await send(addresses.enigma, enigma.encodeFunctionData("deposit", [to, grainsOf(eng)]))
  }

  return {
    send,
    transfer,
    async fund(address, { eng = DEFAULT_ENG, creditEng = DEFAULT_ENG } = {}) {
      await fundEth(chain, address, ETH_WEI)
      if (eng > 0) await transfer(address, eng)
      if (creditEng > 0) await deposit(address, creditEng)
    },
  }
}
