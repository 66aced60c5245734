import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { envelopeInfo, PRF_SALT, prfInfo } from "@enigma-discovery/protocol"
import { cryptoErrors, deriveKey, deriveSealingKey, nobleCrypto, SecretKey } from "../src/index.ts"
import { hex } from "./support/vectors.ts"

const inputKey = SecretKey.take(new Uint8Array(48).fill(7))
const hash = new Uint8Array(32).fill(9)

describe("deriveKey", () => {
  it("is HKDF-SHA256 over the given info", () => {
    const info = prfInfo("ioX25519", hash)
    const key = deriveKey(nobleCrypto, { inputKey, salt: PRF_SALT, info })
    const raw = inputKey.expose((bytes) => nobleCrypto.hkdfSha256(bytes, PRF_SALT, info, 32))
    assert.equal(key.expose(hex), hex(raw))
  })

  it("gives another key for another purpose, context, salt or input", () => {
    const base = { inputKey, salt: PRF_SALT, info: prfInfo("ioX25519", hash) }
    const keys = [
      base,
      { ...base, info: prfInfo("ioRandom", hash) },
      { ...base, info: prfInfo("ioX25519", new Uint8Array(32)) },
      { ...base, salt: new Uint8Array(1) },
      { ...base, inputKey: new Uint8Array(48) },
    ].map((derivation) => deriveKey(nobleCrypto, derivation).expose(hex))
    assert.equal(new Set(keys).size, keys.length)
  })

  it("refuses to derive without purpose", () => {
    const derivation = { inputKey, salt: PRF_SALT, info: new Uint8Array() }
    assert.throws(
      () => deriveKey(nobleCrypto, derivation),
      (e) => cryptoErrors.is(e, "OUT_OF_RANGE"),
    )
    assert.throws(
      () => deriveSealingKey(nobleCrypto, derivation),
      (e) => cryptoErrors.is(e, "OUT_OF_RANGE"),
    )
  })

  it("splits a sealing key into key and nonce", () => {
    const derivation = { inputKey, salt: new Uint8Array(64), info: envelopeInfo(hash) }
    const { key, nonce } = deriveSealingKey(nobleCrypto, derivation)
    const raw = inputKey.expose((bytes) => nobleCrypto.hkdfSha256(bytes, derivation.salt, derivation.info, 44))
    assert.equal(key.expose(hex) + hex(nonce), hex(raw))
    assert.equal(nonce.length, 12)
  })
})
