import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { type CommittedReceipt, encode, fromHex, type Hex, ReceiptCodec, toHex } from "@enigma-discovery/protocol"
import { receiptLeaf, verifyMerkleProof } from "@enigma-discovery/verify"
import type { ClientOptions } from "../src/client.ts"
import { contractAt } from "../src/contract-at.ts"
import { clientErrors } from "../src/errors.ts"
import { fetchReceipt } from "../src/task-receipt.ts"
import type { Rule } from "./support/fake-gateways.ts"
import { FakeNetwork, USER } from "./support/fake-network.ts"
import { ABI, CODE_HASH, deployed, errorCode, type Setup, setup, URLS } from "./support/setup.ts"

type Forge = ((honest: CommittedReceipt, given: Committed) => unknown) | undefined
interface Committed extends Setup {
  readonly address: Hex
  readonly task: Awaited<ReturnType<typeof callOnce>>
  readonly next: Awaited<ReturnType<typeof callOnce>>
  forge: Forge
}
const callOnce = (client: Setup["client"], address: Hex) =>
  contractAt(client, address, ABI).call({ fn: "addMillionaire", args: [USER, 9n] })

/** Three tasks executed and, unless told otherwise, committed in one batch; the second is `task`. */
async function committed({ commit = true, options = {} as Partial<ClientOptions> } = {}): Promise<Committed> {
  const net = new FakeNetwork()
  const state: { forge: Forge; given: Committed | undefined } = { forge: undefined, given: undefined }
  const rule: Rule = (method, params) => {
    const honest = net.answer(method, params)
    if (method !== "enigma_receipt" || state.forge === undefined) return honest
    return state.forge(honest as CommittedReceipt, state.given!)
  }
  const rules = Object.fromEntries(URLS.map((url) => [url, rule]))
  const { client, gateways, address } = await deployed(setup({ net, rules, options }))
  const [task, next] = [await callOnce(client, address), await callOnce(client, address)]
  for (const index of [1, 2]) net.execute(address, index, () => ({ result: 0, gasUsed: 3n }), CODE_HASH)
  if (commit) net.commit(address, 3)
  const given: Committed = {
    ...{ net, client, gateways, address, task, next },
    set forge(forge: Forge) {
      state.forge = forge
    },
  }
  state.given = given
  return given
}
const reasonOf = (error: unknown): string => {
  assert.ok(clientErrors.is(error, "GATEWAYS_FAILED"), String(error))
  const [first] = (error.cause as AggregateError).errors as Error[]
  return (first!.cause as Error).name
}

