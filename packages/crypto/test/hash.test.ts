import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { keccak256 } from "../src/index.ts"
import { bytes, hex, primitives } from "./support/vectors.ts"

describe("keccak256", () => {
  it("is Ethereum's", () => {
    for (const { message, digest } of primitives.keccak256.cases) assert.equal(hex(keccak256(bytes(message))), digest)
  })
})
