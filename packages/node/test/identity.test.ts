import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { generateKeyPairFromSeed } from "@libp2p/crypto/keys"
import { ed25519Identity } from "../src/p2p/identity.ts"

describe("peer identity of a network inside one process", () => {
  it("is the key that libp2p makes of the same seed, and signs as it does", async () => {
    for (const fill of [0, 1, 255]) {
      const seed = new Uint8Array(32).fill(fill)
      const [ours, theirs] = [ed25519Identity(seed), await generateKeyPairFromSeed("Ed25519", seed)]
      assert.ok(ours.equals(theirs))
      const message = new TextEncoder().encode("hello")
      assert.deepEqual(await ours.sign(message), await theirs.sign(message))
      assert.ok(await theirs.publicKey.verify(message, await ours.sign(message)))
    }
  })

  it("needs 32 bytes", () => {
    assert.throws(() => ed25519Identity(new Uint8Array(31)))
    assert.throws(() => ed25519Identity(new Uint8Array(33)))
  })
})
