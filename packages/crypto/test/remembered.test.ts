import assert from "node:assert/strict"
import { describe, it } from "node:test"
import {
  addressOfSigningKey,
  blsPublicKey,
  blsSign,
  blsVerify,
  keccak256,
  newBlsSecretKey,
  newSigningKey,
  recoverAddress,
  rememberBlsKeyPair,
  rememberValidSignatures,
  SecretKey,
  signDigest,
} from "../src/index.ts"

const bytes = (text: string) => new TextEncoder().encode(text)

describe("signatures that are remembered", () => {
  rememberValidSignatures()

  it("tell their signer again, and no other digest's", () => {
    const key = newSigningKey()
    const [digest, other] = [keccak256(bytes("a")), keccak256(bytes("b"))]
    const signature = signDigest(digest, key)
    const address = addressOfSigningKey(key)
    recoverAddress(digest, signature).fill(0) // what the caller does to its copy stays there
    assert.deepEqual(recoverAddress(digest, signature), address)
    assert.notDeepEqual(recoverAddress(other, signature), address)
    const flipped = signature.slice()
    flipped[64] = 55 - flipped[64]!
    assert.notDeepEqual(recoverAddress(digest, flipped), address)
  })

  it("are valid again for their message, key and domain, and for no others", () => {
    const key = newBlsSecretKey()
    const [message, domain] = [bytes("message"), bytes("domain")]
    const signature = blsSign(message, key, domain)
    const publicKey = blsPublicKey(key)
    const holds = (m = message, p = publicKey, d = domain) => blsVerify(signature, m, p, d)
    assert.deepEqual([holds(), holds()], [true, true])
    for (let again = 0; again < 2; again++)
      assert.deepEqual(
        [holds(bytes("other")), holds(message, blsPublicKey(newBlsSecretKey())), holds(message, publicKey, bytes("x"))],
        [false, false, false],
      )
    const [head, tail] = [signature.subarray(0, -1), signature.subarray(-1)]
    assert.equal(blsVerify(head, Uint8Array.of(...tail, ...message), publicKey, domain), false)
  })

  it("name the key that made them here, whichever form it was given in", () => {
    const key = newSigningKey()
    const bare = key.expose((secret) => secret.slice())
    const digest = keccak256(bytes("made here"))
    for (const given of [key, bare, SecretKey.copy(bare)])
      assert.deepEqual(recoverAddress(digest, signDigest(digest, given)), addressOfSigningKey(bare))
    const signature = signDigest(digest, key)
    key.wipe()
    assert.throws(() => addressOfSigningKey(key), { name: "CRYPTO_KEY_WIPED" })
    assert.deepEqual(recoverAddress(digest, signature), addressOfSigningKey(bare))
    const forged = signature.slice()
    forged[40]! ^= 1
    assert.throws(() => assert.deepEqual(recoverAddress(digest, forged), addressOfSigningKey(bare)))
  })

  it("hold for a known committee's key alone, and for what was signed with it", () => {
    const [key, other] = [newBlsSecretKey(), newBlsSecretKey()]
    const [publicKey, domain] = [blsPublicKey(key), bytes("domain")]
    rememberBlsKeyPair(key, publicKey)
    const message = bytes("beacon")
    assert.equal(blsVerify(blsSign(message, key, domain), message, publicKey, domain), true)
    const foreign = blsSign(message, other, domain)
    const holds = [
      blsVerify(foreign, message, publicKey, domain),
      blsVerify(blsSign(message, key, domain), bytes("another"), publicKey, domain),
      blsVerify(blsSign(message, key, domain), message, publicKey, bytes("another")),
      blsVerify(blsSign(message, key, domain), message, blsPublicKey(other), domain),
    ]
    assert.deepEqual(holds, [false, false, false, false])
  })
})
