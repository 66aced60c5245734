import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { enigmaAbi } from "@enigma-discovery/contracts"
import { Interface } from "ethers"
import fc from "fast-check"
import { chainFacts, executionGas, type MinedTransaction } from "../src/leaks/chain-facts.ts"
import { describeDifference, differences } from "../src/leaks/facts.ts"

const ENIGMA = `0x${"e1".repeat(20)}`
const CONTRACT = `0x${"c0".repeat(20)}`
const USER = `0x${"a1".repeat(20)}`
const enigma = new Interface(enigmaAbi)
const hash = (byte: string) => `0x${byte.repeat(32)}`

/** A record, whose inputs hash is chance and whose terms are not. */
function record(inputsHash: string, terms = 5n, change: Partial<MinedTransaction> = {}): MinedTransaction {
  const input = enigma.encodeFunctionData("recordTask", [CONTRACT, inputsHash, terms])
  const { topics, data } = enigma.encodeEventLog("TaskRecorded", [CONTRACT, USER, inputsHash, terms])
  const calldata = [...Buffer.from(input.slice(2), "hex")].reduce((sum, byte) => sum + (byte === 0 ? 4 : 16), 0)
  return {
    ...{ from: USER, to: ENIGMA, value: "0x0", input, status: "0x1" },
    gasUsed: `0x${(47_000 + calldata).toString(16)}`,
    logs: [{ address: ENIGMA, topics, data }],
    ...change,
  }
}
const told = (a: readonly MinedTransaction[], b: readonly MinedTransaction[]) =>
  differences(chainFacts(a, ENIGMA), chainFacts(b, ENIGMA)).map(describeDifference)

describe("what the chain shows", () => {
  it("is equal for records that differ by their ciphertext alone", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const inputsHash = `0x${Buffer.from(bytes)
          .toString("hex")
          .replace(/^0{64}$/, "01".repeat(32))}`
        assert.deepEqual(told([record(hash("5a"))], [record(inputsHash)]), [])
      }),
    )
  })

  const other = `0x${"0b".repeat(20)}`
  const log = (data: string, address = other) => ({ address, topics: [hash("77")], data })
  for (const [what, changed, expected] of [
    ["the gas limit of the record", record(hash("5a"), 6n), /terms: 5 with the first secret, 6 with the second/],
    ["gas", record(hash("5a"), 5n, { gasUsed: "0xbeef" }), /gas, zero bytes/],
    ["wei", record(hash("5a"), 5n, { value: "0x1" }), /wei: 0 .* 1 /],
    ["the sender", record(hash("5a"), 5n, { from: other }), /sender/],
    ["the status", record(hash("5a"), 5n, { status: "0x0" }), /status/],
    ["one event more", record(hash("5a"), 5n, { logs: [...record(hash("5a")).logs, log("0x")] }), /events: 1 .* 2 /],
    ["another target", record(hash("5a"), 5n, { to: other }), /nothing with the second/],
  ] as const)
    it(`shows ${what}`, () => {
      assert.match(told([record(hash("5a"))], [changed]).join("\n"), expected)
    })

  it("counts what other contracts are told and say byte for byte", () => {
    const call = (input: string, data: string): MinedTransaction => ({
      ...record(hash("5a")),
      to: other,
      input,
      logs: [log(data)],
    })
    assert.deepEqual(told([call("0x12", "0x34")], [call("0x12", "0x34")]), [])
    assert.match(told([call("0x12", "0x34")], [call("0x13", "0x34")]).join(), /calldata: 0x12 .* 0x13/)
    assert.match(told([call("0x12", "0x34")], [call("0x12", "0x35")]).join(), /event 1: data: 0x34 .* 0x35/)
  })

  it("sees the order of events", () => {
    const [a, b] = [log("0xaa"), log("0xbb")]
    assert.match(
      told([record(hash("5a"), 5n, { logs: [a, b] })], [record(hash("5a"), 5n, { logs: [b, a] })]).join(),
      /event 1: data/,
    )
  })

  it("sees one transaction more, and leaves out openings of epochs", () => {
    assert.match(told([record(hash("5a"))], [record(hash("5a")), record(hash("5b"))]).join(), /transactions: 1 .* 2 /)
    const fragment = enigma.getEvent("EpochOpened")!
    const zero = (type: string) =>
      type.endsWith("]") ? [] : type.startsWith("bytes") ? hash("01").slice(0, type === "bytes" ? 4 : 66) : 1
    const args = fragment.inputs.map(({ type }) => (type === "address" ? USER : zero(type)))
    const { topics, data } = enigma.encodeEventLog(fragment, args)
    const opening = { ...record(hash("01")), logs: [{ address: ENIGMA, topics, data }] }
    assert.deepEqual(told([record(hash("5a"))], [record(hash("5a")), opening]), [])
  })

  it("sees what only one of the two shows", () => {
    const [a, b] = [
      { what: "a", value: "1" },
      { what: "b", value: "2" },
    ]
    assert.deepEqual(differences([a], [a, b]).map(describeDifference), [
      "b: nothing with the first secret, 2 with the second",
    ])
    assert.deepEqual(differences([a, b], [a]).map(describeDifference), [
      "b: 2 with the first secret, nothing with the second",
    ])
    assert.deepEqual(differences([b, a], [a, b]), [])
  })

  it("tells gas under the floor of calldata from execution", () => {
    assert.equal(executionGas(21_000n + 10n * 3n + 40n * 1n, "0x00000001"), "the floor of its calldata")
    assert.equal(executionGas(30_000n, "0x0001"), executionGas(30_012n, "0x0101"))
    assert.notEqual(executionGas(30_000n, "0x0101"), executionGas(30_012n, "0x0101"))
  })
})
