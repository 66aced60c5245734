/** What watching tells: size classes, gas classes, a status, and no more (docs/THREATS.md, "What each party can observe"). */
import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { nodeCrypto } from "@enigma-discovery/crypto/node"
import {
  AEAD_TAG_BYTES,
  decodeDelta,
  decodeSealedOutput,
  ENVELOPE_HEADER_BYTES,
  RECEIPT_STATUS,
  SIZE_CLASSES_BYTES,
  type TaskResult,
} from "@enigma-discovery/protocol"
import fc from "fast-check"
import { LocalEngine } from "../src/core/local-engine.ts"
import { Worker } from "../src/core/worker.ts"
import { openInProcessLink } from "../src/host/in-process-link.ts"
import { WorkerHandle } from "../src/host/worker-handle.ts"
import { WORKER_CALLS } from "../src/pipe/calls.ts"
import { serveCalls } from "../src/pipe/serve.ts"
import { addressOf } from "./support/names.ts"
import { type Backend, inProcess, lab, quoting, TestNetwork } from "./support/network.ts"
import { Reader } from "./support/reader.ts"

const sealedClasses = SIZE_CLASSES_BYTES.map((size) => size + AEAD_TAG_BYTES)
const isClass = (ciphertext: Uint8Array) => assert.ok(sealedClasses.includes(ciphertext.length), `${ciphertext.length}`)
const text = (length: number, letter = "x") => letter.repeat(length)

/** Lengths of what a worker's enclave answers, call by call, with the status bytes: all a host sees besides ciphertext. */
function measured(lengths: string[]): Backend {
  return {
    ...inProcess,
    worker() {
      const worker = new Worker({ crypto: nodeCrypto, engine: new LocalEngine(nodeCrypto) })
      const serve = serveCalls(WORKER_CALLS, worker)
      const watched: ReadonlySet<number> = new Set(
        (["execute", "collect", "query", "prepareBatch", "signBatch"] as const).map((name) => WORKER_CALLS[name].id),
      )
      const open = openInProcessLink(
        async (body) => {
          const answer = await serve(body)
          const id = new DataView(body.buffer, body.byteOffset).getUint16(4)
          if (watched.has(id)) lengths.push(`call ${id}: ${body.length} in, status ${answer[4]}, ${answer.length} out`)
          return answer
        },
        () => worker.wipe(),
      )
      const isolation = { form: "in-process", network: "host", filesystem: "host", notes: [] } as const
      return Promise.resolve(new WorkerHandle({ open, measurement: new Uint8Array(32).fill(0x51), quoting, isolation }))
    },
  }
}

/** What is public of a result, besides hashes. */
const publicOf = ({ receipt, delta, output }: TaskResult) => ({
  status: receipt.status,
  gasClass: receipt.gasClass,
  feeGrains: receipt.feeGrains,
  deltaBytes: delta?.length,
  outputBytes: output?.length,
})

