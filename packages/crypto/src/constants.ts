/** AES-256 key, X25519 key and scalar sizes (FIPS 197, RFC 7748, SEC 2, RFC 9380). */
export const KEY_BYTES = 32
/** GCM and GCM-SIV nonce (SP 800-38D §5.2.1.1, RFC 8452 §4). */
export const AEAD_NONCE_BYTES = 12
/** GCM and GCM-SIV tag, appended to the ciphertext. */
export const AEAD_TAG_BYTES = 16
/** RFC 5869 §2.3: at most 255 blocks of SHA-256. */
export const HKDF_MAX_OUTPUT_BYTES = 255 * 32
/** r | s | v, the form `ecrecover` wrappers take. */
export const ECDSA_SIGNATURE_BYTES = 65
export const ADDRESS_BYTES = 20
export const HASH_BYTES = 32
/** EIP-2537: x | y, each a 48-byte field element left-padded to 64. */
export const G1_EIP2537_BYTES = 128
/** EIP-2537: x.c0 | x.c1 | y.c0 | y.c1, each padded to 64. */
export const G2_EIP2537_BYTES = 256
/** Compressed encodings with the three flag bits in the first byte (draft-irtf-cfrg-pairing-friendly-curves App. C). */
export const G1_COMPRESSED_BYTES = 48
export const G2_COMPRESSED_BYTES = 96
/** Bound of a committee: share indices are 1..MAX_SHARES. A working limit; combining is quadratic in it. */
export const MAX_SHARES = 255
