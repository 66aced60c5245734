import { checkLength } from "../bytes.ts"
import { AEAD_NONCE_BYTES, AEAD_TAG_BYTES, HKDF_MAX_OUTPUT_BYTES, KEY_BYTES } from "../constants.ts"
import { cryptoErrors } from "../errors.ts"
import type { SealParameters } from "../provider.ts"
import { withKeyBytes } from "../secret-key.ts"

/** Every check of an AEAD call once, at its edge, so that both forms refuse the same inputs with the same code. */
export function withAeadKey<T>({ key, nonce }: SealParameters, use: (key: Uint8Array) => T): T {
  checkLength(nonce, AEAD_NONCE_BYTES, "nonce")
  return withKeyBytes(key, (bytes) => {
    checkLength(bytes, KEY_BYTES, "AEAD key")
    return use(bytes)
  })
}

/** Shorter than a tag can never open; said before the cipher is set up. */
export function checkSealed(sealed: Uint8Array): void {
  if (sealed.length < AEAD_TAG_BYTES) throw cryptoErrors.make("OPEN_FAILED")
}

export function checkHkdfLength(length: number): void {
  if (!Number.isInteger(length) || length < 1 || length > HKDF_MAX_OUTPUT_BYTES) {
    throw cryptoErrors.make("OUT_OF_RANGE", {
      what: "HKDF output length",
      got: length,
      min: 1,
      max: HKDF_MAX_OUTPUT_BYTES,
    })
  }
}
