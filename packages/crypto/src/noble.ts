import { gcm, gcmsiv } from "@noble/ciphers/aes.js"
import { x25519 } from "@noble/curves/ed25519.js"
import { hkdf } from "@noble/hashes/hkdf.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { checkLength, randomBytesWeb } from "./bytes.ts"
import { KEY_BYTES } from "./constants.ts"
import { cryptoErrors } from "./errors.ts"
import { checkHkdfLength, checkSealed, withAeadKey } from "./internal/checks.ts"
import type { CryptoProvider, SealParameters } from "./provider.ts"
import { type KeyInput, SecretKey, withKeyBytes } from "./secret-key.ts"

type Aead = typeof gcm | typeof gcmsiv

const seal = (cipher: Aead, parameters: SealParameters, plaintext: Uint8Array): Uint8Array =>
  withAeadKey(parameters, (key) => cipher(key, parameters.nonce, parameters.associatedData).encrypt(plaintext))

function open(cipher: Aead, parameters: SealParameters, sealed: Uint8Array): Uint8Array {
  return withAeadKey(parameters, (key) => {
    checkSealed(sealed)
    const opener = cipher(key, parameters.nonce, parameters.associatedData)
    try {
      return opener.decrypt(sealed)
    } catch {
      throw cryptoErrors.make("OPEN_FAILED") // no cause: nothing may tell why
    }
  })
}

function x25519PublicKey(secretKey: KeyInput): Uint8Array {
  return withKeyBytes(secretKey, (secret) => {
    checkLength(secret, KEY_BYTES, "X25519 secret key")
    return x25519.getPublicKey(secret)
  })
}

/** The browser-safe form, on the audited noble libraries. Synchronous throughout. */
export const nobleCrypto: CryptoProvider = Object.freeze<CryptoProvider>({
  name: "noble",
  sha256: (data) => sha256(data),
  hkdfSha256(inputKey, salt, info, length) {
    checkHkdfLength(length)
    return withKeyBytes(inputKey, (bytes) => hkdf(sha256, bytes, salt, info, length))
  },
  aes256GcmSeal: (parameters, plaintext) => seal(gcm, parameters, plaintext),
  aes256GcmOpen: (parameters, sealed) => open(gcm, parameters, sealed),
  aes256GcmSivSeal: (parameters, plaintext) => seal(gcmsiv, parameters, plaintext),
  aes256GcmSivOpen: (parameters, sealed) => open(gcmsiv, parameters, sealed),
  x25519KeyPair() {
    const secretKey = SecretKey.take(randomBytesWeb(KEY_BYTES))
    return { secretKey, publicKey: x25519PublicKey(secretKey) }
  },
  x25519PublicKey,
  x25519SharedSecret(secretKey, publicKey) {
    checkLength(publicKey, KEY_BYTES, "X25519 public key")
    return withKeyBytes(secretKey, (secret) => {
      checkLength(secret, KEY_BYTES, "X25519 secret key")
      try {
        return SecretKey.take(x25519.getSharedSecret(secret, publicKey))
      } catch {
        throw cryptoErrors.make("BAD_PUBLIC_KEY", { what: "X25519 public key of small order" })
      }
    })
  },
  randomBytes: randomBytesWeb,
})
