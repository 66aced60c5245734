import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { Signature, SigningKey, Wallet } from "ethers"
import fc from "fast-check"
import {
  addressOfPublicKey,
  addressOfSigningKey,
  cryptoErrors,
  keccak256,
  newSigningKey,
  recoverAddress,
  SecretKey,
  signDigest,
} from "../src/index.ts"
import { bytes, hex, primitives, utf8 } from "./support/vectors.ts"

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const be32 = (value: bigint) => bytes(value.toString(16).padStart(64, "0"))
const throwsCode = (code: Parameters<typeof cryptoErrors.is>[1], run: () => unknown) =>
  assert.throws(run, (error) => cryptoErrors.is(error, code))
const { eip712 } = primitives
const digest = bytes(eip712.digest)
const cow = SecretKey.take(keccak256(utf8(eip712.signerText)))

describe("secp256k1", () => {
  it("signs the EIP-712 example to the published bytes", () => {
    assert.equal(hex(signDigest(digest, cow)), eip712.signature)
    assert.equal(hex(addressOfSigningKey(cow)), eip712.signer)
    assert.equal(hex(recoverAddress(digest, bytes(eip712.signature))), eip712.signer)
  })

  it("signs and recovers as another implementation does, deterministically, with low s", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.bigInt(1n, ORDER - 1n), (message, scalar) => {
        const secret = be32(scalar)
        const ours = signDigest(message, secret)
        const theirs = new SigningKey(`0x${hex(secret)}`).sign(message)
        assert.equal(`0x${hex(ours)}`, theirs.serialized)
        assert.equal(hex(addressOfSigningKey(secret)), new Wallet(`0x${hex(secret)}`).address.slice(2).toLowerCase())
        assert.deepEqual(recoverAddress(message, ours), addressOfSigningKey(secret))
      }),
      { numRuns: 20 },
    )
  })

  it("recovers only the one form of a signature", () => {
    const good = signDigest(digest, cow)
    const s = BigInt(`0x${hex(good.subarray(32, 64))}`)
    const malleable = good.slice()
    malleable.set(be32(ORDER - s), 32)
    malleable[64] = good[64] === 27 ? 28 : 27
    throwsCode("BAD_SIGNATURE", () => recoverAddress(digest, malleable))
    for (const v of [0, 1, 26, 29, 255])
      throwsCode("BAD_SIGNATURE", () => recoverAddress(digest, Uint8Array.of(...good.subarray(0, 64), v)))
    for (const r of [0n, ORDER, ORDER + 1n]) {
      const bent = good.slice()
      bent.set(be32(r), 0)
      throwsCode("BAD_SIGNATURE", () => recoverAddress(digest, bent))
    }
    const zeroS = good.slice().fill(0, 32, 64)
    throwsCode("BAD_SIGNATURE", () => recoverAddress(digest, zeroS))
    throwsCode("BAD_LENGTH", () => recoverAddress(digest, good.subarray(0, 64)))
    throwsCode("BAD_LENGTH", () => recoverAddress(digest.subarray(1), good))
    assert.notDeepEqual(recoverAddress(keccak256(digest), good), addressOfSigningKey(cow))
  })

  it("agrees with another implementation on hostile signatures, or refuses", () => {
    const arbitrary = fc.uint8Array({ minLength: 64, maxLength: 64 })
    fc.assert(
      fc.property(arbitrary, fc.constantFrom(27, 28), (rs, v) => {
        const signature = Uint8Array.of(...rs, v)
        let ours: string | undefined
        try {
          ours = hex(recoverAddress(digest, signature))
        } catch (error) {
          assert.ok(cryptoErrors.is(error, "BAD_SIGNATURE"))
        }
        if (ours !== undefined) {
          const key = SigningKey.recoverPublicKey(digest, Signature.from(`0x${hex(signature)}`))
          assert.equal(hex(addressOfPublicKey(bytes(key.slice(2)))), ours)
        }
      }),
      { numRuns: 30 },
    )
  })

  it("refuses secret keys out of range and public keys off the curve", () => {
    for (const bad of [0n, ORDER, ORDER + 1n, 2n ** 256n - 1n]) {
      throwsCode("BAD_SECRET_KEY", () => signDigest(digest, be32(bad)))
      throwsCode("BAD_SECRET_KEY", () => addressOfSigningKey(be32(bad)))
    }
    throwsCode("BAD_LENGTH", () => signDigest(digest, new Uint8Array(31).fill(1)))
    throwsCode("BAD_LENGTH", () => signDigest(digest.subarray(1), cow))
    throwsCode("BAD_PUBLIC_KEY", () => addressOfPublicKey(Uint8Array.of(2, ...new Uint8Array(32).fill(255))))
    throwsCode("BAD_PUBLIC_KEY", () => addressOfPublicKey(new Uint8Array(0)))
  })

  it("makes fresh keys", () => {
    assert.notDeepEqual(addressOfSigningKey(newSigningKey()), addressOfSigningKey(newSigningKey()))
  })
})
