import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { format, inspect } from "node:util"
import { cryptoErrors, equalConstantTime, SecretKey, wipe } from "../src/index.ts"
import { hex } from "./support/vectors.ts"

const canary = Uint8Array.from({ length: 32 }, (_, i) => 0xa0 + i)
const forms = [
  hex(canary),
  Buffer.from(canary).toString("base64"),
  canary.join(","),
  canary.join(", "),
  JSON.stringify(canary).slice(1, -1),
]

describe("SecretKey", () => {
  it("never prints its bytes", () => {
    const key = SecretKey.copy(canary)
    const holder = { key, list: [key] }
    const printed = [
      `${key}`,
      String(key),
      JSON.stringify(holder),
      inspect(holder, { depth: 9, showHidden: true }),
      format("%o %O %s %j", key, key, key, holder),
      JSON.stringify({ ...key }),
      JSON.stringify(structuredClone({ ...key })),
      Object.getOwnPropertyNames(key).join(),
    ]
    for (const text of printed) for (const form of forms) assert.ok(!text.includes(form), text)
    assert.match(printed[0]!, /redacted/)
  })

  it("wipes the array it owns, and refuses every later use", () => {
    const owned = canary.slice()
    const key = SecretKey.take(owned)
    assert.equal(key.length, 32)
    key.wipe()
    key.wipe()
    assert.ok(owned.every((b) => b === 0))
    assert.equal(key.wiped, true)
    assert.throws(
      () => key.expose(hex),
      (error) => cryptoErrors.is(error, "KEY_WIPED"),
    )
    assert.throws(
      () => key.length,
      (error) => cryptoErrors.is(error, "KEY_WIPED"),
    )
  })

  it("a copy is independent of its source", () => {
    const source = canary.slice()
    const key = SecretKey.copy(source)
    wipe(source)
    assert.equal(key.expose(hex), hex(canary))
  })

  it("is wiped at the end of a `using` scope", () => {
    const owned = canary.slice()
    {
      using key = SecretKey.take(owned)
      assert.equal(key.wiped, false)
    }
    assert.ok(owned.every((b) => b === 0))
  })
})

describe("equalConstantTime", () => {
  it("compares content and length", () => {
    assert.equal(equalConstantTime(canary, canary.slice()), true)
    assert.equal(equalConstantTime(canary, canary.subarray(1)), false)
    for (let i = 0; i < canary.length; i++) {
      assert.equal(
        equalConstantTime(
          canary,
          canary.map((b, j) => (i === j ? b ^ 1 : b)),
        ),
        false,
      )
    }
    assert.equal(equalConstantTime(new Uint8Array(), new Uint8Array()), true)
  })
})
