import { defineErrors } from "@enigma-discovery/protocol"

/** Errors of the primitives. No data ever holds key material or plaintext. */
export const cryptoErrors = defineErrors("CRYPTO", {
  BAD_LENGTH: "{what} must be {want} bytes, not {got}.",
  OUT_OF_RANGE: "{what} is {got}; it must be from {min} to {max}.",
  OPEN_FAILED: "The sealed bytes do not open: wrong key, nonce, associated data, or altered in transit.",
  KEY_WIPED: "This secret key was wiped and cannot be used again; derive or fetch it anew.",
  BAD_PUBLIC_KEY: "{what} is not a usable public key.",
  BAD_SECRET_KEY: "{what} is not a usable secret key (zero, or not below the group order).",
  BAD_SIGNATURE: "{what} is not a canonical signature.",
  BAD_POINT: "{what} is not the one encoding of a point of the prime-order subgroup other than infinity.",
  BAD_SHARES: "{what}: {got} given; threshold {threshold} needs distinct indices from 1 to {max}.",
  BAD_TYPE: "EIP-712 field type {got} is not supported here; use address, bool, uintN, bytesN, bytes or string.",
})
