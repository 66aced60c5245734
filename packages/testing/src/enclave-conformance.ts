import assert from "node:assert/strict"
import { describe, it } from "node:test"

/** What a backend of enclaves is driven through: a network around it, as the enclave package's tests make one. */
export interface ConformanceNetwork {
  /** Records calldata under the contract's key of the present epoch; one group. */
  record(kinds: readonly ConformanceTask[]): Promise<readonly unknown[]>
  /** Executes tasks on the drawn worker; what the sender reads, or undefined where there is no output. */
  execute(tasks: readonly unknown[]): Promise<readonly ConformanceResult[]>
  /** Prepares, stores, signs and commits; returns how many records. */
  commit(): Promise<number>
  /** Another worker is drawn, gets its keys and replays what was committed. */
  handOver(): Promise<{ readonly inSync: boolean }>
  /** A proof of an older block is offered; the code of what came back. */
  offerOlderProof(): Promise<string | undefined>
  /** A call about a contract nobody showed; the code of what came back. */
  askAboutStranger(): Promise<string | undefined>
  /** Status of isolation as the backend claims it. */
  readonly form: string
  stop(): Promise<void>
}

export type ConformanceTask = "count" | "revert" | "random"
export interface ConformanceResult {
  readonly status: number
  readonly data: Uint8Array | undefined
  readonly delta: Uint8Array | undefined
}

const SUCCESS = 1
const FAILED = 2

/**
 * What every backend of enclaves must do alike, whatever stands between it and its host. `start` gives a network in which
 * the contract is deployed and a worker drawn and equipped; each call gives a new one that draws the same.
 */
export function enclaveConformance(form: string, start: () => Promise<ConformanceNetwork>): void {
  describe(`enclave backend "${form}"`, () => {
    it("says what it is", async () => {
      const network = await start()
      assert.equal(network.form, form)
      await network.stop()
    })

    it("executes in order, keeps failures out of the state, and commits", async () => {
      const network = await start()
      const tasks = await network.record(["count", "revert", "count"])
      const results = await network.execute(tasks)
      assert.deepEqual(
        results.map(({ status }) => status),
        [SUCCESS, FAILED, SUCCESS],
      )
      assert.equal(results[2]!.data![0], 2)
      assert.equal(await network.commit(), 3)
      await network.stop()
    })

    it("hands over with the state, and the successor goes on", async () => {
      const network = await start()
      await network.execute(await network.record(["count", "count"]))
      await network.commit()
      assert.equal((await network.handOver()).inSync, true)
      const [result] = await network.execute(await network.record(["count"]))
      assert.equal(result!.data![0], 3)
      await network.stop()
    })

    it("answers refusals with codes and lives on", async () => {
      const network = await start()
      assert.equal(await network.offerOlderProof(), "ENCLAVE_HEADER_OLDER")
      assert.equal(await network.askAboutStranger(), "ENCLAVE_UNKNOWN_CONTRACT")
      const [result] = await network.execute(await network.record(["random"]))
      assert.equal(result!.status, SUCCESS)
      await network.stop()
    })
  })
}
