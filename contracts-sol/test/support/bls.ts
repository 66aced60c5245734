/** A plain BLS12-381 signer (signatures in G1, keys in G2) in the encodings of EIP-2537, for tests. */
import { bls12_381 } from "@noble/curves/bls12-381.js"
import { hexToBytes } from "@noble/curves/utils.js"

const scheme = bls12_381.shortSignatures
const FIELD_BYTES = 64

function field(x: bigint): string {
  return x.toString(16).padStart(2 * FIELD_BYTES, "0")
}

export type G1 = InstanceType<typeof bls12_381.G1.Point>
export type G2 = InstanceType<typeof bls12_381.G2.Point>

/** EIP-2537 encoding of a point of G1, 128 bytes as hex. */
export function encodeG1(point: G1): string {
  if (point.is0()) return `0x${"00".repeat(128)}`
  const { x, y } = point.toAffine()
  return `0x${field(x)}${field(y)}`
}

/** EIP-2537 encoding of a point of G2, 256 bytes as hex. */
export function encodeG2(point: G2): string {
  const { x, y } = point.toAffine()
  return `0x${field(x.c0)}${field(x.c1)}${field(y.c0)}${field(y.c1)}`
}

export interface BlsSigner {
  readonly publicKey: string
  sign(message: Uint8Array, dst: string): string
}

/** @param secret a 32-byte scalar as hex without 0x */
export function blsSigner(secret: string): BlsSigner {
  const key = hexToBytes(secret)
  return {
    publicKey: encodeG2(scheme.getPublicKey(key) as G2),
    sign: (message, dst) => encodeG1(scheme.sign(scheme.hash(message, dst) as never, key) as unknown as G1),
  }
}
