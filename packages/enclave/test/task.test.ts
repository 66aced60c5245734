import assert from "node:assert/strict"
import { describe, it } from "node:test"
import {
  decodeDelta,
  equalBytes,
  RECEIPT_STATUS,
  RECORD_FLAG,
  RESULT_KIND,
  type TaskResult,
} from "@enigma-discovery/protocol"
import { checkTaskResult } from "@enigma-discovery/verify"
import { BASE_FEE_GRAINS, NO_HASH } from "./support/fake-enigma.ts"
import { addressOf } from "./support/names.ts"
import { lab, type RecordedTask, TestNetwork } from "./support/network.ts"
import { refuses } from "./support/refuses.ts"

const S = RECEIPT_STATUS
const open = (task: RecordedTask, result: TaskResult) => task.open(result.output!, result.receipt.taskId)
const statuses = (results: readonly TaskResult[]) => results.map(({ receipt }) => receipt.status)

async function runOne(network: TestNetwork, calldata: Uint8Array, fields = {}) {
  const [task] = network.record({ calldata, fields })
  const [result] = await network.execute(1, [task!])
  return { task: task!, result: result!, body: result!.output && open(task!, result!) }
}

describe("a task", () => {
  it("returns to its sender what the contract returned, with the exact gas", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const { result, body } = await runOne(network, lab.count())
    assert.equal(result.receipt.status, S.Success)
    assert.equal(body!.result, RESULT_KIND.returned)
    assert.deepEqual([...body!.data], [1, 0, 0, 0, 0, 0, 0, 0])
    assert.ok(body!.gasUsed > 1_024n && body!.gasUsed <= result.receipt.gasClass)
    assert.equal(result.receipt.feeGrains, BASE_FEE_GRAINS + result.receipt.gasClass * 2n)
    checkTaskResult(network.config, result, network.identities.get(1)!.signer)
    await network.stop()
  })

  it("knows who sent it and which task it is", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const { task, result, body } = await runOne(network, lab.whoami())
    assert.deepEqual(body!.data.slice(0, 20), task.sender)
    assert.deepEqual(body!.data.slice(20), result.receipt.taskId)
    await network.stop()
  })

  it("reverts, traps or runs out of gas without a trace in the state", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const tasks = network.record(
      { calldata: lab.revert("no luck") },
      { calldata: lab.trap() },
      { calldata: lab.spin() },
      { calldata: lab.count() },
    )
    const results = await network.execute(1, tasks)
    assert.deepEqual(statuses(results), [S.Failed, S.Failed, S.Failed, S.Success])
    const [reverted, trapped, spun, counted] = results.map((result, i) => open(tasks[i]!, result))
    assert.deepEqual([reverted!.result, reverted!.message], [RESULT_KIND.reverted, "no luck"])
    assert.ok(trapped!.result === RESULT_KIND.trapped && trapped!.gasUsed === 2_000_000n)
    assert.ok(spun!.result === RESULT_KIND.outOfGas && spun!.gasUsed === 2_000_000n)
    assert.equal(counted!.data[0], 1, "the failed counts left nothing")
    for (const { receipt, delta, previousHead } of results.slice(0, 3)) {
      assert.equal(delta, undefined)
      assert.deepEqual(receipt.headAfter, previousHead)
    }
    await network.stop()
  })

  it("leaves a delta also when it changed nothing", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const { result } = await runOne(network, lab.read("nothing"))
    assert.equal(result.receipt.status, S.Success)
    assert.equal(decodeDelta(result.delta!).header.publicEntries.length, 0)
    assert.ok(!equalBytes(result.receipt.headAfter, result.previousHead))
    await network.stop()
  })

  it("whose envelope does not open fails at the base price, and its sender is told", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const { epoch, ioPublicKey } = network.ioKey
    const good = network.user("alice").seal(lab.count(), epoch, ioPublicKey)
    const tampered = { ...good, envelope: good.envelope.map((b, i) => (i === good.envelope.length - 1 ? b ^ 1 : b)) }
    const stolen = { ...network.user("alice").seal(lab.count(), epoch, ioPublicKey), sender: addressOf("mallory") }
    const noEnvelope = { ...good, envelope: Uint8Array.of(1, 2, 3) }
    const smallOrder = { ...good, envelope: good.envelope.map((b, i) => (i >= 6 && i < 38 ? 0 : b)) }
    const tasks = network.recordSealed([tampered, stolen, noEnvelope, smallOrder])
    const results = await network.execute(1, tasks)
    assert.deepEqual(statuses(results), [S.Failed, S.Failed, S.Failed, S.Failed])
    for (const { receipt } of results) {
      assert.deepEqual([receipt.gasClass, receipt.feeGrains], [1_024n, BASE_FEE_GRAINS + 2_048n])
    }
    for (const i of [0, 1]) assert.equal(open(tasks[i]!, results[i]!).result, RESULT_KIND.badInput)
    for (const i of [2, 3]) assert.deepEqual([results[i]!.output, results[i]!.receipt.outputHash], [undefined, NO_HASH])
    await network.stop()
  })

  it("under a key older than one epoch is stale; under the key of the epoch before it runs", async () => {
    const network = await TestNetwork.ready()
    await network.deployed()
    const first = network.ioKey
    const seal = () => network.user("alice").seal(lab.count(), first.epoch, first.ioPublicKey)
    network.openEpoch(1)
    await network.equip(1)
    const [previous] = network.recordSealed([seal()])
    assert.deepEqual(statuses(await network.execute(1, [previous!])), [S.Success])
    await network.commit(1)
    network.openEpoch(1)
    await network.equip(1)
    const [stale] = network.recordSealed([seal()])
    const [result] = await network.execute(1, [stale!])
    assert.equal(result!.receipt.status, S.StaleKey)
    assert.deepEqual([result!.receipt.feeGrains, result!.output], [BASE_FEE_GRAINS, undefined])
    await network.stop()
  })

  it("is NotDeployed where the deployment failed", async () => {
    const network = await TestNetwork.ready()
    const deployment = network.deploy(lab.revert("not today"))
    const [task] = network.record({ calldata: lab.count() })
    const results = await network.execute(1, [deployment, task!])
    assert.deepEqual(statuses(results), [S.Failed, S.NotDeployed])
    assert.equal(results[1]!.receipt.feeGrains, BASE_FEE_GRAINS)
    await network.commit(1)
    const [later] = network.record({ calldata: lab.count() })
    assert.deepEqual(statuses(await network.execute(1, [later!])), [S.NotDeployed])
    await network.stop()
  })

  it("waits for its envelope during the grace, then is InputsMissing and forfeits the base fee", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const [lost, found] = network.record({ calldata: lab.count() }, { calldata: lab.count() })
    await network.advance(1)
    await network.prove(1)
    const execute = () =>
      network.worker(1).execute(network.contract, [
        { queued: lost!.queued, envelope: undefined },
        { queued: found!.queued, envelope: found!.envelope },
      ])
    await refuses("ENCLAVE_INPUTS_PENDING", execute)
    network.enigma.chain.mine(network.config.inputsGraceBlocks - 1)
    await network.advance(1)
    await refuses("ENCLAVE_INPUTS_PENDING", execute)
    network.enigma.chain.mine()
    await network.advance(1)
    assert.deepEqual(statuses(await execute()), [S.InputsMissing, S.Success])
    const { signed } = await network.sign(1)
    assert.deepEqual([...signed.batch.missing], [1])
    assert.equal(signed.batch.forfeitedGrains, BASE_FEE_GRAINS)
    await network.stop()
  })

  it("whose inputs are inline is never InputsMissing", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const [task] = network.record({ calldata: lab.count(), fields: { flags: RECORD_FLAG.INLINE_INPUTS } })
    network.enigma.chain.mine(50)
    await network.advance(1)
    await network.prove(1)
    await refuses("ENCLAVE_INPUTS_REQUIRED", () =>
      network.worker(1).execute(network.contract, [{ queued: task!.queued, envelope: undefined }]),
    )
    assert.deepEqual(statuses(await network.execute(1, [task!])), [S.Success])
    await network.stop()
  })

  it("is Expired from the schedule on in which a settlement could overtake its batch", async () => {
    const network = await (await TestNetwork.ready({ config: { expiryBlocks: 60 } })).deployed()
    const [task] = network.record({ calldata: lab.count() })
    const { blockNumber } = task!.queued.record
    const length = BigInt(network.config.epochLengthBlocks)
    // The last block of the schedule whose end still lies before the expiry.
    const last = ((blockNumber + 60n) / length) * length - ((blockNumber + 60n) % length === 0n ? length : 0n) - 1n
    network.enigma.chain.mine(Number(last - network.enigma.chain.number))
    const alive = await network.execute(1, [task!])
    assert.deepEqual(statuses(alive), [S.Success])
    network.enigma.chain.mine()
    network.openEpoch(1)
    await network.equip(1)
    await network.worker(1).replay(network.contract, network.deltas)
    const [expired] = await network.execute(1, [task!])
    assert.equal(expired!.receipt.status, S.Expired)
    assert.deepEqual([expired!.receipt.feeGrains, expired!.receipt.gasClass], [0n, 0n])
    const { signed } = await network.sign(1)
    assert.equal(signed.batch.refunds[0]!.amountGrains, BASE_FEE_GRAINS + 4_000_000n, "all of it goes back")
    await network.stop()
  })

  it("that changes more than a delta may hold fails, and so does one with callbacks but no gas for them", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const tasks = network.record(
      { calldata: lab.flood(5), fields: { gasLimit: 100_000_000n } },
      { calldata: lab.callback(addressOf("callee"), Uint8Array.of(1)) },
      { calldata: lab.read("counter") },
    )
    const results = await network.execute(1, tasks)
    assert.deepEqual(statuses(results), [S.Failed, S.Failed, S.Success])
    assert.match(open(tasks[0]!, results[0]!).message, /delta/)
    assert.match(open(tasks[1]!, results[1]!).message, /callback gas/)
    assert.equal(open(tasks[2]!, results[2]!).data.length, 0)
    await network.stop()
  })

  it("shows public entries in the clear of its delta, and only those", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const tasks = network.record(
      { calldata: lab.writePublic("shown", "open") },
      { calldata: lab.write("hidden", "secret") },
      { calldata: lab.write("shown", "now hidden") },
    )
    const deltas = (await network.execute(1, tasks)).map(({ delta }) => decodeDelta(delta!).header.publicEntries)
    const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes)
    assert.deepEqual(
      deltas.map((entries) => entries.map(({ key, value }) => [text(key), text(value)])),
      [[["shown", "open"]], [], [["shown", undefined]]],
    )
    await network.stop()
  })

  it("with a refused code fails its deployment", async () => {
    const network = await TestNetwork.ready({ code: Uint8Array.of(0, 1, 2, 3) })
    const deployment = network.deploy()
    const [result] = await network.execute(1, [deployment])
    assert.equal(result!.receipt.status, S.Failed)
    const body = open(deployment, result!)
    assert.deepEqual([body.result, body.message, body.gasUsed], [RESULT_KIND.badInput, "RUNTIME_NOT_WASM", 0n])
    await network.stop()
  })
})
