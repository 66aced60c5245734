import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { fromHex, packBatchInfo, packTerms, toHex } from "@enigma-discovery/protocol"
import { chainErrors } from "../src/errors.ts"
import { type ChainLog, enigmaEvents, enigmaInterface, inlineInputs } from "../src/follow.ts"

const contract = new Uint8Array(20).fill(0xc0)
const sender = new Uint8Array(20).fill(0xa1)
const bytes32 = (n: number) => new Uint8Array(32).fill(n)

let position = 0
function log(name: string, args: readonly unknown[], transaction = 1): ChainLog {
  const { topics, data } = enigmaInterface.encodeEventLog(name, args)
  return {
    address: new Uint8Array(20).fill(0xe1),
    topics: topics.map((topic) => fromHex(topic)),
    data: fromHex(data),
    blockNumber: 50,
    blockHash: bytes32(0xbb),
    transactionHash: bytes32(transaction),
    logIndex: position++,
  }
}
const events = (...logs: ChainLog[]) => enigmaEvents({ logs, timestampS: 1_700 })
const terms = (index: number) =>
  packTerms({
    gasLimit: 100_000n,
    gasPriceGrains: 3n,
    callbackGas: 7n,
    callbackPriceGrains: 5n,
    flags: 0,
    lockedGrains: 300_135n,
    index,
  })

describe("Enigma events", () => {
  it("makes of a record's event and its block the whole leaf", () => {
    const [event] = events(log("TaskRecorded", [toHex(contract), toHex(sender), bytes32(1), terms(4)]))
    assert.ok(event?.type === "record")
    assert.equal(event.index, 4)
    assert.equal(event.lockedGrains, 300_135n)
    assert.deepEqual(event.record, {
      sender,
      inputsHash: bytes32(1),
      gasLimit: 100_000n,
      gasPriceGrains: 3n,
      callbackGas: 7n,
      callbackPriceGrains: 5n,
      flags: 0,
      token: new Uint8Array(20),
      amount: 0n,
      blockNumber: 50n,
      timestampS: 1_700n,
    })
  })

  it("takes a group apart in order, and puts a payment to the record it precedes", () => {
    const token = `0x${"70".repeat(20)}`
    const paid = log("TaskPaid", [toHex(contract), 6, token, 99n], 2)
    const elsewhere = log("TaskPaid", [toHex(contract), 5, token, 77n], 3)
    const group = log(
      "TasksRecorded",
      [toHex(contract), toHex(sender), [bytes32(1), bytes32(2)], [terms(5), terms(6)]],
      2,
    )
    const found = events(elsewhere, paid, group)
    assert.deepEqual(
      found.map((event) => (event.type === "record" ? [event.index, event.record.amount] : [])),
      [
        [5, 0n],
        [6, 99n],
      ],
    )
  })

  it("refuses a group whose lists differ, and terms with bits beyond their fields", () => {
    for (const bad of [
      log("TasksRecorded", [toHex(contract), toHex(sender), [bytes32(1)], []]),
      { ...log("TaskRecorded", [toHex(contract), toHex(sender), bytes32(1), 0n]), data: fromHex("0x01") },
    ])
      assert.throws(
        () => events(bad),
        (error) => chainErrors.is(error, "BAD_RESPONSE"),
      )
    const overfull = log("TaskRecorded", [toHex(contract), toHex(sender), bytes32(1), 1n << 250n])
    assert.throws(() => events(overfull), { code: "OUT_OF_RANGE" })
  })

  it("passes over what it does not know", () => {
    const unknown = { ...log("TaskPaid", [toHex(contract), 1, toHex(sender), 1n]), topics: [bytes32(9)] }
    assert.deepEqual(events(unknown, log("WorkerLoggedIn", [3]), log("Staked", [3, 100n, 100n])), [])
    assert.deepEqual(events(log("CreditDeposited", [toHex(sender), toHex(sender), 1n])), [])
  })

  it("reads batches, epochs, deployments and settlements", () => {
    const info = { fromIndex: 1, toIndex: 5, workerId: 2, callbacksFailed: true }
    const found = events(
      log("DeploymentRecorded", [toHex(contract), toHex(sender), bytes32(3), bytes32(4)]),
      log("BatchCommitted", [toHex(contract), bytes32(5), bytes32(6), packBatchInfo(info)]),
      log("EpochOpened", [9, bytes32(7), 60n, toHex(sender), 1n]),
      log("RecordsSettled", [toHex(contract), 5, 6, toHex(sender), 1n]),
    )
    assert.deepEqual(
      found.map((event) => event.type),
      ["deployment", "batch", "epoch", "settled"],
    )
    assert.ok(found[1]?.type === "batch" && found[1].callbacksFailed && found[1].toIndex === 5)
    assert.ok(found[2]?.type === "epoch" && found[2].epoch === 9 && found[2].scheduledStartBlock === 60)
  })

  it("finds inputs in calldata only of the call that recorded them", () => {
    const call = (to: Uint8Array) =>
      fromHex(enigmaInterface.encodeFunctionData("recordTaskWithInputs", [toHex(to), "0x0102", terms(0)]))
    assert.deepEqual(inlineInputs(call(contract), contract), fromHex("0x0102"))
    assert.equal(inlineInputs(call(sender), contract), undefined)
    assert.equal(inlineInputs(fromHex("0x01020304"), contract), undefined)
    assert.equal(inlineInputs(call(contract).slice(0, 50), contract), undefined)
  })
})
