import assert from "node:assert/strict"
import { describe, it } from "node:test"
import type { Hex } from "@enigma-discovery/protocol"
import { AbiCoder, getAddress, hexlify, toUtf8Bytes } from "ethers"
import { decodeState } from "../src/state-values.ts"

const word = (type: string, value: unknown): Hex => AbiCoder.defaultAbiCoder().encode([type], [value]) as Hex
const name = (text: string): Hex => hexlify(toUtf8Bytes(text)) as Hex
const under = (variable: string, key: Hex): Hex => `${name(variable)}00${key.slice(2)}`
const ALICE = `0x${"0a".repeat(20)}`

describe("decoded state", () => {
  it("names values, mappings and lists as the source does", () => {
    const raw = new Map<Hex, Hex>([
      [name("bids"), word("uint32", 2)],
      [under("bids", word("uint32", 0)), word("uint256", 5n)],
      [under("bids", word("uint32", 1)), word("uint256", 6n)],
      [name("title"), word("string", "flat, third floor")],
      [under("worth", word("address", ALICE)), word("uint256", 7n)],
      [`${under("votes", word("string", "poll"))}${word("uint8", 1).slice(2)}`, word("bool", true)],
      [`${under("votes", word("string", "poll"))}${word("uint8", 2).slice(2)}`, word("bool", false)],
      [name("worthless"), word("bool", true)],
    ])
    const state = decodeState(
      [
        { name: "title", kind: "value", keys: [], value: "string", isPublic: false },
        { name: "never", kind: "value", keys: [], value: "string", isPublic: false },
        { name: "worth", kind: "mapping", keys: ["address"], value: "uint256", isPublic: false },
        { name: "votes", kind: "mapping", keys: ["string", "uint8"], value: "bool", isPublic: false },
        { name: "bids", kind: "list", keys: [], value: "uint256", isPublic: true },
      ],
      raw,
    )
    assert.deepEqual(state, {
      title: "flat, third floor",
      worth: new Map([[getAddress(ALICE), 7n]]),
      votes: new Map([
        [
          "poll",
          new Map([
            [1n, true],
            [2n, false],
          ]),
        ],
      ]),
      bids: [5n, 6n],
    })
  })

  it("shows no more items than there can be, whatever a broken list tells", () => {
    const entries = [{ name: "bids", kind: "list", keys: [], value: "uint256", isPublic: false }] as const
    const raw = new Map<Hex, Hex>([
      [name("bids"), word("uint32", 2 ** 32 - 1)],
      [under("bids", word("uint32", 0)), word("uint256", 5n)],
    ])
    assert.deepEqual(decodeState(entries, raw), { bids: [5n, undefined] })
  })

  it("shows what is not of its type as it is kept", () => {
    const entries = [{ name: "n", kind: "value", keys: [], value: "string", isPublic: false }] as const
    assert.deepEqual(decodeState(entries, new Map([[name("n"), "0x01"]])), { n: "0x01" })
  })
})
