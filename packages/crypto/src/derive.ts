import { AEAD_NONCE_BYTES, KEY_BYTES } from "./constants.ts"
import { cryptoErrors } from "./errors.ts"
import type { CryptoProvider } from "./provider.ts"
import { type KeyInput, SecretKey } from "./secret-key.ts"

/** What a derived key is bound to. Nothing is optional: a key without purpose and context would be a key for everything. */
export interface Derivation {
  /** Input key material: an X25519 shared secret, a PRF value, another derived key. */
  readonly inputKey: KeyInput
  /** HKDF salt as PROTOCOL §6 and §7 name it: both public keys, a task id, `PRF_SALT`. */
  readonly salt: Uint8Array
  /** Purpose and context, as the builders of packages/protocol make it (`prfInfo`, `envelopeInfo`, `outputInfo`, …). */
  readonly info: Uint8Array
}

/** A 32-byte key by HKDF-SHA256. @throws CRYPTO_OUT_OF_RANGE for an empty info */
export function deriveKey(provider: CryptoProvider, derivation: Derivation): SecretKey {
  return SecretKey.take(expand(provider, derivation, KEY_BYTES))
}

/** A key that seals one message, with its nonce. */
export interface SealingKey {
  readonly key: SecretKey
  /** 12 bytes. */
  readonly nonce: Uint8Array
}

/**
 * 44 bytes by HKDF-SHA256: AES-256 key | nonce (PROTOCOL §6.2, §6.3, §7.7). Sound for AES-GCM only because each derivation
 * has a fresh ephemeral key or task outcome in it and so seals exactly one message. @throws CRYPTO_OUT_OF_RANGE for an empty info
 */
export function deriveSealingKey(provider: CryptoProvider, derivation: Derivation): SealingKey {
  const bytes = expand(provider, derivation, KEY_BYTES + AEAD_NONCE_BYTES)
  const key = SecretKey.copy(bytes.subarray(0, KEY_BYTES))
  bytes.fill(0, 0, KEY_BYTES)
  return { key, nonce: bytes.slice(KEY_BYTES) }
}

function expand(provider: CryptoProvider, { inputKey, salt, info }: Derivation, length: number): Uint8Array {
  if (info.length === 0)
    throw cryptoErrors.make("OUT_OF_RANGE", { what: "derivation info length", got: 0, min: 1, max: 65_535 })
  return provider.hkdfSha256(inputKey, salt, info, length)
}
