import { bls12_381 } from "@noble/curves/bls12-381.js"
import { blsPublicKey, newBlsSecretKey, scalarOf } from "./bls.ts"
import { decodeG1, decodeG2, encodeG1, encodeG2 } from "./bls-encoding.ts"
import { MAX_SHARES } from "./constants.ts"
import { cryptoErrors } from "./errors.ts"
import { type KeyInput, SecretKey } from "./secret-key.ts"

const { Fr } = bls12_381.fields

/** The value of the sharing polynomial at `index`; index 0 is the group key itself and is never a share. */
export interface BlsShare {
  /** 1..n. */
  readonly index: number
  readonly secretKey: SecretKey
  /** 256 bytes; a partial signature is checked against it. */
  readonly publicKey: Uint8Array
}

export interface BlsSharing {
  /** 256 bytes: the key on chain. */
  readonly groupPublicKey: Uint8Array
  readonly shares: readonly BlsShare[]
}

export interface Indexed {
  readonly index: number
  /** A partial signature (128 bytes) or a share's public key (256 bytes). */
  readonly value: Uint8Array
}

/**
 * Shamir's sharing by a dealer: a random polynomial of degree `threshold - 1` whose value at 0 is the group key. The dealer
 * knows the key while this runs; the caller wipes the group key it passed in. A dealerless ceremony replaces this function
 * and nothing else. @throws CRYPTO_BAD_SHARES
 */
export function dealBlsShares(groupKey: KeyInput, threshold: number, count: number): BlsSharing {
  const whole = Number.isInteger(threshold) && Number.isInteger(count)
  if (!whole || threshold < 1 || threshold > count || count > MAX_SHARES) {
    throw cryptoErrors.make("BAD_SHARES", { what: "share count", got: count, threshold, max: MAX_SHARES })
  }
  const coefficients = [scalarOf(groupKey), ...Array.from({ length: threshold - 1 }, randomScalar)]
  const shares = Array.from({ length: count }, (_, i) => shareAt(coefficients, i + 1))
  return Object.freeze({ groupPublicKey: blsPublicKey(groupKey), shares: Object.freeze(shares) })
}

/**
 * Combines exactly `threshold` partial signatures into the group's signature (interpolation at 0). The result must be
 * checked with `blsVerify` against the group key: one wrong partial makes it wrong. @throws CRYPTO_BAD_SHARES, CRYPTO_BAD_POINT
 */
export function combineBlsSignatures(partials: readonly Indexed[], threshold: number): Uint8Array {
  const weights = lagrangeWeights(partials, threshold)
  let sum = bls12_381.G1.Point.ZERO
  partials.forEach((partial, i) => {
    sum = sum.add(decodeG1(partial.value, "partial signature").multiplyUnsafe(weights[i]!))
  })
  return encodeG1(sum)
}

/** The group key from `threshold` share public keys: how a committee checks what a dealer published. */
export function combineBlsPublicKeys(keys: readonly Indexed[], threshold: number): Uint8Array {
  const weights = lagrangeWeights(keys, threshold)
  let sum = bls12_381.G2.Point.ZERO
  keys.forEach((key, i) => {
    sum = sum.add(decodeG2(key.value, "share public key").multiplyUnsafe(weights[i]!))
  })
  return encodeG2(sum)
}

function randomScalar(): bigint {
  const key = newBlsSecretKey()
  const scalar = scalarOf(key)
  key.wipe()
  return scalar
}

function shareAt(coefficients: readonly bigint[], index: number): BlsShare {
  const x = BigInt(index)
  const value = coefficients.reduceRight((sum, coefficient) => Fr.add(Fr.mul(sum, x), coefficient), 0n)
  const secretKey = SecretKey.take(Fr.toBytes(value))
  return Object.freeze({ index, secretKey, publicKey: blsPublicKey(secretKey) })
}

/** λ_i = Π_{j≠i} x_j / (x_j - x_i) mod r. */
function lagrangeWeights(points: readonly { readonly index: number }[], threshold: number): bigint[] {
  const indices = new Set(points.map((point) => point.index))
  const valid = [...indices].every((index) => Number.isInteger(index) && index >= 1 && index <= MAX_SHARES)
  if (threshold < 1 || points.length !== threshold || indices.size !== points.length || !valid) {
    throw cryptoErrors.make("BAD_SHARES", { what: "shares to combine", got: points.length, threshold, max: MAX_SHARES })
  }
  return points.map(({ index }) => {
    let weight = 1n
    for (const other of indices) {
      if (other !== index)
        weight = Fr.mul(weight, Fr.div(BigInt(other), Fr.sub(BigInt(other), Fr.create(BigInt(index)))))
    }
    return weight
  })
}
