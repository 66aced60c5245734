import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { addressOfSigningKey, hmacSha256, keccak256, signDigest } from "@enigma-discovery/crypto"
import { nodeCrypto } from "@enigma-discovery/crypto/node"
import { concatBytes, MAX_RANDOM_BYTES_PER_TASK, utf8Bytes } from "@enigma-discovery/protocol"
import { hostCrypto } from "../src/core/host-crypto.ts"
import { namedKey } from "./support/fake-chain.ts"
import { secp256k1PublicKey } from "./support/public-key.ts"

const seed = keccak256(utf8Bytes("seed"))
const block = (k: number) => hmacSha256(seed, Uint8Array.of(0, 0, 0, k))

describe("a contract's cryptography", () => {
  it("draws the blocks of PROTOCOL §6.5, byte by byte", () => {
    const { random } = hostCrypto(nodeCrypto, seed)
    const drawn = concatBytes(random(1), random(40), random(0), random(23))
    assert.deepEqual(drawn, concatBytes(block(0), block(1)))
    assert.deepEqual(hostCrypto(nodeCrypto, seed).random(64), drawn)
  })

  it("draws no more than a task may", () => {
    const { random } = hostCrypto(nodeCrypto, seed)
    for (let i = 0; i < MAX_RANDOM_BYTES_PER_TASK / 1_024; i++) random(1_024)
    assert.throws(() => random(1))
  })

  it("recovers and verifies secp256k1 signatures, and answers nonsense with no", () => {
    const { recoverSecp256k1, verifySecp256k1 } = hostCrypto(nodeCrypto, seed)
    const key = namedKey("signer")
    const hash = keccak256(utf8Bytes("message"))
    const signature = signDigest(hash, key)
    const [rs, recovery] = [signature.slice(0, 64), signature[64]! - 27]
    assert.deepEqual(recoverSecp256k1(hash, rs, recovery), addressOfSigningKey(key))
    assert.equal(recoverSecp256k1(hash, new Uint8Array(64), 0), undefined)
    for (const compressed of [true, false]) {
      const publicKey = secp256k1PublicKey(key, compressed)
      assert.equal(verifySecp256k1(hash, rs, publicKey), true)
      assert.equal(verifySecp256k1(keccak256(hash), rs, publicKey), false)
      assert.equal(
        verifySecp256k1(
          hash,
          rs.map((b, i) => (i === 3 ? b ^ 1 : b)),
          publicKey,
        ),
        false,
      )
    }
    assert.equal(verifySecp256k1(hash, rs, new Uint8Array(33)), false)
  })

  it("seals and opens, and opens nothing that was altered", () => {
    const { aesGcmSeal, aesGcmOpen } = hostCrypto(nodeCrypto, seed)
    const [key, nonce, aad] = [new Uint8Array(32).fill(1), new Uint8Array(12), utf8Bytes("aad")]
    const box = aesGcmSeal(key, nonce, aad, utf8Bytes("text"))
    assert.deepEqual(aesGcmOpen(key, nonce, aad, box), utf8Bytes("text"))
    assert.equal(aesGcmOpen(key, nonce, utf8Bytes("other"), box), undefined)
    assert.equal(aesGcmOpen(key, nonce, aad, box.slice(0, 5)), undefined)
  })
})
