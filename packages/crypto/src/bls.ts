import { toHex } from "@enigma-discovery/protocol"
import { bls12_381 } from "@noble/curves/bls12-381.js"
import { decodeG1, decodeG2, encodeG1, encodeG2, type G1Point, type G2Point } from "./bls-encoding.ts"
import { checkLength, randomBytesWeb, wipe } from "./bytes.ts"
import { KEY_BYTES } from "./constants.ts"
import { cryptoErrors } from "./errors.ts"
import { remember, remembered, rememberedPublicKey } from "./remembered.ts"
import { type KeyInput, SecretKey, withKeyBytes } from "./secret-key.ts"

/**
 * BLS12-381 with signatures in G1 and keys in G2 (draft-irtf-cfrg-bls-signature, minimal-signature-size, basic scheme), the
 * form the EIP-2537 precompiles check cheapest. Signatures are 128 bytes and keys 256, both in EIP-2537 encoding. A
 * signature is unique for key and message, so it serves as a pseudorandom function of the message.
 *
 * `domain` is the RFC 9380 domain separation tag, 1 to 255 bytes: always given, never defaulted.
 */
const scheme = bls12_381.shortSignatures
const { Fr } = bls12_381.fields

/** RFC 9380 `hash_to_curve`, suite BLS12381G1_XMD:SHA-256_SSWU_RO_; 128 bytes. */
export const hashToG1 = (message: Uint8Array, domain: Uint8Array): Uint8Array => encodeG1(hashToPoint(message, domain))

/** A scalar from the system's generator, 32 bytes big-endian. */
export function newBlsSecretKey(): SecretKey {
  const seed = randomBytesWeb(48) // 48 bytes before reduction: RFC 9380 §5, L = ceil((255 + 128) / 8)
  try {
    return SecretKey.take(bls12_381.utils.randomSecretKey(seed))
  } finally {
    wipe(seed)
  }
}

/** 256 bytes. @throws CRYPTO_BAD_SECRET_KEY */
export const blsPublicKey = (key: KeyInput): Uint8Array => encodeG2(bls12_381.G2.Point.BASE.multiply(scalarOf(key)))

/** 128 bytes, deterministic. @throws CRYPTO_BAD_SECRET_KEY, CRYPTO_OUT_OF_RANGE */
export function blsSign(message: Uint8Array, key: KeyInput, domain: Uint8Array): Uint8Array {
  const signature = encodeG1(hashToPoint(message, domain).multiply(scalarOf(key)))
  const publicKey = rememberedPublicKey(key)
  if (publicKey !== undefined) remember("bls", [signature, message, publicKey, domain], true)
  return signature
}

/**
 * False for a wrong or malformed signature. About 20 ms: one pairing product.
 * @throws CRYPTO_BAD_POINT when the *key* is malformed: keys come from proven state, so that is a fault and not a "no".
 */
export function blsVerify(
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
  domain: Uint8Array,
): boolean {
  const isValid = remembered("bls", [signature, message, publicKey, domain], () =>
    isSigned(signature, message, publicKeyPoint(publicKey), domain) ? true : undefined,
  )
  return isValid === true
}

/** A process verifies under few keys, and finding that one lies in its subgroup takes as long as a pairing. */
const keyPoints = new Map<string, G2Point>()
const MAX_KEY_POINTS = 16

function publicKeyPoint(publicKey: Uint8Array): G2Point {
  const name = toHex(publicKey)
  const point = keyPoints.get(name) ?? decodeG2(publicKey, "BLS public key")
  keyPoints.set(name, point)
  if (keyPoints.size > MAX_KEY_POINTS) keyPoints.delete(keyPoints.keys().next().value as string)
  return point
}

function isSigned(signature: Uint8Array, message: Uint8Array, key: G2Point, domain: Uint8Array) {
  let point: G1Point
  try {
    point = decodeG1(signature, "BLS signature")
  } catch {
    return false
  }
  return scheme.verify(point, hashToPoint(message, domain), key)
}

function hashToPoint(message: Uint8Array, domain: Uint8Array): G1Point {
  if (domain.length < 1 || domain.length > 255) {
    throw cryptoErrors.make("OUT_OF_RANGE", {
      what: "domain separation tag length",
      got: domain.length,
      min: 1,
      max: 255,
    })
  }
  return scheme.hash(message, domain)
}

/** The scalar of a secret key: exactly 32 bytes, in 1..r-1; noble would reduce and take zero further. */
export function scalarOf(key: KeyInput): bigint {
  return withKeyBytes(key, (secret) => {
    checkLength(secret, KEY_BYTES, "BLS secret key")
    let scalar = 0n
    for (const byte of secret) scalar = (scalar << 8n) | BigInt(byte)
    if (scalar === 0n || scalar >= Fr.ORDER) throw cryptoErrors.make("BAD_SECRET_KEY", { what: "BLS key" })
    return scalar
  })
}
