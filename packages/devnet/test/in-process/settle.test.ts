/** Records that no worker commits, ended by whoever asked, against Enigma's own code. */
import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import {
  clientErrors,
  creditOf,
  parametersOf,
  paymentBalance,
  recordTasks,
  settleExpired,
  type TaskHandle,
} from "@enigma-discovery/client"
import { type Lab, personAddress, startLab } from "./support/lab.ts"

describe("settling what a worker left", () => {
  let lab: Lab
  let creditBefore: bigint
  let tasks: readonly TaskHandle[]
  before(async () => {
    lab = await startLab({ epochLengthBlocks: 32 })
    await lab.network.advanceEpoch() // the deployment is committed
  })
  after(() => lab.network.stop())

  it("is refused before it expires", async () => {
    const client = lab.client()
    creditBefore = await creditOf(client)
    const call = (person: number) => ({ fn: "addMillionaire", args: [personAddress(person), 5n] }) as const
    const paid = await lab.at(client).call({ ...call(1), payment: { amount: 7n } })
    const prepared = await Promise.all([2, 3, 4].map((person) => lab.at(client).prepare(call(person))))
    await recordTasks(client, prepared)
    tasks = [paid, await lab.add(5, 5n, client)]
    await lab.network.faults.worker(1).crash()
    const early = settleExpired(client, { contract: lab.contract })
    await assert.rejects(early, (error) => clientErrors.is(error, "NOTHING_EXPIRED"))
  })

  it("gives everything back but the reward, in as many transactions as the limit wants", async () => {
    const client = lab.client()
    const { expiryBlocks } = await parametersOf(client)
    await lab.network.mine(Number(expiryBlocks))
    // From the middle of a group, whose own link is not stored, and then the rest.
    const first = await settleExpired(client, { contract: lab.contract, limit: 2 })
    const rest = await settleExpired(client, { contract: lab.contract })
    assert.deepEqual([first.fromIndex, first.toIndex, rest.fromIndex, rest.toIndex], [1, 3, 3, 6])
    assert.ok(first.rewardGrains > 0n)
    // Whoever settles here is who recorded: the reward comes back too.
    assert.equal(await creditOf(client), creditBefore)
    assert.equal(await paymentBalance(client), 7n)
    const { submitted, committed } = await lab.network.enigma.queue(lab.contract)
    assert.deepEqual([submitted, committed], [6, 6])
    for (const task of tasks) {
      assert.ok(clientErrors.is((await task.outcome()).error, "TASK_EXPIRED"))
      assert.equal(task.state, "settled")
    }
  })

  it("leaves a contract that goes on", async () => {
    await lab.network.faults.worker(1).restart()
    await lab.network.advanceEpoch()
    await (await lab.add(6, 9n)).result()
    await lab.network.advanceEpoch()
    const { submitted, committed } = await lab.network.enigma.queue(lab.contract)
    assert.deepEqual([submitted, committed], [7, 7])
  })
})
