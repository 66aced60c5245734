import { bytesToBigint } from "@enigma-discovery/protocol"
import { bls12_381 } from "@noble/curves/bls12-381.js"
import { G1_COMPRESSED_BYTES, G1_EIP2537_BYTES, G2_COMPRESSED_BYTES, G2_EIP2537_BYTES } from "./constants.ts"
import { cryptoErrors } from "./errors.ts"

const { Fp } = bls12_381.fields
const PAD_BYTES = 16
const FIELD_BYTES = 48

export type G1Point = ReturnType<typeof bls12_381.shortSignatures.hash>
export type G2Point = ReturnType<typeof bls12_381.shortSignatures.getPublicKey>

/**
 * EIP-2537 encodings. Decoding is strict beyond the precompiles (which check the subgroup in MSM and pairing only, and take
 * infinity): on the curve, in the prime-order subgroup, not infinity. @throws CRYPTO_BAD_POINT
 */
export const decodeG1 = (bytes: Uint8Array, what = "G1 point"): G1Point =>
  strict(what, () => {
    const [x, y] = fieldElements(bytes, G1_EIP2537_BYTES)
    return bls12_381.G1.Point.fromAffine({ x: x!, y: y! })
  })

/** @throws CRYPTO_BAD_POINT */
export const decodeG2 = (bytes: Uint8Array, what = "G2 point"): G2Point =>
  strict(what, () => {
    const [x0, x1, y0, y1] = fieldElements(bytes, G2_EIP2537_BYTES)
    return bls12_381.G2.Point.fromAffine({ x: { c0: x0!, c1: x1! }, y: { c0: y0!, c1: y1! } })
  })

/** 128 bytes. */
export function encodeG1(point: G1Point): Uint8Array {
  const { x, y } = point.toAffine()
  return joinFieldElements([x, y])
}

/** 256 bytes. */
export function encodeG2(point: G2Point): Uint8Array {
  const { x, y } = point.toAffine()
  return joinFieldElements([x.c0, x.c1, y.c0, y.c1])
}

/** 48-byte compressed form of a G1 point given as EIP-2537, for where size matters. @throws CRYPTO_BAD_POINT */
export const compressG1 = (bytes: Uint8Array): Uint8Array => decodeG1(bytes).toBytes(true)
/** 96-byte compressed form of a G2 point given as EIP-2537. @throws CRYPTO_BAD_POINT */
export const compressG2 = (bytes: Uint8Array): Uint8Array => decodeG2(bytes).toBytes(true)

/** @throws CRYPTO_BAD_POINT */
export const decompressG1 = (bytes: Uint8Array): Uint8Array =>
  encodeG1(strict("compressed G1 point", () => bls12_381.G1.Point.fromBytes(exactly(bytes, G1_COMPRESSED_BYTES))))
/** @throws CRYPTO_BAD_POINT */
export const decompressG2 = (bytes: Uint8Array): Uint8Array =>
  encodeG2(strict("compressed G2 point", () => bls12_381.G2.Point.fromBytes(exactly(bytes, G2_COMPRESSED_BYTES))))

interface CheckedPoint {
  assertValidity(): void
  is0(): boolean
}

/** `assertValidity` covers curve and subgroup; infinity is "valid" to the library and refused here. */
function strict<P extends CheckedPoint>(what: string, decode: () => P): P {
  try {
    const point = decode()
    point.assertValidity()
    if (!point.is0()) return point
  } catch {
    // falls to the one error below
  }
  throw cryptoErrors.make("BAD_POINT", { what })
}

function exactly(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length !== length) throw new RangeError("length")
  return bytes
}

function fieldElements(bytes: Uint8Array, length: number): bigint[] {
  exactly(bytes, length)
  const out: bigint[] = []
  for (let at = 0; at < length; at += PAD_BYTES + FIELD_BYTES) {
    if (bytes.subarray(at, at + PAD_BYTES).some((b) => b !== 0)) throw new RangeError("padding")
    const element = bytesToBigint(bytes.subarray(at + PAD_BYTES, at + PAD_BYTES + FIELD_BYTES))
    if (element >= Fp.ORDER) throw new RangeError("field element")
    out.push(element)
  }
  return out
}

function joinFieldElements(elements: readonly bigint[]): Uint8Array {
  const out = new Uint8Array(elements.length * (PAD_BYTES + FIELD_BYTES))
  elements.forEach((element, i) => {
    out.set(Fp.toBytes(element), i * (PAD_BYTES + FIELD_BYTES) + PAD_BYTES)
  })
  return out
}
