import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { TAG, TAG_NAMES, type TagName } from "@enigma-discovery/protocol"
import fc from "fast-check"
import { hmacSha256, keccak256, SecretKey } from "../src/index.ts"
import { bytes, hex, primitives, utf8 } from "./support/vectors.ts"

describe("keccak256", () => {
  it("is Ethereum's", () => {
    for (const { message, digest } of primitives.keccak256.cases) assert.equal(hex(keccak256(bytes(message))), digest)
  })

  it("is the same in WASM, which takes its place where the node:crypto door is open (property)", async () => {
    const inputs = fc.sample(fc.uint8Array({ maxLength: 700 }), { numRuns: 200, seed: 1 })
    const long = new Uint8Array(70_000).map((_, i) => i * 31)
    const lengths = [135, 136, 137, 16_384, 16_385, 70_000].map((length) => long.slice(0, length))
    const before = [...inputs, ...lengths].map((data) => keccak256(data))
    await import("../src/node.ts")
    assert.deepEqual(
      [...inputs, ...lengths].map((data) => keccak256(data)),
      before,
    )
    for (const { message, digest } of primitives.keccak256.cases) assert.equal(hex(keccak256(bytes(message))), digest)
  })

  it("makes the domain tags from their names (PROTOCOL §1.3)", () => {
    for (const name of Object.keys(TAG_NAMES) as TagName[])
      assert.equal(hex(TAG[name]), hex(keccak256(utf8(TAG_NAMES[name]))), name)
    assert.equal(new Set(Object.values(TAG).map(hex)).size, Object.keys(TAG_NAMES).length)
  })
})

describe("hmacSha256", () => {
  it("is RFC 2104 with SHA-256", () => {
    for (const { key, data, mac } of primitives.hmacSha256.cases) {
      assert.equal(hex(hmacSha256(bytes(key), bytes(data))), mac)
      assert.equal(hex(hmacSha256(SecretKey.take(bytes(key)), bytes(data))), mac)
    }
  })
})
