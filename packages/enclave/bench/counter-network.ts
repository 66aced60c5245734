import { fileURLToPath } from "node:url"
import { fromHex, type Hex, RECEIPT_STATUS, type TaskResult } from "@enigma-discovery/protocol"
import { compileContract } from "@enigma-discovery/sdk-as"
import { Interface, type InterfaceAbi } from "ethers"
import { type Backend, type RecordedTask, TestNetwork } from "../test/support/network.ts"

/** Entries of ballast: with their keys and the ABI's framing they make up the state's size. */
const ENTRY_BYTES = 1_000
const ENTRIES_PER_TASK = 200

/** The counter contract, compiled from AssemblyScript, on one drawn worker; one user. */
export class CounterNetwork {
  readonly network: TestNetwork
  readonly #calls: Interface

  private constructor(network: TestNetwork, calls: Interface) {
    this.network = network
    this.#calls = calls
  }

  /** Deployed, and filled up to `stateBytes` of values. */
  static async start(backend: Backend, stateBytes: number): Promise<CounterNetwork> {
    const { wasm, abi } = await compileContract(fileURLToPath(new URL("secret-contract/counter.ts", import.meta.url)))
    const config = { storageReceipts: 0, epochLengthBlocks: 100_000, expiryBlocks: 1_000_000 }
    const network = await (await TestNetwork.ready({ backend, workers: 1, code: wasm, config })).deployed()
    const counter = new CounterNetwork(network, new Interface(abi as InterfaceAbi))
    await counter.#fill(Math.ceil(stateBytes / ENTRY_BYTES))
    return counter
  }

  /** Counting tasks, recorded and proven to the worker: sealed by the user, on the chain, not executed. */
  async waiting(count: number): Promise<readonly RecordedTask[]> {
    return await this.#record(Array.from({ length: count }, () => this.#calldata("increment", [])))
  }

  /** So many tasks in one call to the enclave. @throws when one does not succeed */
  async executeAll(tasks: readonly RecordedTask[], perCall: number): Promise<readonly TaskResult[]> {
    const { network } = this
    const results: TaskResult[] = []
    for (let at = 0; at < tasks.length; at += perCall) {
      const inputs = tasks.slice(at, at + perCall).map(({ queued, envelope }) => ({ queued, envelope }))
      results.push(...(await network.worker(1).execute(network.contract, inputs)))
    }
    const good = results.filter(({ receipt }) => receipt.status === RECEIPT_STATUS.Success).length
    if (good !== tasks.length) throw new Error(`${good} of ${tasks.length} tasks succeeded`)
    return results
  }

  /** What the user reads in the output of a counting task. */
  read(task: RecordedTask, { output, receipt }: TaskResult): bigint {
    return this.#calls.decodeFunctionResult("increment", task.open(output!, receipt.taskId).data)[0] as bigint
  }

  async #fill(entries: number): Promise<void> {
    const calls: Uint8Array[] = []
    for (let from = 0; from < entries; from += ENTRIES_PER_TASK)
      calls.push(this.#calldata("fill", [from, Math.min(ENTRIES_PER_TASK, entries - from), ENTRY_BYTES]))
    await this.executeAll(await this.#record(calls), calls.length)
    await this.network.commit(1)
  }

  async #record(calls: readonly Uint8Array[]): Promise<readonly RecordedTask[]> {
    const fields = { gasLimit: 20_000_000n }
    const tasks = this.network.record(...calls.map((calldata) => ({ calldata, fields })))
    await this.network.advance(1)
    await this.network.prove(1)
    return tasks
  }

  #calldata(name: string, values: readonly unknown[]): Uint8Array {
    return fromHex(this.#calls.encodeFunctionData(name, values) as Hex)
  }
}
