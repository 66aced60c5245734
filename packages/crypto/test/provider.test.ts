import assert from "node:assert/strict"
import { describe, it } from "node:test"
import fc from "fast-check"
import { cryptoErrors, nobleCrypto, presentCrypto, SecretKey } from "../src/index.ts"
import { nodeCrypto } from "../src/node.ts"
import { bytes, hex, primitives } from "./support/vectors.ts"

const key32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
const nonce12 = fc.uint8Array({ minLength: 12, maxLength: 12 })
const data = fc.uint8Array({ maxLength: 200 })
const throwsCode = (code: Parameters<typeof cryptoErrors.is>[1], run: () => unknown) =>
  assert.throws(run, (error) => cryptoErrors.is(error, code))

/** The conformance suite of a `CryptoProvider`: the same cases for both forms. */
for (const provider of [nobleCrypto, nodeCrypto]) {
  describe(`crypto provider, ${provider.name} form`, () => {
    it("hashes as FIPS 180-4", () => {
      for (const { message, digest } of primitives.sha256.cases)
        assert.equal(hex(provider.sha256(bytes(message))), digest)
    })

    it("derives as RFC 5869", () => {
      for (const { ikm, salt, info, length, okm } of primitives.hkdfSha256.cases) {
        assert.equal(hex(provider.hkdfSha256(bytes(ikm), bytes(salt), bytes(info), length)), okm)
      }
    })

    it("refuses HKDF lengths outside RFC 5869", () => {
      for (const length of [0, -1, 1.5, 8161, Number.NaN]) {
        throwsCode("OUT_OF_RANGE", () =>
          provider.hkdfSha256(new Uint8Array(32), new Uint8Array(), new Uint8Array(), length),
        )
      }
    })

    for (const [name, seal, open] of [
      ["aes256Gcm", provider.aes256GcmSeal, provider.aes256GcmOpen],
      ["aes256GcmSiv", provider.aes256GcmSivSeal, provider.aes256GcmSivOpen],
    ] as const) {
      it(`${name}: matches the published vectors both ways`, () => {
        for (const t of primitives[name].cases) {
          const parameters = { key: bytes(t.key), nonce: bytes(t.nonce), associatedData: bytes(t.aad) }
          assert.equal(hex(seal(parameters, bytes(t.plaintext))), t.sealed)
          assert.equal(hex(open(parameters, bytes(t.sealed))), t.plaintext)
        }
      })

      it(`${name}: opens what it sealed and nothing else, with one error`, () => {
        fc.assert(
          fc.property(
            key32,
            nonce12,
            data,
            data,
            fc.nat(),
            fc.integer({ min: 1, max: 255 }),
            (key, nonce, ad, text, where, flip) => {
              const parameters = { key: SecretKey.copy(key), nonce, associatedData: ad }
              const sealed = seal(parameters, text)
              const opened = open(parameters, sealed)
              assert.deepEqual(opened, text)
              assert.equal(Object.getPrototypeOf(opened), Uint8Array.prototype, "never a Buffer")
              const bent = (of: Uint8Array) => of.map((b, i) => (i === where % of.length ? b ^ flip : b))
              throwsCode("OPEN_FAILED", () => open(parameters, bent(sealed)))
              throwsCode("OPEN_FAILED", () => open(parameters, sealed.subarray(0, where % sealed.length)))
              throwsCode("OPEN_FAILED", () => open({ ...parameters, key: bent(key) }, sealed))
              throwsCode("OPEN_FAILED", () => open({ ...parameters, nonce: bent(nonce) }, sealed))
              throwsCode("OPEN_FAILED", () => open({ ...parameters, associatedData: Uint8Array.of(...ad, 0) }, sealed))
            },
          ),
          { numRuns: 50 },
        )
      })

      it(`${name}: the error of a failed open carries neither cause nor data`, () => {
        const parameters = { key: new Uint8Array(32), nonce: new Uint8Array(12), associatedData: new Uint8Array() }
        try {
          open(parameters, new Uint8Array(40))
          assert.fail("opened")
        } catch (error) {
          assert.ok(cryptoErrors.is(error, "OPEN_FAILED"))
          assert.equal(error.cause, undefined)
          assert.deepEqual(error.data, {})
        }
      })

      it(`${name}: refuses keys and nonces of another length`, () => {
        const parameters = { key: new Uint8Array(32), nonce: new Uint8Array(12), associatedData: new Uint8Array() }
        for (const bad of [
          { key: new Uint8Array(16) },
          { key: new Uint8Array(31) },
          { nonce: new Uint8Array(16) },
          { nonce: new Uint8Array() },
        ]) {
          throwsCode("BAD_LENGTH", () => seal({ ...parameters, ...bad }, new Uint8Array(1)))
          throwsCode("BAD_LENGTH", () => open({ ...parameters, ...bad }, new Uint8Array(20)))
        }
      })
    }

    it("agrees with RFC 7748", () => {
      const { cases, keyPairs, sharedOfKeyPairs } = primitives.x25519
      for (const t of cases)
        assert.equal(provider.x25519SharedSecret(bytes(t.secret), bytes(t.public)).expose(hex), t.shared)
      for (const t of keyPairs) assert.equal(hex(provider.x25519PublicKey(bytes(t.secret))), t.public)
      const [a, b] = keyPairs
      assert.equal(provider.x25519SharedSecret(bytes(a!.secret), bytes(b!.public)).expose(hex), sharedOfKeyPairs)
      assert.equal(provider.x25519SharedSecret(bytes(b!.secret), bytes(a!.public)).expose(hex), sharedOfKeyPairs)
    })

    it("refuses public keys of small order: their shared secret is known to everyone", () => {
      const { secretKey } = provider.x25519KeyPair()
      for (const point of primitives.x25519.smallOrder) {
        throwsCode("BAD_PUBLIC_KEY", () => provider.x25519SharedSecret(secretKey, bytes(point)))
      }
    })

    it("makes key pairs that agree, and refuses keys of another length", () => {
      const a = provider.x25519KeyPair()
      const b = provider.x25519KeyPair()
      assert.notDeepEqual(a.publicKey, b.publicKey)
      const shared = provider.x25519SharedSecret(a.secretKey, b.publicKey)
      assert.equal(provider.x25519SharedSecret(b.secretKey, a.publicKey).expose(hex), shared.expose(hex))
      throwsCode("BAD_LENGTH", () => provider.x25519SharedSecret(a.secretKey, b.publicKey.subarray(1)))
      throwsCode("BAD_LENGTH", () => provider.x25519SharedSecret(new Uint8Array(33), b.publicKey))
      throwsCode("BAD_LENGTH", () => provider.x25519PublicKey(new Uint8Array(31)))
    })

    it("refuses a wiped key", () => {
      const { secretKey, publicKey } = provider.x25519KeyPair()
      secretKey.wipe()
      throwsCode("KEY_WIPED", () => provider.x25519SharedSecret(secretKey, publicKey))
    })

    it("gives random bytes of any asked length, also above 64 KiB", () => {
      assert.equal(provider.randomBytes(0).length, 0)
      const long = provider.randomBytes(200_001)
      assert.equal(long.length, 200_001)
      assert.ok(long.subarray(-1000).some((b) => b !== 0))
      assert.notDeepEqual(provider.randomBytes(32), provider.randomBytes(32))
      for (const length of [-1, 1.5, Number.NaN, 2 ** 31])
        throwsCode("OUT_OF_RANGE", () => provider.randomBytes(length))
    })
  })
}

describe("both forms", () => {
  it("give the same bytes for the same input", () => {
    fc.assert(
      fc.property(key32, key32, nonce12, data, data, (a, b, nonce, ad, text) => {
        const parameters = { key: a, nonce, associatedData: ad }
        assert.deepEqual(nodeCrypto.aes256GcmSeal(parameters, text), nobleCrypto.aes256GcmSeal(parameters, text))
        assert.deepEqual(nodeCrypto.sha256(text), nobleCrypto.sha256(text))
        assert.deepEqual(nodeCrypto.x25519PublicKey(a), nobleCrypto.x25519PublicKey(a))
        // b is any 32 bytes: high bit set, non-canonical and twist coordinates must agree as well
        assert.equal(nodeCrypto.x25519SharedSecret(a, b).expose(hex), nobleCrypto.x25519SharedSecret(a, b).expose(hex))
      }),
      { numRuns: 40 },
    )
  })
})

describe("the present form", () => {
  it("is node:crypto's where that door is loaded", () => assert.equal(presentCrypto, nodeCrypto))
})
