import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { describe, it } from "node:test"
import { nodeCrypto } from "@enigma-discovery/crypto/node"
import { RECEIPT_STATUS } from "@enigma-discovery/protocol"
import { EngineServer } from "../src/core/engine-server.ts"
import { LocalEngine } from "../src/core/local-engine.ts"
import { ProcessEngine } from "../src/core/process-engine.ts"
import { StateMap } from "../src/core/state-map.ts"
import { openInProcessLink } from "../src/host/in-process-link.ts"
import { ENGINE_CALLS } from "../src/pipe/engine-calls.ts"
import { type Serve, serveCalls } from "../src/pipe/serve.ts"
import { engineCall as call } from "./support/engine-call.ts"
import { lab } from "./support/lab-contract.ts"
import { addressOf } from "./support/names.ts"
import { TestNetwork } from "./support/network.ts"
import { pidsOf } from "./support/pids.ts"
import { processes, workerProgram } from "./support/processes.ts"
import { refuses } from "./support/refuses.ts"

const contract = addressOf("contract")
const served = (): Serve => serveCalls(ENGINE_CALLS, new EngineServer(nodeCrypto))
const over = (serve: () => Serve) => new ProcessEngine((events) => openInProcessLink(serve(), () => undefined)(events))

describe("an engine apart from the core", () => {
  it("gives what an engine inside gives, call by call, and follows the state", async () => {
    const apart = over(served)
    const inside = new LocalEngine(nodeCrypto)
    const states = [new StateMap(), new StateMap()] as const
    const calls = [
      lab.count(),
      lab.write("key", "value"),
      lab.revert("no"),
      lab.trap(),
      lab.spin(),
      lab.random(),
      lab.event("e"),
      lab.callback(addressOf("callee"), Uint8Array.of(1)),
      lab.first("k"),
      lab.remove("key"),
      lab.flood(9),
      lab.bigReturn(),
      lab.count(),
    ]
    for (const [i, calldata] of calls.entries()) {
      const [one, two] = [await apart.run([call(calldata)], states[0]), await inside.run([call(calldata)], states[1])]
      assert.deepEqual(one, two, `call ${i}`)
      ;[one[0]!, two[0]!].forEach((result, k) => {
        if (result.kind !== "outcome") return
        states[k]!.apply(result.changes)
        // Now and then what was done is undone, as after a failed callback.
        if (i % 4 === 3) states[k]!.undo(result.changes)
      })
      assert.deepEqual(states[0].entries(), states[1].entries())
    }
    const wrong = { code: Uint8Array.of(1), codeHash: new Uint8Array(32).fill(2) }
    assert.deepEqual(await apart.run([call(lab.count(), wrong)], states[0]), [
      { kind: "refused", code: "RUNTIME_NOT_WASM" },
    ])
    await apart.stop()
  })

  it("that answers nonsense has failed the call, and another one takes over", async () => {
    const good = served()
    for (const spoil of [
      (answer: Uint8Array) => answer.slice(0, -1),
      (answer: Uint8Array) => Uint8Array.of(...answer, 0),
      (answer: Uint8Array) => answer.map((b, i) => (i === 5 ? 9 : b)),
      (answer: Uint8Array) => answer.map((b, i) => (i === 9 ? 9 : b)),
      // no outcome at all
      (answer: Uint8Array) => answer.slice(0, 9).fill(0, 5),
      (answer: Uint8Array) => answer.map((b, i) => (i === 3 ? b + 1 : b)),
      // more gas than the limit
      (answer: Uint8Array) => answer.map((b, i) => (i >= 22 && i < 30 ? 0xff : b)),
    ]) {
      let number = 0
      const engine = over(() => async (body) => {
        const answer = await good(body)
        // load, sync, then the run of the first process
        return ++number === 3 ? spoil(answer) : answer
      })
      const state = new StateMap()
      assert.deepEqual(await engine.run([call(lab.count())], state), [{ kind: "fault" }])
      const again = await engine.run([call(lab.count())], state)
      assert.equal(again[0]!.kind, "outcome")
      await engine.stop()
    }
  })

  it("holds nothing of a contract that is not this worker's any more", async () => {
    let ended = 0
    const engine = new ProcessEngine((events) => openInProcessLink(served(), () => ended++)(events))
    await engine.run([call(lab.count())], new StateMap())
    engine.forget(contract)
    assert.equal(ended, 1)
    for (let i = 0; i < 12; i++)
      await engine.run([call(lab.count(), { contract: addressOf(`contract ${i}`) })], new StateMap())
    assert.equal(ended, 5, "no more than eight at a time")
    await engine.stop()
    assert.equal(ended, 13)
  })
})

