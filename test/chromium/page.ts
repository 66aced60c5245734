/** A dApp's page: the whole client in a browser, on the wallet that the browser injects. The tests press its buttons. */
import {
  type Abi,
  callRelayed,
  contractAt,
  createClient,
  deployContract,
  deposit,
  type Eip1193Provider,
  exportPrepared,
  exportTask,
  importPrepared,
  importTask,
  taskHandle,
  waitForRecord,
} from "@enigma-discovery/client"
import type { Hex } from "@enigma-discovery/protocol"

/** What the page's server knows. */
export interface Settings {
  readonly chainId: number
  readonly enigmaAddress: string
  readonly gateways: readonly string[]
  readonly devRoot: Hex
  readonly measurement: Hex
  readonly abi: Abi
}
export interface App {
  deploy(registry: string): Promise<string>
  add(contract: string, who: string, worth: string): Promise<string>
  richest(
    contract: string,
  ): Promise<{ readonly value: string; readonly states: readonly string[]; readonly status: string }>
  query(contract: string): Promise<string>
  /** Recorded, and kept for the page that comes after a reload; nothing is waited for. */
  begin(contract: string): Promise<string>
  /** What `begin` began. */
  resume(): Promise<string>
  /** Kept before the wallet is asked; the page may die while it asks. */
  beginBeforeSend(contract: string): Promise<void>
  resumeBeforeSend(): Promise<string>
  /** Signs an order that the test records. */
  relayed(contract: string): Promise<string>
}

declare global {
  interface Window {
    readonly ethereum: Eip1193Provider
    readonly relay: (order: string) => Promise<void>
    app: App
  }
}

const settings = (await (await fetch("/settings.json")).json()) as Settings
const { chainId, enigmaAddress, gateways, devRoot, measurement, abi } = settings
const client = createClient({
  ...{ chainId, enigmaAddress, gateways, provider: window.ethereum, pollIntervalMs: 100 },
  trust: { devRoot, measurements: [measurement] },
  timeouts: { gatewayMs: 30_000 }, // everything of this network shares one machine with the browser
})
const RICHEST = { fn: "computeRichest", args: [] } as const
const at = (contract: string) => contractAt(client, contract, abi)
const ENG = 10n ** 8n

window.app = {
  async deploy(registry) {
    await deposit(client, { amountGrains: 100n * ENG })
    const code = new Uint8Array(await (await fetch("/contract.wasm")).arrayBuffer())
    const { address, task } = await deployContract(client, { code, abi, args: [registry] })
    await task.result()
    return address
  },
  async add(contract, who, worth) {
    const task = await at(contract).call({ fn: "addMillionaire", args: [who, BigInt(worth)] })
    await task.result()
    return task.taskId
  },
  async richest(contract) {
    const task = await at(contract).call(RICHEST)
    const value = String(await task.result())
    const states: string[] = []
    for await (const { state } of task.states()) states.push(state)
    return { value, states, status: (await task.receipt()).status }
  },
  query: async (contract) => String(await at(contract).query(RICHEST)),
  async begin(contract) {
    const task = await at(contract).call(RICHEST)
    sessionStorage.setItem("task", exportTask(client, task))
    return task.taskId
  },
  async resume() {
    const task = importTask<string>(client, sessionStorage.getItem("task") ?? "")
    return String(await task.result())
  },
  async beginBeforeSend(contract) {
    const beforeSend: Parameters<ReturnType<typeof at>["call"]>[0]["beforeSend"] = async ([task]) => {
      const block = await window.ethereum.request({ method: "eth_blockNumber" })
      sessionStorage.setItem("prepared", JSON.stringify([exportPrepared(client, task!), Number(block)]))
    }
    await at(contract).call({ ...RICHEST, beforeSend })
  },
  async resumeBeforeSend() {
    const [text, fromBlock] = JSON.parse(sessionStorage.getItem("prepared") ?? "[]") as [string, number]
    const recorded = await waitForRecord(client, importPrepared<string>(client, text), { fromBlock })
    return String(await taskHandle(client, recorded).result())
  },
  async relayed(contract) {
    const text = (value: unknown) => JSON.stringify(value, (_, v) => (typeof v === "bigint" ? `${v}n` : v))
    const relay = (order: unknown) => window.relay(text(order))
    const task = await callRelayed(client, { contract, abi, ...RICHEST, relayerFeeGrains: 50_000n, relay })
    return String(await task.result())
  },
}
