/// <reference types="node" />
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hash,
  type KeyObject,
  randomFillSync,
} from "node:crypto"
import { createKeccak } from "hash-wasm"
import { checkLength, checkRandomLength, wipe } from "./bytes.ts"
import { AEAD_TAG_BYTES, KEY_BYTES } from "./constants.ts"
import { cryptoErrors } from "./errors.ts"
import { checkSealed, withAeadKey } from "./internal/checks.ts"
import { gcmSivOpen, gcmSivSeal } from "./internal/gcm-siv.ts"
import { useKeccak } from "./internal/keccak.ts"
import { usePresentCrypto } from "./internal/present.ts"
import { nobleCrypto } from "./noble.ts"
import type { CryptoProvider, SealParameters } from "./provider.ts"
import { type KeyInput, SecretKey, withKeyBytes } from "./secret-key.ts"

/** Always a plain array: a Buffer's `slice` aliases, and its text form would print what it holds. */
const plain = (buffer: Uint8Array): Uint8Array =>
  new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength).slice()

function gcmSeal(parameters: SealParameters, plaintext: Uint8Array): Uint8Array {
  return withAeadKey(parameters, (key) => {
    const cipher = createCipheriv("aes-256-gcm", key, parameters.nonce, { authTagLength: AEAD_TAG_BYTES })
    cipher.setAAD(parameters.associatedData)
    const out = new Uint8Array(plaintext.length + AEAD_TAG_BYTES)
    out.set(cipher.update(plaintext))
    cipher.final()
    out.set(cipher.getAuthTag(), plaintext.length)
    return out
  })
}

function gcmOpen(parameters: SealParameters, sealed: Uint8Array): Uint8Array {
  return withAeadKey(parameters, (key) => {
    checkSealed(sealed)
    const at = sealed.length - AEAD_TAG_BYTES
    const decipher = createDecipheriv("aes-256-gcm", key, parameters.nonce, { authTagLength: AEAD_TAG_BYTES })
    decipher.setAAD(parameters.associatedData)
    decipher.setAuthTag(sealed.subarray(at))
    const unverified = decipher.update(sealed.subarray(0, at))
    try {
      decipher.final()
      return plain(unverified)
    } catch {
      throw cryptoErrors.make("OPEN_FAILED") // no cause: nothing may tell why
    } finally {
      wipe(unverified)
    }
  })
}

/** RFC 8410 §7: PKCS #8 and SubjectPublicKeyInfo of an X25519 key are a fixed prefix and the 32 raw bytes. */
const PKCS8_PREFIX = Uint8Array.from([0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20])
const SPKI_PREFIX = Uint8Array.from([0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 3, 0x21, 0])

/** OpenSSL's form of a key, for as long as the key itself is there: making one costs half as much as using it. */
const keyObjects = new WeakMap<SecretKey, KeyObject>()

function privateKeyObject(secretKey: KeyInput): KeyObject {
  if (!(secretKey instanceof SecretKey)) return newKeyObject(secretKey)
  const known = secretKey.wiped ? undefined : keyObjects.get(secretKey)
  const object = known ?? newKeyObject(secretKey)
  keyObjects.set(secretKey, object)
  return object
}

function newKeyObject(secretKey: KeyInput): KeyObject {
  return withKeyBytes(secretKey, (secret) => {
    checkLength(secret, KEY_BYTES, "X25519 secret key")
    const der = Buffer.alloc(PKCS8_PREFIX.length + KEY_BYTES)
    der.set(PKCS8_PREFIX)
    der.set(secret, PKCS8_PREFIX.length)
    try {
      return createPrivateKey({ key: der, format: "der", type: "pkcs8" })
    } finally {
      wipe(der)
    }
  })
}

function publicKeyObject(publicKey: Uint8Array): KeyObject {
  checkLength(publicKey, KEY_BYTES, "X25519 public key")
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: "der", type: "spki" })
}

function x25519PublicKey(secretKey: KeyInput): Uint8Array {
  const spki = createPublicKey(privateKeyObject(secretKey)).export({ format: "der", type: "spki" })
  return plain(spki.subarray(SPKI_PREFIX.length))
}

function randomBytes(length: number): Uint8Array {
  checkRandomLength(length)
  return randomFillSync(new Uint8Array(length))
}

/** One hasher for all: it is started anew for each input, and nothing interleaves, as hashing is synchronous. */
const keccakHasher = await createKeccak(256)
useKeccak((data) => keccakHasher.init().update(data).digest("binary"))

/**
 * The same primitives on node:crypto (OpenSSL) where that is faster: SHA-256, AES-256-GCM, X25519, random. AES-256-GCM-SIV,
 * which Node's OpenSSL does not lend, is WebAssembly of our own making (assembly/). The rest stays noble: OpenSSL's HKDF of
 * short keys is slower (97,000/s against 168,000/s).
 */
export const nodeCrypto: CryptoProvider = Object.freeze<CryptoProvider>({
  ...nobleCrypto,
  name: "node",
  sha256: (data) => plain(hash("sha256", data, "buffer")),
  aes256GcmSeal: gcmSeal,
  aes256GcmOpen: gcmOpen,
  aes256GcmSivSeal: gcmSivSeal,
  aes256GcmSivOpen: gcmSivOpen,
  x25519KeyPair() {
    const secretKey = SecretKey.take(randomBytes(KEY_BYTES))
    return { secretKey, publicKey: x25519PublicKey(secretKey) }
  },
  x25519PublicKey,
  x25519SharedSecret(secretKey, publicKey) {
    const ours = privateKeyObject(secretKey)
    const theirs = publicKeyObject(publicKey)
    try {
      const shared = diffieHellman({ privateKey: ours, publicKey: theirs })
      const secret = SecretKey.take(plain(shared))
      wipe(shared)
      return secret
    } catch {
      throw cryptoErrors.make("BAD_PUBLIC_KEY", { what: "X25519 public key of small order" })
    }
  },
  randomBytes,
})
usePresentCrypto(nodeCrypto)
