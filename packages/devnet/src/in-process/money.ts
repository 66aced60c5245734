/** ENG for whoever needs it, from the account that holds the supply. */
import { enigmaAbi, enigmaTokenAbi } from "@enigma-discovery/contracts"
import type { Hex } from "@enigma-discovery/protocol"
import { Interface } from "ethers"
import type { DevAccount } from "../accounts.ts"
import { grainsOf } from "../units.ts"
import { fundEth, type InProcessChain, type RpcReceipt } from "./chain.ts"

const token = new Interface(enigmaTokenAbi)
const enigma = new Interface(enigmaAbi)
const ETH_WEI = 10n ** 18n
const DEFAULT_ENG = 1_000
/** What the treasurer may deposit for others, once and for all. */
const ALLOWANCE_ENG = 1_000_000_000

export interface Sent {
  readonly transactionHash: Hex
  readonly logs: RpcReceipt["logs"]
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
  let last: Promise<unknown> = Promise.resolve()

  /** One after the other: each takes the account's next nonce. */
  function send(to: Hex, data: string): Promise<Sent> {
    const sent = last.then(() => sendNow(to, data))
    last = sent.catch(() => {})
    return sent
  }

  async function sendNow(to: Hex, data: string): Promise<Sent> {
    const transactionHash = await chain.sendFrom(account.address, { to, data })
    const { logs } = await chain.receiptOf("the treasurer's transaction", transactionHash)
    return { transactionHash, logs }
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
