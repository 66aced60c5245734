import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { fromHex, type Hex } from "@enigma-discovery/protocol"
import { creditOf } from "../src/account.ts"
import type { Client } from "../src/client.ts"
import { contractAt } from "../src/contract-at.ts"
import { paymentBalance } from "../src/payments.ts"
import { recordTasks } from "../src/record-task.ts"
import { settleExpired } from "../src/settle-expired.ts"
import { taskHandle } from "../src/task-handle.ts"
import { SETTLE_REWARD } from "./support/fake-enigma.ts"
import type { FakeNetwork } from "./support/fake-network.ts"
import { ABI, deployed, errorCode, setup, URLS } from "./support/setup.ts"

const CALL = { fn: "computeRichest", args: [] } as const
const EXPIRY_BLOCKS = 600
const OTHER: Hex = `0x${"b2".repeat(20)}`

/** A contract whose deployment is committed, so that record 1 is the oldest that waits. */
async function waiting() {
  const given = await deployed()
  given.net.commit(given.address, 1)
  const contract = contractAt(given.client, given.address, ABI)
  const expire = (blocks = EXPIRY_BLOCKS) => {
    for (let i = 0; i < blocks; i++) given.net.chain.mineEmpty()
  }
  return { ...given, contract, expire }
}
const settled = (net: FakeNetwork, address: string) => net.enigma.queue(fromHex(address)).committed
/** The same network, seen by somebody else. */
const clientOf = (net: FakeNetwork, account: string): Client => {
  net.chain.accounts = [...net.chain.accounts, account as Hex]
  return setup({ net, options: { account } }).client
}

describe("settling expired records", () => {
  it("ends them in one transaction and one prompt, whoever sent them: locks and payments go back", async () => {
    const { net, client, address, contract, expire } = await waiting()
    const before = await creditOf(client)
    const tasks = [await contract.call(CALL), await contract.call({ ...CALL, payment: { amount: 5n } })]
    const locked = tasks.reduce((sum, { recorded }) => sum + recorded.lockedGrains, 0n)
    assert.equal(await creditOf(client), before - locked)
    expire()
    const other = clientOf(net, OTHER)
    net.chain.calls.length = 0
    const { fromIndex, toIndex, rewardGrains } = await settleExpired(other, { contract: address })
    assert.deepEqual([fromIndex, toIndex, rewardGrains], [1, 3, 2n * SETTLE_REWARD])
    assert.equal(net.chain.calls.filter((method) => method === "eth_sendTransaction").length, 1)
    assert.equal(settled(net, address), 3)
    assert.equal(await creditOf(other), 2n * SETTLE_REWARD)
    assert.equal(await creditOf(client), before - 2n * SETTLE_REWARD)
    assert.equal(await paymentBalance(client), 5n)
    assert.ok(errorCode("TASK_EXPIRED")((await tasks[0]!.outcome()).error))
    await assert.rejects(tasks[1]!.receipt(), errorCode("TASK_EXPIRED"))
  })

  it("is known from the chain alone, when no gateway answers any more", async () => {
    const { net, client, address, contract, expire } = await waiting()
    const { recorded } = await contract.call(CALL)
    const gone = () => {
      throw new Error("gone")
    }
    const rules = Object.fromEntries(URLS.map((url) => [url, gone]))
    const alone = setup({ net, rules, options: { timeouts: { resultMs: 300 } as never } }).client
    expire()
    await assert.rejects(taskHandle(alone, recorded).outcome(), errorCode("GATEWAYS_FAILED"))
    await settleExpired(client, { contract: address })
    assert.equal((await taskHandle(alone, recorded).outcome()).status, "Expired")
  })

  it("leads from the middle of a group, which keeps its last link alone, to a link that is stored", async () => {
    const { net, client, address, contract, expire } = await waiting()
    await recordTasks(client, [
      await contract.prepare(CALL),
      await contract.prepare(CALL),
      await contract.prepare(CALL),
    ])
    expire()
    await contract.call(CALL) // not expired
    assert.equal((await settleExpired(client, { contract: address, limit: 2 })).toIndex, 3)
    assert.equal((await settleExpired(client, { contract: address })).toIndex, 4)
    await assert.rejects(settleExpired(client, { contract: address }), errorCode("NOTHING_EXPIRED"))
    assert.equal(settled(net, address), 4)
  })

  it("needs no old state: where the link before has left the ring, the queue is rebuilt from its first record", async () => {
    const { net, client, address, contract, expire } = await waiting()
    for (let i = 0; i < 40; i++) await contract.call(CALL)
    expire()
    net.chain.historyFrom = net.chain.head.number
    const { fromIndex, toIndex } = await settleExpired(client, { contract: address, limit: 5 })
    assert.deepEqual([fromIndex, toIndex], [1, 6])
    assert.equal((await settleExpired(client, { contract: address })).toIndex, 41)
  })

  it("does nothing before the block in which the oldest expires, and says which", async () => {
    const { client, address, contract, expire } = await waiting()
    await assert.rejects(settleExpired(client, { contract: address }), errorCode("NOTHING_EXPIRED"))
    const { recorded } = await contract.call(CALL)
    expire(EXPIRY_BLOCKS - 1)
    await assert.rejects(settleExpired(client, { contract: address }), (error) => {
      assert.ok(errorCode("NOTHING_EXPIRED")(error))
      assert.match((error as Error).message, new RegExp(`block ${recorded.blockNumber + EXPIRY_BLOCKS}\\.`))
      return true
    })
    expire(1)
    assert.equal((await settleExpired(client, { contract: address })).toIndex, 2)
  })

  it("sends nothing when the node's events are not the records that Enigma chained", async () => {
    const { net, client, address, contract, expire } = await waiting()
    await contract.call(CALL)
    expire()
    net.chain.calls.length = 0
    let honest = false
    net.chain.intercept = (method, params) => {
      if (method !== "eth_getLogs" || honest) return undefined
      honest = true
      const told = net.chain.request({ method, params }) as Promise<{ data: Hex }[]>
      honest = false
      const lie = (data: Hex) => `${data.slice(0, 64)}${data[64] === "0" ? "1" : "0"}${data.slice(65)}`
      return told.then((logs) => logs.map((log) => ({ ...log, data: lie(log.data) })))
    }
    await assert.rejects(settleExpired(client, { contract: address }), { name: "CHAIN_BAD_RESPONSE" })
    assert.ok(!net.chain.calls.includes("eth_sendTransaction"))
  })

  it("tells when somebody else was faster, before anything is sent", async () => {
    const { net, client, address, contract, expire } = await waiting()
    await contract.call(CALL)
    expire()
    net.chain.intercept = (method) => {
      if (method === "eth_estimateGas") net.enigma.settle(fromHex(address), 2)
      return undefined
    }
    net.chain.calls.length = 0
    await assert.rejects(settleExpired(client, { contract: address }), errorCode("RECORD_REVERTED"))
    assert.ok(!net.chain.calls.includes("eth_sendTransaction"))
  })

  it("refuses a limit that no transaction holds, and works for nobody without a wallet", async () => {
    const { net, client, address, contract, expire } = await waiting()
    for (const limit of [0, 1.5, 513]) {
      await assert.rejects(settleExpired(client, { contract: address, limit }), errorCode("BAD_OPTION"))
    }
    await contract.call(CALL)
    expire()
    const provider = { send: (method: string, params: never[]) => net.chain.request({ method, params }) } as never
    const reader = setup({ net, options: { provider } }).client
    await assert.rejects(settleExpired(reader, { contract: address }), errorCode("NO_SIGNER"))
  })
})
