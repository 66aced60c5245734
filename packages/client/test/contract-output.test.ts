import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { describe, it } from "node:test"
import { concatBytes, fromHex } from "@enigma-discovery/protocol"
import { Interface } from "ethers"
import { type Abi, clientErrors, decodeEvent, decodeRevert } from "../src/index.ts"

interface Case {
  readonly signature: string
  readonly args: readonly string[]
}
const { events, errors } = JSON.parse(
  readFileSync(new URL("../../testing/vectors/contracts.json", import.meta.url), "utf8"),
) as {
  readonly events: readonly (Case & { readonly bytes: string })[]
  readonly errors: readonly (Case & { readonly message: string })[]
}
const fragments = [
  ...events.map(({ signature }) => `event ${signature}`),
  ...errors.map(({ signature }) => `error ${signature}`),
  "event Named(address indexed who, tuple(uint256 amount, string note) what)",
]
const contract = new Interface(fragments)
const abi = JSON.parse(contract.formatJson()) as Abi

const texts = (args: readonly unknown[]) => args.map((arg) => String(arg).toLowerCase())
const nameOf = ({ signature }: Case) => signature.slice(0, signature.indexOf("("))
const reverted = (message: string) => clientErrors.make("TASK_REVERTED", { taskId: "0x", message, gasUsed: 1n })

describe("a contract's events and errors", () => {
  for (const one of events)
    it(`reads the event ${one.signature}`, () => {
      const found = decodeEvent(abi, fromHex(one.bytes))
      assert.equal(found?.name, nameOf(one))
      assert.deepEqual(texts(found.args), texts(one.args))
    })

  for (const one of errors)
    it(`reads the error ${one.signature}, from an outcome, a query or its text`, () => {
      const query = clientErrors.make("QUERY_REVERTED", { message: one.message })
      for (const given of [reverted(one.message), query, one.message]) {
        const found = decodeRevert(abi, given)
        assert.equal(found?.name, nameOf(one))
        assert.deepEqual(texts(found.args), texts(one.args))
      }
    })

  it("tells arguments by name, tuples as objects", () => {
    const what = { amount: 7n, note: "for tea" }
    // Nothing is indexed in a sealed event: all arguments stand behind the hash.
    const body = new Interface(["event Named(address who, tuple(uint256 amount, string note) what)"])
    const { topics, data } = body.encodeEventLog("Named", [`0x${"c0".repeat(20)}`, what])
    const plain = JSON.parse(body.formatJson()) as Abi
    const found = decodeEvent(plain, fromHex(`${topics[0]}${data.slice(2)}`))
    assert.deepEqual(found?.named.what, what)
    assert.deepEqual(found?.args[1], what)
  })

  it("says nothing of bytes and texts that are none of the ABI's", () => {
    const [paid] = events.map(({ bytes }) => fromHex(bytes))
    for (const bytes of [new Uint8Array(), paid!.slice(0, 31), paid!.slice(0, 64), new Uint8Array(64)])
      assert.equal(decodeEvent(abi, bytes), undefined)
    assert.equal(decodeEvent(abi, concatBytes(paid!.slice(0, 32), new Uint8Array(96).fill(255))), undefined)
    const [{ message }] = errors as readonly [Case & { readonly message: string }]
    const none = ["too late", "0x", message.slice(0, -64), `${message}00`, message.toUpperCase(), `0x${"ab".repeat(4)}`]
    for (const text of none) assert.equal(decodeRevert(abi, text), undefined, text)
    for (const other of [undefined, new Error(message), clientErrors.make("TASK_EXPIRED", { taskId: message })])
      assert.equal(decodeRevert(abi, other), undefined)
  })

  it("refuses what is no ABI", () => {
    assert.throws(
      () => decodeEvent({} as Abi, new Uint8Array(32)),
      (error) => clientErrors.is(error, "BAD_OPTION"),
    )
  })
})
