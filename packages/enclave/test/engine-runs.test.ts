import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { nodeCrypto } from "@enigma-discovery/crypto/node"
import { RECEIPT_STATUS, toHex, utf8Bytes } from "@enigma-discovery/protocol"
import { checkTaskResult } from "@enigma-discovery/verify"
import type { Engine, EngineCall, EngineResult } from "../src/core/engine.ts"
import { EngineServer } from "../src/core/engine-server.ts"
import { LocalEngine } from "../src/core/local-engine.ts"
import { ProcessEngine } from "../src/core/process-engine.ts"
import { StateMap } from "../src/core/state-map.ts"
import { Worker } from "../src/core/worker.ts"
import { openInProcessLink } from "../src/host/in-process-link.ts"
import { WorkerHandle } from "../src/host/worker-handle.ts"
import { WORKER_CALLS } from "../src/pipe/calls.ts"
import { ENGINE_CALLS } from "../src/pipe/engine-calls.ts"
import { serveCalls } from "../src/pipe/serve.ts"
import { engineCall } from "./support/engine-call.ts"
import { LAB } from "./support/lab-contract.ts"
import { addressOf } from "./support/names.ts"
import { type Backend, inProcess, lab, quoting, TestNetwork } from "./support/network.ts"

const S = RECEIPT_STATUS
const POISON = utf8Bytes("poison")
const calls = (...calldata: readonly Uint8Array[]) => calldata.map((data) => engineCall(data))
const kinds = (results: readonly EngineResult[]) =>
  results.map((result) => (result.kind === "outcome" ? result.outcome.kind : result.kind))
const counter = (result: EngineResult | undefined) =>
  result?.kind === "outcome" && result.outcome.kind === "success" ? result.outcome.returnData[0] : undefined

/** Engines apart; whatever they are asked to run that holds the poison breaks them. */
function poisonable() {
  let started = 0
  const engine = new ProcessEngine((events) => {
    started++
    const good = serveCalls(ENGINE_CALLS, new EngineServer(nodeCrypto))
    const serve = async (body: Uint8Array) =>
      Buffer.from(body).includes(Buffer.from(POISON)) ? new Uint8Array(1) : await good(body)
    return openInProcessLink(serve, () => undefined)(events)
  })
  return { engine, started: () => started }
}

describe("a run of calls", () => {
  for (const [form, make] of [
    ["inside", () => new LocalEngine(nodeCrypto)],
    ["apart", () => poisonable().engine],
  ] as const)
    it(`each stand on what the ones before left, and the lent state is as before (${form})`, async () => {
      const engine = make()
      const state = new StateMap()
      state.set({ key: utf8Bytes("counter"), value: new Uint8Array(8).fill(4, 0, 1), isPublic: false })
      const before = state.entries()
      const results = await engine.run(
        calls(lab.count(), lab.revert("no"), lab.count(), lab.trap(), lab.count()),
        state,
      )
      assert.deepEqual(kinds(results), ["success", "reverted", "success", "trap", "success"])
      assert.deepEqual([counter(results[0]), counter(results[2]), counter(results[4])], [5, 6, 7])
      assert.deepEqual(state.entries(), before)
      const second = results[2]!
      assert.ok(second.kind === "outcome" && second.changes[0]!.before!.value[0] === 5)
      assert.equal(counter((await engine.run(calls(lab.count()), state))[0]), 5)
      await engine.stop()
    })

  it("ends with callbacks, whose outcome decides what the next stands on", async () => {
    const engine = new LocalEngine(nodeCrypto)
    const callback = lab.callback(addressOf("callee"), Uint8Array.of(1))
    const results = await engine.run(calls(lab.count(), callback, lab.count()), new StateMap())
    assert.deepEqual(kinds(results), ["success", "success"])
  })

  it("that changes more than a delta can hold reverts, and the next stands on what was before", async () => {
    const run = [lab.count(), lab.flood(9), lab.count()].map((data) => engineCall(data, { gasLimit: 50_000_000n }))
    const results = await new LocalEngine(nodeCrypto).run(run, new StateMap())
    assert.deepEqual(kinds(results), ["success", "reverted", "success"])
    assert.equal(counter(results[2]), 2)
  })

  it("that breaks its engine is made call by call, until the culprit has had its say", async () => {
    const { engine, started } = poisonable()
    const state = new StateMap()
    const poison = lab.event("poison")
    const run = calls(lab.count(), lab.count(), poison, lab.count())
    const statuses: (readonly string[])[] = []
    for (let at = 0; at < run.length; ) {
      const results = await engine.run(run.slice(at), state)
      statuses.push(kinds(results))
      if (results[0]!.kind === "fault" && statuses.filter(([kind]) => kind === "fault").length < 2) continue
      at += results.length
    }
    assert.deepEqual(statuses, [["success"], ["success"], ["fault"], ["fault"], ["success"]])
    assert.equal(started(), 4, "broken by the run, twice by the culprit alone; the last one lives")
    await engine.stop()
  })
})

