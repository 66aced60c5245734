import assert from "node:assert/strict"
import { describe, it } from "node:test"
import fc from "fast-check"
import { contractAt } from "../src/contract-at.ts"
import { exportTask, importTask } from "../src/export-task.ts"
import { FakeNetwork, USER } from "./support/fake-network.ts"
import { ABI, abiEncode, CODE_HASH, deployed, errorCode, setup } from "./support/setup.ts"

async function exported() {
  const given = await deployed()
  const task = await contractAt(given.client, given.address, ABI).call({ fn: "computeRichest", args: [] })
  return { ...given, task, text: exportTask(given.client, task) }
}

describe("exported tasks", () => {
  it("are opened by another client, on another machine, later", async () => {
    const { net, address, task, text } = await exported()
    const again = importTask<string>(setup({ net }).client, text)
    assert.deepEqual([again.taskId, again.index, again.contract], [task.taskId, 1, address])
    net.execute(address, 1, () => ({ result: 0, gasUsed: 1n, data: abiEncode(["address"], [USER]) }), CODE_HASH)
    assert.equal((await again.result()).toLowerCase(), USER)
    net.commit(address, 2)
    assert.equal((await again.receipt()).status, "Success")
    assert.deepEqual(again.recorded.record, task.recorded.record)
    assert.equal(exportTask(setup({ net }).client, again), text)
  })

  it("of a deployment work too", async () => {
    const { net, client, deployment } = await exported()
    const again = importTask(setup({ net }).client, exportTask(client, deployment))
    assert.equal(await again.result(), undefined)
    assert.deepEqual(again.recorded.task.deployment, deployment.recorded.task.deployment)
  })

  it("are found again after a re-org that happened in between", async () => {
    const { net, address, text } = await exported()
    net.chain.reorg(1)
    net.chain.mine()
    net.chain.mine()
    const again = importTask<string>(setup({ net }).client, text)
    net.execute(address, 1, () => ({ result: 0, gasUsed: 1n, data: abiEncode(["address"], [USER]) }), CODE_HASH)
    assert.equal((await again.result()).toLowerCase(), USER)
  })

  it("are refused when they are damaged, of another network, or no export", async () => {
    const { client, net, text } = await exported()
    for (const bad of [
      "",
      "enigma-task-1:",
      `${text}00`,
      text.slice(0, -2),
      text.replace("task-1", "task-2"),
      `${text.slice(0, 20)}zz${text.slice(22)}`,
      "x".repeat(50_000),
      `enigma-task-1:${"00".repeat(9_000)}`,
    ])
      assert.throws(() => importTask(client, bad), errorCode("EXPORT_INVALID"))
    assert.throws(() => importTask(client, 5 as never), errorCode("EXPORT_INVALID"))
    const other = setup({ net: new FakeNetwork(), options: { enigmaAddress: `0x${"55".repeat(20)}` } })
    assert.throws(() => importTask(other.client, text), errorCode("EXPORT_INVALID"))
    assert.throws(() => importTask(setup({ net, options: { chainId: 5 } }).client, text), errorCode("EXPORT_INVALID"))
  })

  it("never crash the importer, whatever bytes come", async () => {
    const { client, text } = await exported()
    const body = Buffer.from(text.slice("enigma-task-1:".length), "hex")
    fc.assert(
      fc.property(fc.integer({ min: 0, max: body.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bad = Buffer.from(body)
        bad[at]! ^= flip
        try {
          importTask(client, `enigma-task-1:${bad.toString("hex")}`)
        } catch (error) {
          assert.ok(errorCode("EXPORT_INVALID")(error), String(error))
        }
      }),
      { numRuns: 300 },
    )
  })

  it("can't be made after the key was wiped, and their errors do not quote the secret", async () => {
    const { client, task, text } = await exported()
    const secret = task.recorded.task.key.ephemeral.secretKey.expose((bytes) => Buffer.from(bytes).toString("hex"))
    assert.ok(text.includes(secret))
    const damaged = `${text}00`
    try {
      importTask(client, damaged)
      assert.fail()
    } catch (error) {
      const { message, stack, cause } = error as Error
      assert.ok(!`${message}${stack}${String(cause)}`.includes(secret.slice(0, 16)))
    }
    task.forget()
    assert.throws(() => exportTask(client, task), errorCode("SECRET_FORGOTTEN"))
  })
})