describe("a task's receipt", () => {
  it("is proven by Enigma's own event, and proves itself to Solidity's rule", async () => {
    const { net, address, task } = await committed()
    const proven = await task.receipt()
    assert.deepEqual([proven.fromIndex, proven.toIndex, proven.status], [0, 3, "Success"])
    assert.equal(proven.workerId, net.drawn(address).id)
    assert.equal(proven.receipt.index, 1)
    const leaf = receiptLeaf(fromHex(address), proven.receipt)
    assert.ok(verifyMerkleProof(proven.receiptsRoot, leaf, proven.proof))
    assert.equal((await task.outcome({ finality: "committed" })).finality, "committed")
  })

  const forgeries: Record<string, [NonNullable<Forge>, string]> = {
    "of the next task": [(_, { net, address }) => net.receipt(address, 2), "CLIENT_RECEIPT_INVALID"],
    "with a changed status": [
      (honest, { net, address }) => {
        const { receipt } = net.executed.get(`${address} 1`)!
        return { ...honest, receipt: toHex(encode(ReceiptCodec, { ...receipt, status: 2 })) }
      },
      "VERIFY_RECEIPT_MISMATCH",
    ],
    "with another task's id": [
      (honest, { net, address }) => {
        const { receipt } = net.executed.get(`${address} 1`)!
        return { ...honest, receipt: toHex(encode(ReceiptCodec, { ...receipt, taskId: new Uint8Array(32) })) }
      },
      "CLIENT_RECEIPT_INVALID",
    ],
    "with a changed output hash": [
      (honest, { net, address }) => {
        const { receipt } = net.executed.get(`${address} 1`)!
        return { ...honest, receipt: toHex(encode(ReceiptCodec, { ...receipt, outputHash: new Uint8Array(32) })) }
      },
      "VERIFY_RECEIPT_MISMATCH",
    ],
    "with the proof of another": [
      (honest, { net, address }) => ({ ...honest, proof: net.receipt(address, 2)!.proof }),
      "VERIFY_RECEIPT_MISMATCH",
    ],
    "without its proof": [(honest) => ({ ...honest, proof: [] }), "VERIFY_RECEIPT_MISMATCH"],
    "with an endless proof": [(honest) => ({ ...honest, proof: Array(33).fill(honest.proof[0]) }), "TypeError"],
    "in a transaction that never was": [
      (honest) => ({ ...honest, transactionHash: `0x${"00".repeat(32)}` }),
      "CLIENT_RECEIPT_INVALID",
    ],
    "in a transaction that commits nothing": [
      (honest, { task }) => ({ ...honest, transactionHash: task.recorded.transactionHash }),
      "CLIENT_RECEIPT_INVALID",
    ],
    "with too many outputs": [(honest) => ({ ...honest, outputs: ["0x", "0x", "0x"] }), "TypeError"],
    "with an output too large": [(honest) => ({ ...honest, outputs: [`0x${"00".repeat(300_000)}`] }), "TypeError"],
    "that is a number": [() => 5, "TypeError"],
    "that is empty": [() => ({}), "TypeError"],
  }
  for (const [what, [forge, reason]] of Object.entries(forgeries)) {
    it(`refuses one ${what}`, async () => {
      const given = await committed()
      given.forge = forge
      const refused = await fetchReceipt(given.client, given.task.recorded).catch((error: unknown) => error)
      assert.equal(reasonOf(refused), reason)
      given.forge = undefined
      assert.equal((await given.task.receipt()).status, "Success")
    })
  }

  it("refuses a batch event that another contract emitted, or that is about another contract", async () => {
    for (const change of [{ address: `0x${"99".repeat(20)}` }, { topic: `0x${"00".repeat(12)}${"99".repeat(20)}` }]) {
      const { net, client, task } = await committed()
      const { request } = net.chain
      net.chain.request = async (call) => {
        const answer = await request.call(net.chain, call)
        if (call.method !== "eth_getTransactionReceipt" || answer === null) return answer
        const logs = (answer as { logs: { topics: string[] }[] }).logs.map((log) => ({
          ...log,
          ...(change.address === undefined ? {} : { address: change.address }),
          topics: change.topic === undefined ? log.topics : [log.topics[0], change.topic, ...log.topics.slice(2)],
        }))
        return { ...(answer as object), logs }
      }
      const refused = await fetchReceipt(client, task.recorded).catch((error: unknown) => error)
      assert.equal(reasonOf(refused), "CLIENT_RECEIPT_INVALID")
    }
  })

  it("refuses a receipt that a batch holds under another index", async () => {
    const { net, client, address, task } = await committed({ commit: false })
    const done = net.executed.get(`${address} 1`)!
    net.executed.set(`${address} 1`, { ...done, receipt: { ...done.receipt, index: 2 } })
    net.commit(address, 3)
    const refused = await fetchReceipt(client, task.recorded).catch((error: unknown) => error)
    assert.equal(reasonOf(refused), "CLIENT_RECEIPT_INVALID")
  })

  it("refuses the receipt of a batch whose transaction failed", async () => {
    const { net, client, task } = await committed()
    const { request } = net.chain
    net.chain.request = async (call) => {
      const answer = await request.call(net.chain, call)
      return call.method === "eth_getTransactionReceipt" ? { ...(answer as object), status: "0x0" } : answer
    }
    const refused = await fetchReceipt(client, task.recorded).catch((error: unknown) => error)
    assert.equal(reasonOf(refused), "CLIENT_RECEIPT_INVALID")
  })

  it("believes the chain about callbacks, not the gateway", async () => {
    const given = await committed()
    given.forge = (honest) => ({ ...honest, callbacksOk: false })
    assert.equal((await given.task.receipt()).callbacksFailed, false)
  })

  it("waits for the number of confirmations asked for", async () => {
    const { net, client, task } = await committed({ options: { confirmations: 3 } })
    assert.equal(await fetchReceipt(client, task.recorded), undefined)
    net.chain.mine()
    assert.equal(await fetchReceipt(client, task.recorded), undefined)
    net.chain.mine()
    assert.ok(await fetchReceipt(client, task.recorded))
  })

  it("goes on when the output is handed out later than the receipt", async () => {
    const given = await committed()
    given.forge = (honest) => ({ ...honest, outputs: [] })
    const receipt = await given.task.receipt()
    assert.equal(receipt.output, undefined)
    await assert.rejects(given.task.result({ timeoutMs: 20 }), errorCode("TIMED_OUT"))
    given.forge = undefined
    assert.equal(await given.task.result(), undefined)
  })

  it("tells a settled task from a committed one", async () => {
    const { net, address, task } = await committed({ commit: false })
    net.enigma.settle(fromHex(address), 3)
    await assert.rejects(task.result(), errorCode("TASK_EXPIRED"))
    await assert.rejects(task.receipt(), errorCode("TASK_EXPIRED"))
    const outcome = await task.outcome()
    assert.deepEqual([outcome.status, outcome.receipt], ["Expired", undefined])
    const steps = []
    for await (const step of task.states()) steps.push(step.state)
    assert.deepEqual(steps, ["settled"])
  })

  it("waits for a receipt that gateways do not have yet, though the chain has the batch", async () => {
    const given = await committed()
    given.forge = () => null
    await assert.rejects(given.task.receipt({ timeoutMs: 20 }), errorCode("TIMED_OUT"))
    given.forge = undefined
    assert.equal((await given.task.receipt()).status, "Success")
    assert.equal((await given.next.receipt()).receipt.index, 2)
  })
})
