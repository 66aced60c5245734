import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { TAG, TAG_NAMES, type TagName } from "@enigma-discovery/protocol"
import { hmacSha256, keccak256, SecretKey } from "../src/index.ts"
import { bytes, hex, primitives, utf8 } from "./support/vectors.ts"

describe("keccak256", () => {
  it("is Ethereum's", () => {
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
