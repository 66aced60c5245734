// What a visitor of the page does, in a real browser with a wallet.
import assert from "node:assert/strict"
import fs from "node:fs"
import path from "node:path"
import { JsonRpcProvider, Wallet as Signer, type TransactionRequest, type TypedDataField } from "ethers"
import type { Page } from "playwright-core"
import { startBrowser, Wallet } from "../../test/chromium/support.ts"

/** For a vote on a network with a block every 250 ms, on a busy machine. */
const STEP_LIMIT_MS = 60_000

/** What the wallet asks its owner for: the vote, and the permit to read. The test account has credit. */
const PROMPTS = ["eth_sendTransaction", "eth_signTypedData_v4"]

export interface Visit {
  readonly url: string
  /** The project, deployed. */
  readonly project: string
  /** Of the test account that the quick start names, 0x-hex. */
  readonly privateKey: string
}

/** Connects, votes, reads the vote back and votes again. @throws Error for anything that is not as docs/QUICKSTART.md says */
export async function voteOnPage({ url, project, privateKey }: Visit): Promise<void> {
  const deployment = fs.readFileSync(path.join(project, "page/deployment.json"), "utf8")
  const chain = new JsonRpcProvider((JSON.parse(deployment) as { rpcUrl: string }).rpcUrl)
  const signer = new Signer(privateKey, chain)
  const wallet = new Wallet({ send: sendFor(signer, chain) }, signer.address)
  const browser = await startBrowser()
  try {
    const page = await browser.newPage()
    page.setDefaultTimeout(STEP_LIMIT_MS)
    const faults: string[] = []
    page.on("pageerror", (error) => faults.push(error.message))
    await wallet.inject(page)
    await page.goto(url)
    await press(page, "Connect a wallet", `Connected as ${signer.address}`)
    await press(page, "Yes", "Voted. Only you can read what.")
    await press(page, "What did I vote?", "You voted yes.")
    assert.deepEqual(wallet.prompts, PROMPTS)
    await press(page, "No", "you have voted")
    assert.deepEqual(faults, [], "the page threw nothing")
  } finally {
    await browser.close()
    chain.destroy()
  }
}

/** @throws Error with what the page says instead */
async function press(page: Page, button: string, said: string): Promise<void> {
  const status = page.getByRole("status")
  await page.getByRole("button", { name: button, exact: true }).click()
  try {
    await status.filter({ hasText: said }).waitFor()
  } catch (cause) {
    const text = await status.textContent()
    throw new Error(`After "${button}" the page says "${text}", not "${said}".`, { cause })
  }
}

/** A wallet's half: keys and signatures here, all else is the chain's. */
function sendFor(signer: Signer, chain: JsonRpcProvider) {
  return async (method: string, params: readonly unknown[]): Promise<unknown> => {
    if (method === "eth_sendTransaction") {
      const { gas, ...transaction } = params[0] as TransactionRequest & { readonly gas?: string }
      return (await signer.sendTransaction({ ...transaction, ...(gas !== undefined && { gasLimit: gas }) })).hash
    }
    if (method !== "eth_signTypedData_v4") return await chain.send(method, [...params])
    const { domain, types, message } = JSON.parse(params[1] as string) as {
      readonly domain: object
      readonly types: Record<string, TypedDataField[]>
      readonly message: Record<string, unknown>
    }
    const { EIP712Domain: _, ...own } = types
    return await signer.signTypedData(domain, own, message)
  }
}
