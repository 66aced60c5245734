import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { RECORD_FLAG, toHex } from "@enigma-discovery/protocol"
import { contractAt } from "../src/contract-at.ts"
import { estimateCall } from "../src/estimate-call.ts"
import { exportPrepared, importPrepared } from "../src/export-task.ts"
import { findRecord } from "../src/find-record.ts"
import { paymentBalance, withdrawPayment } from "../src/payments.ts"
import { recordTask, recordTasks } from "../src/record-task.ts"
import { taskHandle } from "../src/task-handle.ts"
import { hanging } from "./support/fake-gateways.ts"
import { FakeNetwork, USER } from "./support/fake-network.ts"
import { ABI, abiEncode, CODE_HASH, deployed, errorCode, setup, URLS } from "./support/setup.ts"

const CALL = { fn: "computeRichest", args: [] } as const
const ANSWER = () => ({ result: 0, gasUsed: 1n, data: abiEncode(["address"], [USER]) })

describe("a record", () => {
  it("carries its envelope when gateways are not to be relied on", async () => {
    const { net, client, address } = await deployed()
    const known = net.envelopes.size
    const task = await contractAt(client, address, ABI).call({ ...CALL, inline: true })
    assert.equal(net.envelopes.size, known, "no gateway was given anything")
    assert.equal(task.recorded.record.flags, RECORD_FLAG.INLINE_INPUTS)
    net.execute(address, 1, ANSWER, CODE_HASH)
    assert.equal((await task.result()).toLowerCase(), USER)
  })

  it("pays its contract in ETH or a token", async () => {
    const { net, client, address } = await deployed()
    const contract = contractAt(client, address, ABI)
    const eth = await contract.call({ ...CALL, payment: { amount: 5n } })
    assert.equal(eth.recorded.record.amount, 5n)
    assert.equal(eth.taskId, toHex(net.record(address, 1).taskId))
    const token = `0x${"70".repeat(20)}`
    const paid = await contract.call({ ...CALL, payment: { token, amount: 9n } })
    assert.deepEqual([toHex(paid.recorded.record.token), paid.recorded.record.amount], [token, 9n])
    assert.equal(paid.taskId, toHex(net.record(address, 2).taskId))
  })

  it("refuses what can't be combined", async () => {
    const { client, address } = await deployed()
    const contract = contractAt(client, address, ABI)
    const payment = { amount: 1n }
    await assert.rejects(contract.call({ ...CALL, inline: true, payment }), errorCode("BAD_OPTION"))
    const two = [await contract.prepare(CALL), await contract.prepare(CALL)]
    await assert.rejects(recordTasks(client, two, { inline: true }), errorCode("BAD_OPTION"))
    await assert.rejects(recordTasks(client, two, { payment }), errorCode("BAD_OPTION"))
  })

  it("can be kept before it is sent, and followed by a page that comes up later", async () => {
    const { net, client, address } = await deployed()
    net.chain.automine = false
    let kept = ""
    const fromBlock = Number(net.chain.head.number)
    const died = contractAt(client, address, ABI).call({
      ...{ ...CALL, timeoutMs: 20 },
      beforeSend: ([task]) => {
        assert.ok(!net.chain.pending)
        kept = exportPrepared(client, task!)
      },
    })
    await assert.rejects(died, errorCode("TIMED_OUT"))
    const later = setup({ net })
    const task = importPrepared<string>(later.client, kept)
    assert.equal(await findRecord(later.client, task, { fromBlock }), undefined)
    net.chain.mine()
    const recorded = await findRecord(later.client, task, { fromBlock })
    net.execute(address, 1, ANSWER, CODE_HASH)
    assert.equal((await taskHandle(later.client, recorded!).result()).toLowerCase(), USER)
    assert.equal(exportPrepared(later.client, task), kept)
  })

  it("of an imported task works while its key is good, and says so when it is not", async () => {
    const { net, client, address } = await deployed()
    const prepared = await contractAt(client, address, ABI).prepare(CALL)
    const kept = exportPrepared(client, prepared)
    const recorded = await recordTask(client, importPrepared(client, kept))
    assert.equal(recorded.task.inputsHash, prepared.inputsHash)
    net.nextEpoch()
    await assert.rejects(recordTask(client, importPrepared(client, kept)), errorCode("KEY_EPOCH_PASSED"))
    for (const bad of [kept.replace("prepared", "task"), `${kept}00`, kept.slice(0, -4), ""])
      assert.throws(() => importPrepared(client, bad), errorCode("EXPORT_INVALID"))
    const other = setup({ net, options: { chainId: 5 } })
    assert.throws(() => importPrepared(other.client, kept), errorCode("EXPORT_INVALID"))
    prepared.key.ephemeral.secretKey.wipe()
    assert.throws(() => exportPrepared(client, prepared), errorCode("SECRET_FORGOTTEN"))
  })

  it("is not made when no gateway takes the envelope", async () => {
    const net = new FakeNetwork()
    const { address } = await deployed(setup({ net }))
    const deaf = Object.fromEntries(
      URLS.map((url) => [
        url,
        (method: string, params: readonly never[], signal: AbortSignal) =>
          method === "enigma_submitEnvelope" ? hanging(method, params, signal) : net.answer(method, params),
      ]),
    )
    const { client } = setup({ net, rules: deaf })
    const sends = net.chain.calls.filter((method) => method === "eth_sendTransaction").length
    await assert.rejects(contractAt(client, address, ABI).call(CALL), errorCode("GATEWAYS_FAILED"))
    assert.equal(net.chain.calls.filter((method) => method === "eth_sendTransaction").length, sends)
  })
})

describe("money beside a record", () => {
  it("is estimated before anything is sealed or sent", async () => {
    const { net, client, address, gateways } = await deployed()
    const asked = gateways.asked.length
    const estimate = await estimateCall(client, { contract: address, gasLimit: 20_000n, callbackGas: 50_000n })
    assert.equal(estimate.lockedGrains, 10_000n + 20_000n + 100_000n)
    assert.equal(estimate.leastGrains, 10_000n + 1_024n)
    assert.equal(estimate.transactionGas, 125_000n)
    const task = await contractAt(client, address, ABI).call({ ...CALL, gasLimit: 20_000n, callbackGas: 50_000n })
    assert.equal(task.recorded.lockedGrains, estimate.lockedGrains)
    assert.ok(gateways.asked.length > asked)
    net.enigma.credit(USER, 0n)
    await assert.rejects(estimateCall(client, { contract: address }), errorCode("CREDIT_TOO_LOW"))
  })

  it("comes back from the ledger", async () => {
    const { net, client } = await deployed()
    const eth = `0x${"00".repeat(20)}`
    net.chain.mine(({ world }) => world.ledger.set(`ledger ${USER} ${eth}`, 8n))
    assert.equal(await paymentBalance(client), 8n)
    await withdrawPayment(client, { amount: 3n })
    assert.equal(await paymentBalance(client, { owner: USER }), 5n)
    await assert.rejects(withdrawPayment(client, { amount: 6n }), errorCode("RECORD_REVERTED"))
  })
})
