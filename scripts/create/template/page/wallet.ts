// The wallet: any extension that injects an EIP-1193 provider.
import { type Client, createClient, creditOf, deposit, type Eip1193Provider } from "@enigma-discovery/client"
import type { Deployment } from "./deployment.ts"

declare global {
  interface Window {
    readonly ethereum?: Eip1193Provider
  }
}

const CHAIN_NOT_ADDED = 4902 // EIP-3085
const GRAINS_PER_ENG = 10n ** 8n

export interface Connection {
  readonly account: string
  readonly client: Client
}

/** Asks for an account, and puts the wallet on the deployment's chain. */
export async function connect(deployment: Deployment): Promise<Connection> {
  const wallet = window.ethereum
  if (wallet === undefined) throw new Error("No wallet found. Install one, and reload this page.")
  const accounts = (await wallet.request({ method: "eth_requestAccounts" })) as readonly string[]
  await chooseChain(wallet, deployment)
  const [account] = accounts
  if (account === undefined) throw new Error("The wallet gave no account.")
  const { enigmaAddress, gateways, trust } = deployment.enigma
  const client = createClient({
    chainId: deployment.chainId,
    provider: wallet,
    account,
    enigmaAddress,
    gateways,
    trust,
  })
  return { account, client }
}

/** Calls are paid from credit at Enigma. Tops it up: a signed permit and one transaction, only when it is low. */
export async function ensureCredit(client: Client): Promise<void> {
  if ((await creditOf(client)) < GRAINS_PER_ENG) await deposit(client, { amountGrains: 10n * GRAINS_PER_ENG })
}

async function chooseChain(wallet: Eip1193Provider, { chainId, rpcUrl }: Deployment): Promise<void> {
  if (Number(await wallet.request({ method: "eth_chainId" })) === chainId) return
  const chain = `0x${chainId.toString(16)}`
  try {
    await wallet.request({ method: "wallet_switchEthereumChain", params: [{ chainId: chain }] })
  } catch (error) {
    if ((error as { code?: number }).code !== CHAIN_NOT_ADDED) throw error
    const nativeCurrency = { name: "Ether", symbol: "ETH", decimals: 18 }
    const added = { chainId: chain, chainName: `Local ${chainId}`, rpcUrls: [rpcUrl], nativeCurrency }
    await wallet.request({ method: "wallet_addEthereumChain", params: [added] })
  }
}
