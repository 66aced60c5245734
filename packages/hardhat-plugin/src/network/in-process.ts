/** The in-process network of one connection: started by its first use, taken back and forth with the chain's snapshots. */
import { AsyncLocalStorage } from "node:async_hooks"
import type { Client } from "@enigma-discovery/client"
import type { InProcessDevnet, SnapshotId } from "@enigma-discovery/devnet/in-process"
import type { Hex } from "@enigma-discovery/protocol"
import type { Signer } from "ethers"
import type { EthereumProvider } from "hardhat/types/providers"
import type { InProcessConfig } from "../config/schema.ts"
import { pluginErrors } from "../errors.ts"
import type { ChainReads } from "./chain-reads.ts"
import type { EnigmaNetwork } from "./network.ts"

/** Set while the network itself talks to the chain, so that its snapshots are not taken for a test's. */
const ownRequest = new AsyncLocalStorage<true>()
export const isOwnRequest = (): boolean => ownRequest.getStore() === true

interface Kept {
  readonly id: SnapshotId
  readonly funded: ReadonlySet<string>
}

export class InProcessNetwork implements EnigmaNetwork {
  readonly isMock = true
  readonly #provider: EthereumProvider
  readonly #config: InProcessConfig
  readonly #networkName: string
  #starting: Promise<InProcessDevnet> | undefined
  #up: InProcessDevnet | undefined
  #closed = false
  #asides = 0
  /** By the chain's own snapshot id, in the order in which they were taken. */
  readonly #snapshots = new Map<string, Kept>()
  readonly #usedUp = new Set<string>()
  readonly #clients = new Map<string, Promise<Client>>()
  #funded = new Set<string>()

  readonly reads: ChainReads

  constructor(provider: EthereumProvider, config: InProcessConfig, networkName: string, reads: ChainReads) {
    this.#provider = provider
    this.reads = reads
    this.#config = config
    this.#networkName = networkName
  }

  async start(): Promise<void> {
    await this.startedDevnet()
  }

  async startedDevnet(): Promise<InProcessDevnet> {
    if (this.#closed) throw pluginErrors.make("CONNECTION_CLOSED", { network: this.#networkName })
    this.#starting ??= this.#startDevnet()
    return await this.#starting
  }

  async #startDevnet(): Promise<InProcessDevnet> {
    const { startInProcessDevnet } = await import("@enigma-discovery/devnet/in-process")
    const ask: EthereumProvider["request"] = (call) => ownRequest.run(true, () => this.#provider.request(call))
    const request: EthereumProvider["request"] = (call) => this.reads.answer(call, ask)
    try {
      this.#up = await startInProcessDevnet({ ...this.#config, provider: { request } })
      return this.#up
    } catch (error) {
      this.#starting = undefined // the next use tries again, and tells its own error
      throw error
    }
  }

  devnet(what: string): InProcessDevnet {
    if (this.#up === undefined) throw pluginErrors.make("NOT_STARTED", { what })
    return this.#up
  }

  /** Undefined while nobody has used it. */
  async ifUsed(): Promise<InProcessDevnet | undefined> {
    return this.#starting === undefined ? undefined : await this.#starting
  }

  /** Sets how many seconds after the newest block the next one is. */
  async nextBlockAfter(seconds: number): Promise<void> {
    const block = (await this.#ownRequest("eth_getBlockByNumber", ["latest", false])) as { timestamp: string }
    await this.#ownRequest("evm_setNextBlockTimestamp", [Number(block.timestamp) + seconds])
  }

  #ownRequest(method: string, params: readonly unknown[]): Promise<unknown> {
    return ownRequest.run(true, () => this.#provider.request({ method, params }))
  }

  async enigmaAddress(): Promise<Hex> {
    return (await this.startedDevnet()).addresses.enigma
  }

  async client(signer: Signer): Promise<Client> {
    const address = (await signer.getAddress()).toLowerCase()
    const devnet = await this.startedDevnet()
    const known = this.#clients.get(address)
    if (known !== undefined) return await known
    const made = this.#fund(devnet, address).then(() => devnet.client(signer))
    this.#clients.set(address, made)
    made.catch(() => this.#clients.delete(address))
    return await made
  }

  async #fund(devnet: InProcessDevnet, address: string): Promise<void> {
    if (this.#funded.has(address)) return
    await devnet.fund(address)
    this.#funded.add(address)
  }

  /** Keeps the network's part of a snapshot of the chain. */
  async keep(chainSnapshot: string): Promise<void> {
    const devnet = await this.ifUsed()
    if (devnet === undefined) return
    this.#snapshots.set(chainSnapshot, { id: await devnet.snapshot(), funded: new Set(this.#funded) })
  }

  /** Whether a snapshot was gone back to, or beyond. The chain may not know: it went back by snapshots of the network's own. */
  isUsedUp(chainSnapshot: string): boolean {
    return this.#usedUp.has(chainSnapshot)
  }

  /**
   * Goes back with the chain. @returns false when this snapshot has no part of the network: the chain must go back alone, and
   * `forget` be called
   */
  async restore(chainSnapshot: string): Promise<boolean> {
    const devnet = await this.ifUsed()
    const kept = this.#snapshots.get(chainSnapshot)
    if (devnet === undefined || kept === undefined) return false
    await devnet.restore(kept.id)
    this.#dropFrom(chainSnapshot)
    this.#clients.clear() // what they have checked and found may not have happened
    this.#funded = new Set(kept.funded)
    return true
  }

  /** Does something and goes back to where the network was, however it ends. */
  async aside<T>(work: () => Promise<T>): Promise<T> {
    const mark = `aside ${this.#asides++}`
    const devnet = await this.startedDevnet()
    await devnet.settle()
    await this.keep(mark)
    try {
      return await work()
    } finally {
      await this.restore(mark)
    }
  }

  /** The chain does not hold Enigma any more; the next use starts it anew. */
  async forget(): Promise<void> {
    const devnet = await this.ifUsed().catch(() => undefined)
    this.#starting = undefined
    this.#up = undefined
    this.#snapshots.clear()
    this.#clients.clear()
    this.#funded.clear()
    await devnet?.stop()
  }

  async stop(): Promise<void> {
    this.#closed = true
    await this.forget()
  }

  /** As the chain does: going back uses up the snapshot and all that were taken after it. */
  #dropFrom(chainSnapshot: string): void {
    let found = false
    for (const id of [...this.#snapshots.keys()]) {
      found ||= id === chainSnapshot
      if (!found) continue
      this.#snapshots.delete(id)
      this.#usedUp.add(id)
    }
  }
}