describe("a host that watches", () => {
  it("sees the same of two lives that differ in their secrets alone", async () => {
    const life = async (secret: string, other: string) => {
      const lengths: string[] = []
      const network = await (await TestNetwork.ready({ backend: measured(lengths) })).deployed()
      const tasks = network.record(
        { calldata: lab.write(secret, other) },
        { calldata: lab.read(secret) },
        { calldata: lab.read("absent") },
        { calldata: lab.revert(secret) },
        { calldata: lab.event(other) },
        { calldata: lab.remove(secret) },
      )
      const results = await network.execute(1, tasks)
      const reader = new Reader(network, "alice")
      await reader.ask(lab.read(secret))
      await reader.ask(lab.revert(other))
      await network.commit(1)
      await network.stop()
      const outcome = tasks.map((task, i) => task.open(results[i]!.output!, results[i]!.receipt.taskId))
      return {
        seen: [
          ...lengths,
          ...results.map((result) => JSON.stringify(publicOf(result), (_, v) => (typeof v === "bigint" ? `${v}` : v))),
        ],
        outcome,
      }
    }
    const [one, two] = [await life("a", "b"), await life(text(30), text(40, "y"))]
    assert.deepEqual(one.seen, two.seen)
    assert.ok(one.seen.length > 10)
    assert.notDeepEqual(one.outcome[0]!.gasUsed, two.outcome[0]!.gasUsed, "the exact gas does differ, for the user")
  })

  it("learns of every sealed thing its size class: envelopes, outputs, deltas, queries and answers (property)", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const reader = new Reader(network, "alice")
    await fc.assert(
      fc.asyncProperty(fc.nat(3_000), fc.nat(200), async (valueBytes, keyBytes) => {
        const key = text(1 + keyBytes)
        const tasks = network.record(
          { calldata: lab.write(key, text(valueBytes)) },
          { calldata: lab.read(key) },
          { calldata: lab.revert(text(valueBytes)) },
        )
        const results = await network.execute(1, tasks)
        for (const { envelope } of tasks) isClass(envelope.subarray(ENVELOPE_HEADER_BYTES))
        for (const { output, delta } of results) {
          isClass(decodeSealedOutput(output!).ciphertext)
          if (delta !== undefined) isClass(decodeDelta(delta).ciphertext)
        }
        const { sealed } = reader.seal(lab.read(key))
        isClass(sealed.subarray(70))
        isClass((await network.worker(1).query(network.contract, sealed)).subarray(33))
        await network.commit(1)
      }),
      { numRuns: 6, seed: 3 },
    )
    await network.stop()
  })

  it("can't tell a write from a removal, from nothing, nor what failed from how it failed", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const tasks = network.record(
      { calldata: lab.write("k", "v") },
      { calldata: lab.remove("k") },
      { calldata: lab.read("k") },
      { calldata: lab.write("k", text(150)) },
      { calldata: lab.revert("a reason") },
      { calldata: lab.revert(text(200)) },
      { calldata: lab.trap(), fields: { gasLimit: 1_024n } },
      { calldata: lab.spin(), fields: { gasLimit: 1_024n } },
    )
    const results = await network.execute(1, tasks)
    const [write, ...others] = results.slice(0, 4).map(({ delta, output }) => [delta!.length, output!.length])
    for (const other of others) assert.deepEqual(other, write)
    const failed = results.slice(4).map(publicOf)
    assert.deepEqual(failed[0], failed[1])
    assert.deepEqual(failed[2], failed[3], "a trap burns the limit as running out of gas does")
    for (const { status, deltaBytes, outputBytes } of failed)
      assert.deepEqual([status, deltaBytes, outputBytes], [RECEIPT_STATUS.Failed, undefined, failed[0]!.outputBytes])
    assert.equal(failed[0]!.outputBytes, write![1], "nor the length of a failure's output from a success's")
    await network.stop()
  })

  it("sees gas in factor-2 classes; the exact figure is sealed for the user", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const gasLimit = 100_000_000n
    const tasks = network.record(
      ...[1, 2, 4, 9, 14].map((n) => ({ calldata: lab.flood(n), fields: { gasLimit } })),
      { calldata: lab.count(), fields: { gasLimit } },
      { calldata: lab.random(), fields: { gasLimit } },
      { calldata: lab.spin(), fields: { gasLimit: 3_000n } },
    )
    const results = await network.execute(1, tasks)
    const exact = results.map((result, i) => tasks[i]!.open(result.output!, result.receipt.taskId).gasUsed)
    results.forEach(({ receipt: { gasClass, feeGrains } }, i) => {
      const limit = i === results.length - 1 ? 3_000n : gasLimit
      const isPowerOfTwo = (gasClass & (gasClass - 1n)) === 0n && gasClass >= 1_024n
      assert.ok(isPowerOfTwo || gasClass === limit, `${gasClass}`)
      assert.ok(exact[i]! <= gasClass && (gasClass === 1_024n || exact[i]! * 2n > gasClass || gasClass === limit))
      // And so is the fee: nothing finer than the class is charged.
      const { record } = tasks[i]!.queued
      const baseFee = feeGrains - gasClass * record.gasPriceGrains
      assert.equal(
        baseFee,
        results[0]!.receipt.feeGrains - results[0]!.receipt.gasClass * tasks[0]!.queued.record.gasPriceGrains,
      )
    })
    assert.equal(
      new Set(exact.map(String)).size > new Set(results.map(({ receipt }) => String(receipt.gasClass))).size,
      true,
    )
    await network.stop()
  })

  it("sees callbacks and public entries in clear once they are released, and only those", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const target = addressOf("callee")
    const tasks = network.record(
      { calldata: lab.writePublic("shown", "to all") },
      { calldata: lab.callback(target, Uint8Array.of(0xca, 0x11)), fields: { callbackGas: 1_000n } },
    )
    const results = await network.execute(1, tasks)
    const { header } = decodeDelta(results[0]!.delta!)
    assert.deepEqual(
      header.publicEntries.map(({ key, value }) => [new TextDecoder().decode(key), new TextDecoder().decode(value)]),
      [["shown", "to all"]],
    )
    assert.equal(results[1]!.output, undefined, "which output holds, the chain decides")
    const prepared = (await network.worker(1).prepareBatch(network.contract))!
    assert.equal(prepared.hasCallback, true)
    await network.stop()
  })
})
