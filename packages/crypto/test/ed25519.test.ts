import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { ed25519Verify } from "../src/index.ts"
import { bytes, primitives } from "./support/vectors.ts"

describe("ed25519Verify", () => {
  it("accepts RFC 8032 and refuses each altered byte", () => {
    for (const t of primitives.ed25519.cases) {
      const [signature, message, key] = [bytes(t.signature), bytes(t.message), bytes(t.public)] as const
      assert.equal(ed25519Verify(signature, message, key), true)
      for (const i of [0, 31, 32, 63])
        assert.equal(
          ed25519Verify(
            signature.map((b, j) => (i === j ? b ^ 1 : b)),
            message,
            key,
          ),
          false,
        )
      assert.equal(ed25519Verify(signature, Uint8Array.of(...message, 0), key), false)
      assert.equal(
        ed25519Verify(
          signature,
          message,
          key.map((b) => b ^ 1),
        ),
        false,
      )
    }
  })

  it("says no, and never throws, for malformed input", () => {
    const t = primitives.ed25519.cases[0]!
    assert.equal(ed25519Verify(bytes(t.signature).subarray(1), bytes(t.message), bytes(t.public)), false)
    assert.equal(ed25519Verify(bytes(t.signature), bytes(t.message), new Uint8Array(31)), false)
    assert.equal(ed25519Verify(new Uint8Array(64).fill(255), new Uint8Array(), new Uint8Array(32).fill(255)), false)
    // The identity as key and R with s = 0 satisfies the bare equation for every message; strict verification refuses it.
    const identity = Uint8Array.of(1, ...new Uint8Array(31))
    assert.equal(ed25519Verify(Uint8Array.of(...identity, ...new Uint8Array(32)), new Uint8Array(5), identity), false)
  })
})
