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
  rememberValidSignatures,
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
})
