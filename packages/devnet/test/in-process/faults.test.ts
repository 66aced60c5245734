import assert from "node:assert/strict"
import { after, before, beforeEach, describe, it } from "node:test"
import { clientErrors } from "@enigma-discovery/client"
import { WORKER_STATUS } from "@enigma-discovery/protocol"
import { devnetErrors } from "../../src/errors.ts"
import type { SnapshotId } from "../../src/in-process/api.ts"
import { type Lab, startLab } from "./support/lab.ts"

/** Real milliseconds after which what is withheld is taken not to come. */
const IN_VAIN_MS = 500

describe("faults of workers", () => {
  let lab: Lab
  let id: SnapshotId
  /** Number of the worker drawn for the contract. */
  let drawn: number
  before(async () => {
    lab = await startLab({ stakesEng: [500, 500] })
    await (await lab.add(1, 5n)).result()
    id = await lab.network.snapshot()
    drawn = await lab.network.enigma.drawnWorker(lab.contract)
  })
  beforeEach(() => lab.network.restore(id))
  after(() => lab.network.stop())

  const queue = () => lab.network.enigma.queue(lab.contract)
  const noResult = async (wait: Promise<unknown>) =>
    assert.rejects(wait, (error) => clientErrors.is(error, "TIMED_OUT") || clientErrors.is(error, "GATEWAYS_FAILED"))

  it("freeze: nothing comes of it until it thaws", async () => {
    const worker = lab.network.faults.worker(drawn)
    const task = await lab.add(2, 7n)
    worker.freeze()
    await noResult(task.result({ timeoutMs: IN_VAIN_MS }))
    worker.thaw()
    await task.result()
  })

  it("withhold output: nobody hears the result until it is released", async () => {
    const worker = lab.network.faults.worker(drawn)
    worker.withhold("output")
    const task = await lab.add(2, 7n)
    await noResult(task.result({ timeoutMs: IN_VAIN_MS }))
    worker.release()
    await task.result()
  })

  it("withhold delta: its enclave signs no batch without a neighbour's storage receipt", async () => {
    const worker = lab.network.faults.worker(drawn)
    worker.withhold("delta")
    await lab.network.advanceEpoch()
    assert.equal((await queue()).committed, 0)
    worker.release()
    await lab.network.advanceEpoch()
    assert.equal((await queue()).committed, 2)
  })

  it("withhold batch: nothing is committed, and nothing is lost", async () => {
    const worker = lab.network.faults.worker(drawn)
    worker.withhold("batch")
    await lab.network.advanceEpoch()
    assert.equal((await queue()).committed, 0)
    worker.release()
    await lab.network.advanceEpoch()
    assert.equal((await queue()).committed, 2)
  })

  it("equivocate: two results under one key cost half the stake and the place in the draw", async () => {
    const worker = lab.network.faults.worker(drawn)
    await assert.rejects(worker.equivocate(lab.contract), (error) => devnetErrors.is(error, "NOTHING_SIGNED"))
    await lab.network.advanceEpoch()
    const { slashedGrains } = await worker.equivocate(lab.contract)
    assert.equal(slashedGrains, 250n * 100_000_000n)
    const found = await lab.network.enigma.contract.getFunction("workerOf").staticCall(drawn)
    assert.equal(Number(found.status), WORKER_STATUS.Banned)
  })
})

describe("faults of the network and of nodes' chain access", () => {
  let lab: Lab
  let id: SnapshotId
  before(async () => {
    lab = await startLab()
    await (await lab.add(1, 5n)).result()
    id = await lab.network.snapshot()
  })
  beforeEach(() => lab.network.restore(id))
  after(() => lab.network.stop())

  /** A client that has verified the contract's key already. */
  const primed = async () => {
    const client = lab.client()
    await lab.at(client).key()
    return client
  }
  const inVain = (wait: Promise<unknown>) =>
    assert.rejects(wait, (error) => clientErrors.is(error, "TIMED_OUT") || clientErrors.is(error, "GATEWAYS_FAILED"))

  it("partition: a worker cut off from the witness executes nothing, and catches up when it heals", {}, async () => {
    const { net } = lab.network.faults
    const client = await primed()
    net.partition(["worker 1"])
    const task = await lab.add(2, 7n, client)
    await inVain(task.result({ timeoutMs: IN_VAIN_MS }))
    net.heal()
    // The worker dials again after a while, and what was gossiped meanwhile is not told again; the next header is.
    await lab.network.clock.sleep(5_000)
    await lab.network.mine()
    await task.result()
  })

  it("delay: results come as many milliseconds of virtual time later", async () => {
    const { net } = lab.network.faults
    const timed = async (person: number) => {
      await lab.network.mine() // Hardhat's blocks have the time of day: from here on there is no more to catch up with
      const startMs = lab.network.clock.now()
      await (await lab.add(person, 7n)).result()
      return lab.network.clock.now() - startMs
    }
    assert.ok((await timed(2)) < 5_000)
    net.delay(5_000)
    assert.ok((await timed(3)) >= 5_000)
    net.heal()
  })

  it("drop: a network that loses a third of its messages gets there all the same", async () => {
    const { net } = lab.network.faults
    net.drop(1 / 3)
    for (const person of [2, 3, 4]) {
      const task = await lab.add(person, 7n)
      for (let tries = 0; ; tries++) {
        const done = await task.result({ timeoutMs: IN_VAIN_MS }).then(
          () => true,
          () => false,
        )
        if (done) break
        assert.ok(tries < 20)
        await lab.network.mine()
      }
    }
    net.heal()
    assert.equal(await lab.size(), 5)
  })

  it("rpc.fail: nodes without their chain do nothing, and resume", async () => {
    const { rpc } = lab.network.faults
    const client = await primed()
    rpc.fail()
    const task = await lab.add(2, 7n, client)
    await inVain(task.result({ timeoutMs: IN_VAIN_MS }))
    rpc.heal()
    await task.result()
  })

  it("refuses what it can't do, by name", async () => {
    const { faults } = lab.network
    assert.throws(
      () => faults.worker(2),
      (error) => devnetErrors.is(error, "NO_SUCH_WORKER"),
    )
    await assert.rejects(faults.chain.reorg(1), (error) => devnetErrors.is(error, "REORG_TOO_DEEP"))
  })
})
