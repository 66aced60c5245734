import assert from "node:assert/strict"
import { describe, it } from "node:test"

/** What a backend of enclaves is driven through: a network around it, as the enclave package's tests make one. */
export interface ConformanceNetwork {
  /** Records calldata under the contract's key of the present epoch; one group. */
  record(kinds: readonly ConformanceTask[]): Promise<readonly unknown[]>
  /** Executes tasks on the drawn worker; what the sender reads, or undefined where there is no output. */
  execute(tasks: readonly unknown[]): Promise<readonly ConformanceResult[]>
  /** Prepares, stores, signs and commits; returns how many records. `callbacksOk` (default true): how callbacks end on chain. */
  commit(callbacksOk?: boolean): Promise<number>
  /** What has become releasable since: what the sender reads of each. */
  collect(tasks: readonly unknown[]): Promise<readonly ConformanceResult[]>
  /** A signature is asked for a prepared batch that nobody has stored; the code of what came back. */
  signUnstored(): Promise<string | undefined>
  /** The drawn worker's enclave ends at once and another one takes its place in the same epoch, with all that was committed. */
  restart(): Promise<void>
  /** Another worker is drawn and is offered the history with one bit changed, then as it is. */
  handOverAltered(): Promise<{ readonly code: string | undefined; readonly inSync: boolean }>
  /** An envelope larger than any may be is offered; the code of what came back. */
  offerOversized(): Promise<string | undefined>
  /** The drawn worker's enclave is stopped: how it says it ended, and the code of a call after that. */
  stopDrawn(): Promise<{ readonly expected: boolean; readonly code: string | undefined }>
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

export type ConformanceTask = "count" | "revert" | "random" | "trap" | "callback"
export interface ConformanceResult {
  readonly status: number
  /** Of the receipt: sealed bytes that the sender opens. */
  readonly outputHash: Uint8Array
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

    it("takes a queue of tasks at once as it takes them one by one", async () => {
      const network = await start()
      const kinds = Array.from({ length: 150 }, (_, i) => (["count", "trap", "count"] as const)[i % 3]!)
      const results = await network.execute(await network.record(kinds))
      assert.equal(results.length, 150)
      assert.deepEqual(
        results.map(({ status }) => status),
        kinds.map((kind) => (kind === "trap" ? FAILED : SUCCESS)),
      )
      assert.equal(results.at(-1)!.data![0], 100)
      assert.equal(await network.commit(), 150)
      await network.stop()
    })

    it("gives the same bytes after a crash, also of what is random", async () => {
      const network = await start()
      await network.execute(await network.record(["count"]))
      await network.commit()
      const tasks = await network.record(["count", "random", "revert", "trap"])
      const first = await network.execute(tasks)
      await network.restart()
      assert.deepEqual(await network.execute(tasks), first)
      await network.stop()
    })

    for (const callbacksOk of [true, false])
      it(`keeps a callback's output until its outcome is proven (${callbacksOk ? "success" : "failure"})`, async () => {
        const network = await start()
        const tasks = await network.record(["count", "callback"])
        const [, withheld] = await network.execute(tasks)
        assert.deepEqual([withheld!.status, withheld!.data], [SUCCESS, undefined])
        assert.deepEqual(await network.collect(tasks.slice(1)), [])
        assert.equal(await network.commit(callbacksOk), 2)
        const [released] = await network.collect(tasks.slice(1))
        assert.ok(released!.data !== undefined)
        const [next] = await network.execute(await network.record(["count"]))
        assert.equal(next!.data![0], callbacksOk ? 3 : 2)
        await network.stop()
      })

    it("signs no batch that nobody else holds", async () => {
      const network = await start()
      await network.execute(await network.record(["count"]))
      assert.equal(await network.signUnstored(), "ENCLAVE_STORAGE_RECEIPTS_MISSING")
      assert.equal(await network.commit(), 1)
      await network.stop()
    })

    it("refuses a history that was tampered with, and takes the true one after it", async () => {
      const network = await start()
      await network.execute(await network.record(["count", "count"]))
      await network.commit()
      assert.deepEqual(await network.handOverAltered(), { code: "ENCLAVE_DELTA_REFUSED", inSync: true })
      await network.stop()
    })

    it("says what it is, ends when it is asked to, and says so", async () => {
      const network = await start()
      assert.equal(network.form, form)
      assert.deepEqual(await network.stopDrawn(), { expected: true, code: "ENCLAVE_ENDED" })
      await network.stop()
    })

    it("answers refusals with codes and lives on", async () => {
      const network = await start()
      assert.equal(await network.offerOversized(), "PROTOCOL_TOO_LARGE")
      assert.equal(await network.offerOlderProof(), "ENCLAVE_HEADER_OLDER")
      assert.equal(await network.askAboutStranger(), "ENCLAVE_UNKNOWN_CONTRACT")
      const [result] = await network.execute(await network.record(["random"]))
      assert.equal(result!.status, SUCCESS)
      await network.stop()
    })
  })
}
