import { ed25519 } from "@noble/curves/ed25519.js"

/**
 * Strict RFC 8032 verification (canonical points, s < L, no small-order key). One form for every platform: libraries differ
 * on malformed keys and signatures, and the host ABI's answer must not. False for anything malformed, never an error.
 */
export function ed25519Verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== 64 || publicKey.length !== 32) return false
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: false })
  } catch {
    return false
  }
}