describe("an engine process", () => {
  const slow = { gasLimit: 500_000_000_000n, gasPriceGrains: 1n }

  it("that crashes twice on one task ends it as EngineFault; the queue goes on", async (t) => {
    const network = await (await TestNetwork.ready({ backend: processes })).deployed()
    t.after(() => network.stop())
    const [poison, next] = network.record({ calldata: lab.spin(), fields: slow }, { calldata: lab.count() })
    const running = network.execute(1, [poison!, next!])
    for (const _ of [1, 2]) process.kill(await freshEngine(), "SIGSEGV")
    const results = await running
    assert.deepEqual(
      results.map(({ receipt }) => receipt.status),
      [RECEIPT_STATUS.EngineFault, RECEIPT_STATUS.Success],
    )
    assert.deepEqual([results[0]!.receipt.gasClass, results[0]!.output], [slow.gasLimit, undefined])
    assert.equal(next!.open(results[1]!.output!, results[1]!.receipt.taskId).data[0], 1)
    await network.commit(1)
    await network.stop()
    assert.deepEqual(pidsOf(workerProgram.file, "engine"), [])
  })

  it("that is killed from outside costs nobody anything: the task is executed again", async (t) => {
    const network = await (await TestNetwork.ready({ backend: processes })).deployed()
    t.after(() => network.stop())
    // A few seconds of computing: an end in sight should the core run it anew instead of giving up.
    const fields = { ...slow, gasLimit: 5_000_000_000n }
    const [first, second] = network.record({ calldata: lab.count() }, { calldata: lab.spin(), fields })
    const [counted] = await network.execute(1, [first!])
    assert.equal(counted!.receipt.status, RECEIPT_STATUS.Success)
    const running = network.execute(1, [second!]).catch((error: Error) => error)
    process.kill(await freshEngine(), "SIGKILL")
    assert.equal(((await running) as Error).name, "ENCLAVE_ENGINE_LOST")
    assert.equal((await network.worker(1).queue(network.contract)).executed, 1)
    await refuses("ENCLAVE_WRONG_RECORD", () => network.execute(1, [first!]))
    await network.commit(1)
    await network.stop()
    assert.deepEqual(pidsOf(workerProgram.file, "engine"), [])
  })
})

describe("an engine's plaintext", () => {
  it("goes with the draw: the process ends when another worker is drawn", async () => {
    const network = await (await TestNetwork.ready({ backend: processes })).deployed()
    const before = pidsOf(workerProgram.file, "engine")
    assert.equal(before.length, 1)
    network.openEpoch(2)
    await network.advance(1)
    await gone(before[0]!)
    await network.stop()
  })
})

async function gone(pid: number): Promise<void> {
  for (const deadline = Date.now() + 5_000; Date.now() < deadline; ) {
    if (!pidsOf(workerProgram.file, "engine").includes(pid)) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  assert.fail("the engine is still there")
}

let last = 0
/** The engine that runs now, once it spins. */
async function freshEngine(): Promise<number> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
    const pid = pidsOf(workerProgram.file, "engine").findLast((one) => one !== last && spins(one))
    if (pid !== undefined) {
      last = pid
      return pid
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error("no engine came up")
}

/** Whether it uses processor time: an idle one is not at work on a task. */
function spins(pid: number): boolean {
  const ticks = () => {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ")
    return Number(fields[11]) + Number(fields[12])
  }
  try {
    const before = ticks()
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60)
    return ticks() > before
  } catch {
    return false // it ended meanwhile
  }
}
