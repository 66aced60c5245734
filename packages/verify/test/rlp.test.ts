import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { fromHex, toHex, utf8Bytes } from "@enigma-discovery/protocol"
import { encodeRlp } from "ethers"
import fc from "fast-check"
import { decodeRlpList, decodeRlpString, encodeRlpList, encodeRlpString, verifyErrors } from "../src/index.ts"
import { refuses } from "./support/checks.ts"

const LOREM = "Lorem ipsum dolor sit amet, consectetur adipisicing elit"

describe("RLP", () => {
  it("matches the examples of the Ethereum wiki", () => {
    const text = (s: string) => toHex(encodeRlpString(utf8Bytes(s)))
    assert.equal(text("dog"), "0x83646f67")
    assert.equal(text(""), "0x80")
    assert.equal(toHex(encodeRlpString(Uint8Array.of(0x0f))), "0x0f")
    assert.equal(toHex(encodeRlpString(Uint8Array.of(0x04, 0x00))), "0x820400")
    assert.equal(text(LOREM), `0xb838${toHex(utf8Bytes(LOREM)).slice(2)}`)
    assert.equal(
      toHex(encodeRlpList([encodeRlpString(utf8Bytes("cat")), encodeRlpString(utf8Bytes("dog"))])),
      "0xc88363617483646f67",
    )
    assert.equal(toHex(encodeRlpList([])), "0xc0")
  })

  it("encodes as another implementation does, and decodes what it encoded", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (strings) => {
        const encoded = encodeRlpList(strings.map(encodeRlpString))
        assert.equal(toHex(encoded), encodeRlp(strings.map(toHex)))
        assert.deepEqual(
          decodeRlpList(encoded, 20, "list").map((item) => Uint8Array.from(item.payload)),
          strings,
        )
      }),
    )
  })

  it("reads any bytes as their one encoding, or refuses them", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        try {
          const items = decodeRlpList(bytes, 40, "list")
          assert.deepEqual(encodeRlpList(items.map((item) => item.raw)), bytes)
        } catch (error) {
          assert.ok(verifyErrors.is(error, "RLP"))
        }
        try {
          assert.deepEqual(encodeRlpString(decodeRlpString(bytes, "string")), bytes)
        } catch (error) {
          assert.ok(verifyErrors.is(error, "RLP"))
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it("refuses each non-canonical form", () => {
    const cases: Record<string, string> = {
      "small byte with a prefix": "0x8105",
      "long form for a short string": `0xb801${"80"}`,
      "long form at 55": `0xb837${"00".repeat(55)}`,
      "leading zero in a length": `0xb90038${"00".repeat(56)}`,
      "cut in the content": "0x83646f",
      "cut in the length": "0xb9",
      nothing: "0x",
      "bytes after the end": "0x83646f6700",
      "length of 8 bytes": "0xbfffffffffffffffff",
      "length of 4 GiB": "0xbbffffffff",
    }
    for (const [what, hex] of Object.entries(cases)) refuses("RLP", () => decodeRlpString(fromHex(hex), what))
    refuses("RLP", () => decodeRlpList(fromHex("0x83646f67"), 9, "a string"))
    refuses("RLP", () => decodeRlpString(fromHex("0xc0"), "a list"))
    refuses("RLP", () => decodeRlpList(fromHex("0xc3010203"), 2, "three items"))
    refuses("RLP", () => decodeRlpList(fromHex("0xc28364"), 9, "an item beyond its list"))
  })

  it("decodes deep nesting one level at a time", () => {
    let bytes = encodeRlpList([])
    for (let depth = 0; depth < 1_000; depth++) bytes = encodeRlpList([bytes])
    const [item] = decodeRlpList(bytes, 1, "nested")
    assert.equal(item!.isList, true)
  })
})
