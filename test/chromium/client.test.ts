/** The client as a page has it: bundled, in a real browser, on an injected wallet, against a network of processes. */
import assert from "node:assert/strict"
import path from "node:path"
import { after, before, describe, it } from "node:test"
import { type Abi, createClient, recordOrder } from "@enigma-discovery/client"
import type { Hex } from "@enigma-discovery/protocol"
import { compileContract } from "@enigma-discovery/sdk-as"
import { JsonRpcProvider, Wallet as KeyWallet } from "ethers"
import type { Browser, Page } from "playwright-core"
import { compileFirst, leftovers, processesOf, root, runScript } from "../e2e/support.ts"
import { type Site, startBrowser, startSite, Wallet } from "./support.ts"

interface Info {
  readonly rpcUrl: string
  readonly chainId: number
  readonly addresses: { readonly enigma: string }
  readonly devRoot: Hex
  readonly workerMeasurement: Hex
  readonly workers: readonly { readonly gatewayUrl: string }[]
  readonly accounts: readonly { readonly name: string; readonly address: string; readonly privateKey: string }[]
}
const STOP_MS = 20_000
/** So that what hangs ends, and what is merely slow does not. */
const LIMIT_MS = 200_000
const same = (got: string, want: string) => assert.equal(got.toLowerCase(), want.toLowerCase())

describe("the client in Chromium, against `npm run network`", { timeout: LIMIT_MS }, () => {
  let browser: Browser
  let run: ReturnType<typeof runScript>
  let info: Info
  let chain: JsonRpcProvider
  let site: Site
  let page: Page
  let wallet: Wallet
  let contract: string
  const complaints: string[] = []
  const person = (name: string) => info.accounts.find((one) => one.name === name)!
  /** Loads the page anew: all that it had in memory is gone. */
  const load = async () => {
    await page.goto(site.url)
    await page.waitForFunction(() => window.app !== undefined)
  }
  const prompted = async <T>(doing: () => Promise<T>): Promise<readonly [T, readonly string[]]> => {
    wallet.prompts.length = 0
    return [await doing(), [...wallet.prompts]]
  }

  before(async () => {
    browser = await startBrowser()
    const entry = path.join(root, "examples/millionaires/secret-contract/millionaires.ts")
    const [compiled] = await Promise.all([compileContract(entry), compileFirst()])
    run = runScript("network.ts", ["--json", "--block-time", "500"])
    info = JSON.parse(await run.firstLine) as Info
    chain = new JsonRpcProvider(info.rpcUrl, info.chainId, { staticNetwork: true, cacheTimeout: -1 })
    const { chainId, devRoot, workerMeasurement: measurement, addresses } = info
    const gateways = info.workers.map(({ gatewayUrl }) => gatewayUrl)
    const settings = {
      chainId,
      enigmaAddress: addresses.enigma,
      gateways,
      devRoot,
      measurement,
      abi: compiled.abi as Abi,
    }
    site = await startSite(settings, compiled.wasm)
    page = await browser.newPage()
    page.on("pageerror", (error) => complaints.push(error.message))
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()))
    wallet = new Wallet(chain, person("Alice").address)
    await wallet.inject(page)
    await page.exposeFunction("relay", async (text: string) => {
      const big = (_: string, value: unknown) =>
        typeof value === "string" && /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value
      const signer = new KeyWallet(person("Bob").privateKey, chain)
      const bob = createClient({ ...settings, signer, trust: { devRoot, measurements: [measurement] } })
      await recordOrder(bob, JSON.parse(text, big))
    })
    await load()
  })
  after(async () => {
    await browser?.close()
    await site?.close()
    chain?.destroy()
    if (run === undefined) return
    const seen = processesOf(run)
    run.child.kill("SIGINT")
    await run.exited
    assert.deepEqual(await leftovers(run, seen, STOP_MS), [])
  })

  it("pays, deploys and runs the constructor", async () => {
    const [address, prompts] = await prompted(() =>
      page.evaluate((registry) => window.app.deploy(registry), person("Carol").address),
    )
    contract = address
    assert.match(contract, /^0x[0-9a-f]{40}$/)
    assert.deepEqual(prompts, ["eth_signTypedData_v4", "eth_sendTransaction", "eth_sendTransaction"])
  })

  it("calls with one prompt each, follows the states, decrypts, and proves the receipt", async () => {
    const about = [contract, person("Carol").address, "40"] as const
    const [, first] = await prompted(() => page.evaluate((args) => window.app.add(...args), about))
    assert.deepEqual(first, ["eth_sendTransaction"])
    const [told, prompts] = await prompted(() => page.evaluate((at) => window.app.richest(at), contract))
    assert.deepEqual(prompts, ["eth_sendTransaction"])
    same(told.value, person("Carol").address)
    assert.deepEqual([told.status, told.states.at(-1)], ["Success", "committed"])
  })

  it("asks privately, with one signature and then with none", async () => {
    const query = () => page.evaluate((at) => window.app.query(at), contract)
    const [first, prompts] = await prompted(query)
    same(first, person("Carol").address)
    assert.deepEqual(prompts, ["eth_signTypedData_v4"])
    const [, again] = await prompted(query)
    assert.deepEqual(again, [])
  })

  it("gets the result of a task whose page was reloaded before it was there", async () => {
    await page.evaluate((at) => window.app.begin(at), contract)
    await load()
    const [value, prompts] = await prompted(() => page.evaluate(() => window.app.resume()))
    same(value, person("Carol").address)
    assert.deepEqual(prompts, [])
  })

  it("loses nothing when the page goes while the wallet asks", async () => {
    const held = wallet.holdNext()
    const gone = page.evaluate((at) => window.app.beginBeforeSend(at), contract).catch(() => "gone")
    await held.asked
    await load()
    assert.equal(await gone, "gone")
    held.release()
    same(await page.evaluate(() => window.app.resumeBeforeSend()), person("Carol").address)
  })

  it("needs no transaction for an order that somebody else records", async () => {
    const [value, prompts] = await prompted(() => page.evaluate((at) => window.app.relayed(at), contract))
    same(value, person("Carol").address)
    assert.deepEqual(prompts, ["eth_signTypedData_v4"])
  })

  it("leaves no error in the page, under a policy that allows neither evaluated code nor another host", () => {
    assert.deepEqual(complaints, [])
  })
})
