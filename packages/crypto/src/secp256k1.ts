import { secp256k1 } from "@noble/curves/secp256k1.js"
import { checkLength, randomBytesWeb, wipe } from "./bytes.ts"
import { ECDSA_SIGNATURE_BYTES, HASH_BYTES, KEY_BYTES } from "./constants.ts"
import { cryptoErrors } from "./errors.ts"
import { keccak256 } from "./hash.ts"
import { isRemembering, remember, remembered } from "./remembered.ts"
import { type KeyInput, SecretKey, withKeyBytes } from "./secret-key.ts"

const HALF_ORDER = secp256k1.Point.Fn.ORDER >> 1n

/** A signing key from the system's generator. */
export function newSigningKey(): SecretKey {
  const seed = randomBytesWeb(48) // 48 bytes: FIPS 186-5 A.2.1, no measurable bias after reduction
  try {
    return SecretKey.take(secp256k1.utils.randomSecretKey(seed))
  } finally {
    wipe(seed)
  }
}

const addressOfPoint = (uncompressed: Uint8Array): Uint8Array => keccak256(uncompressed.subarray(1)).slice(12)

/** Finding it takes as long as a signature, and an owned key does not change. */
const addresses = new WeakMap<SecretKey, Uint8Array>()

/** 20-byte Ethereum address of a signing key. @throws CRYPTO_BAD_SECRET_KEY, CRYPTO_KEY_WIPED */
export function addressOfSigningKey(key: KeyInput): Uint8Array {
  return withSigningKey(key, (secret) => {
    const known = key instanceof SecretKey ? addresses.get(key) : undefined
    const address = known ?? addressOfPoint(secp256k1.getPublicKey(secret, false))
    if (key instanceof SecretKey) addresses.set(key, address)
    return address.slice()
  })
}

/** 20-byte Ethereum address of a public key of 33 (compressed) or 65 bytes. @throws CRYPTO_BAD_PUBLIC_KEY */
export function addressOfPublicKey(publicKey: Uint8Array): Uint8Array {
  try {
    return addressOfPoint(secp256k1.Point.fromBytes(publicKey).toBytes(false))
  } catch {
    throw cryptoErrors.make("BAD_PUBLIC_KEY", { what: "secp256k1 public key" })
  }
}

/**
 * Signs a 32-byte digest: r | s | v, 65 bytes, nonce by RFC 6979 (the same digest and key give the same bytes), s in the low
 * half (EIP-2), v 27 or 28. The digest must be domain-separated already (`eip712Digest`). @throws CRYPTO_BAD_SECRET_KEY
 */
export function signDigest(digest: Uint8Array, key: KeyInput): Uint8Array {
  checkLength(digest, HASH_BYTES, "digest")
  return withSigningKey(key, (secret) => {
    const recovered = secp256k1.sign(digest, secret, {
      prehash: false,
      lowS: true,
      format: "recovered",
      extraEntropy: false,
    })
    const out = new Uint8Array(ECDSA_SIGNATURE_BYTES)
    out.set(recovered.subarray(1))
    out[64] = 27 + recovered[0]!
    if (isRemembering(key)) remember("secp256k1", [digest, out], addressOfSigningKey(key))
    return out
  })
}

/**
 * 20-byte address that signed the digest. Accepts exactly what `signDigest` makes: 65 bytes, s low, v 27 or 28, so that a
 * signature has one form and can serve as an identity. @throws CRYPTO_BAD_LENGTH, CRYPTO_BAD_SIGNATURE
 */
export function recoverAddress(digest: Uint8Array, signature: Uint8Array): Uint8Array {
  checkLength(digest, HASH_BYTES, "digest")
  checkLength(signature, ECDSA_SIGNATURE_BYTES, "signature")
  const v = signature[64]!
  if (v !== 27 && v !== 28) throw cryptoErrors.make("BAD_SIGNATURE", { what: "secp256k1 v" })
  // A copy: the caller's own, whatever it does to it.
  return remembered("secp256k1", [digest, signature], () => recover(digest, signature))!.slice()
}

function recover(digest: Uint8Array, signature: Uint8Array): Uint8Array {
  try {
    const parsed = secp256k1.Signature.fromBytes(signature.subarray(0, 64), "compact")
    if (parsed.s > HALF_ORDER) throw cryptoErrors.make("BAD_SIGNATURE", { what: "secp256k1 s" })
    return addressOfPoint(
      parsed
        .addRecoveryBit(signature[64]! - 27)
        .recoverPublicKey(digest)
        .toBytes(false),
    )
  } catch (error) {
    throw cryptoErrors.is(error) ? error : cryptoErrors.make("BAD_SIGNATURE", { what: "secp256k1 signature" })
  }
}

function withSigningKey<T>(key: KeyInput, use: (secret: Uint8Array) => T): T {
  return withKeyBytes(key, (secret) => {
    checkLength(secret, KEY_BYTES, "signing key")
    if (!secp256k1.utils.isValidSecretKey(secret)) throw cryptoErrors.make("BAD_SECRET_KEY", { what: "secp256k1 key" })
    return use(secret)
  })
}