/** Notes the runs it is asked for, and inflates what `event` changes beyond what a delta holds. */
class Watched implements Engine {
  readonly runs: number[] = []
  /** So many runs to come break the engine. */
  faults = 0
  readonly #inner = new LocalEngine(nodeCrypto)

  async run(calls: readonly EngineCall[], state: StateMap): Promise<readonly EngineResult[]> {
    this.runs.push(calls.length)
    if (this.faults-- > 0) return [{ kind: "fault" }]
    const results = await this.#inner.run(calls, state)
    return results.map((result, i) =>
      calls[i]!.context.calldata[0] === LAB.event && result.kind === "outcome"
        ? { ...result, changes: Array.from({ length: 5 }, (_, n) => this.#large(n)) }
        : result,
    )
  }

  forget = () => this.#inner.forget()
  stop = () => this.#inner.stop()

  #large(n: number) {
    const key = utf8Bytes(`large ${n}`)
    return { key, before: undefined, after: { key, value: new Uint8Array(60_000), isPublic: false } }
  }
}

async function watched() {
  const engine = new Watched()
  const backend: Backend = {
    ...inProcess,
    async worker() {
      const worker = new Worker({ crypto: nodeCrypto, engine })
      const { measurement, isolation } = await inProcess.worker()
      const open = openInProcessLink(serveCalls(WORKER_CALLS, worker), () => worker.wipe())
      return new WorkerHandle({ open, measurement, isolation, quoting })
    },
  }
  const network = await (await TestNetwork.ready({ backend })).deployed()
  engine.runs.length = 0
  return { network, engine }
}

describe("a run of tasks", () => {
  it("goes to the engine at once, and comes back under one signature", async () => {
    const { network, engine } = await watched()
    const results = await network.execute(
      1,
      network.record(...Array.from({ length: 40 }, () => ({ calldata: lab.count() }))),
    )
    assert.deepEqual(engine.runs, [40])
    assert.equal(new Set(results.map(({ signature }) => toHex(signature))).size, 1)
    for (const result of results) checkTaskResult(network.config, result, network.identities.get(1)!.signer)
    await network.stop()
  })

  it("has an EngineFault only in a task that broke its engine twice, at the price of its limit", async () => {
    const { network, engine } = await watched()
    for (const [faults, wanted] of [
      [1, S.Success],
      [2, S.EngineFault],
    ] as const) {
      engine.faults = faults
      const tasks = network.record({ calldata: lab.count() }, { calldata: lab.count() })
      const [first, next] = (await network.execute(1, tasks)).map(({ receipt }) => receipt)
      assert.deepEqual([first!.status, next!.status], [wanted, S.Success], `${faults} faults`)
      if (faults === 2) {
        assert.equal(first!.gasClass, tasks[0]!.queued.record.gasLimit)
        assert.equal(first!.feeGrains, 0n, "the worker gains nothing by an engine that it may have broken itself")
      }
      await network.commit(1)
    }
    await network.stop()
  })

  it("is made anew from where the core kept less than the engine had", async () => {
    const { network, engine } = await watched()
    const tasks = network.record(
      ...[lab.count(), lab.event("e"), lab.count(), lab.first("large")].map((calldata) => ({ calldata })),
    )
    const results = await network.execute(1, tasks)
    assert.deepEqual(
      results.map(({ receipt }) => receipt.status),
      [S.Success, S.Failed, S.Success, S.Success],
    )
    assert.deepEqual(engine.runs, [4, 2])
    const read = (i: number) => tasks[i]!.open(results[i]!.output!, results[i]!.receipt.taskId)
    assert.match(read(1).message, /more state than a delta/)
    assert.deepEqual([read(2).data[0], read(3).data.length], [2, 0])
    await network.stop()
  })

  it("is cut by the gas it may use and by the number of its calls, and nothing runs behind an open deployment", async () => {
    const { network, engine } = await watched()
    const costly = { calldata: lab.count(), fields: { gasLimit: 600_000_000n } }
    await network.execute(1, network.record(costly, costly, costly))
    await network.execute(1, network.record(...Array.from({ length: 70 }, () => ({ calldata: lab.count() }))))
    assert.deepEqual(engine.runs, [1, 1, 1, 64, 6])
    await network.stop()
    const fresh = await TestNetwork.ready()
    const failing = fresh.deploy(lab.revert("no"))
    const results = await fresh.execute(1, [failing, ...fresh.record({ calldata: lab.count() })])
    assert.deepEqual(
      results.map(({ receipt }) => receipt.status),
      [S.Failed, S.NotDeployed],
    )
    await fresh.stop()
  })
})
