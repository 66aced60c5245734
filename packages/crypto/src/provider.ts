import type { KeyInput, SecretKey } from "./secret-key.ts"

/** What an AEAD call binds: the key, a nonce of 12 bytes and the associated data, none of them optional. */
export interface SealParameters {
  readonly key: KeyInput
  readonly nonce: Uint8Array
  /** Authenticated, not encrypted. Give the context (PROTOCOL §4); an empty one must be written down as empty. */
  readonly associatedData: Uint8Array
}

export interface X25519KeyPair {
  readonly secretKey: SecretKey
  /** 32 bytes, little-endian u-coordinate (RFC 7748 §5). */
  readonly publicKey: Uint8Array
}

/**
 * The primitives that exist in two forms, chosen at the root: `nobleCrypto` (browser-safe) and `nodeCrypto`
 * (door "./node"); `presentCrypto` is the latter where it is loaded. Both give the same bytes and the same error codes for the
 * same input; a conformance test holds them to the same official vectors. Whatever has one form only (Keccak, secp256k1, BLS, EIP-712) is a plain function.
 */
export interface CryptoProvider {
  readonly name: "noble" | "node"
  /** FIPS 180-4; 32 bytes. */
  sha256(data: Uint8Array): Uint8Array
  /** RFC 5869. `length` from 1 to 8,160 bytes. Prefer `deriveKey`, which makes purpose and context required. */
  hkdfSha256(inputKey: KeyInput, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array
  /** AES-256-GCM (SP 800-38D): ciphertext | tag(16). A (key, nonce) pair must never seal two messages. */
  aes256GcmSeal(parameters: SealParameters, plaintext: Uint8Array): Uint8Array
  /** @throws CRYPTO_OPEN_FAILED, the same for every cause. */
  aes256GcmOpen(parameters: SealParameters, sealed: Uint8Array): Uint8Array
  /** AES-256-GCM-SIV (RFC 8452): ciphertext | tag(16). A repeated nonce tells only that two messages are equal. */
  aes256GcmSivSeal(parameters: SealParameters, plaintext: Uint8Array): Uint8Array
  /** @throws CRYPTO_OPEN_FAILED, the same for every cause. */
  aes256GcmSivOpen(parameters: SealParameters, sealed: Uint8Array): Uint8Array
  x25519KeyPair(): X25519KeyPair
  /** Public key of a 32-byte secret (clamped as RFC 7748 §5 says). */
  x25519PublicKey(secretKey: KeyInput): Uint8Array
  /**
   * RFC 7748 §6.1, 32 bytes; feed it to `deriveKey`, never use it as a key.
   * @throws CRYPTO_BAD_PUBLIC_KEY for a point of small order, whose shared secret would be all zero (RFC 7748 §6.1).
   */
  x25519SharedSecret(secretKey: KeyInput, publicKey: Uint8Array): SecretKey
  /** From the system's generator. */
  randomBytes(length: number): Uint8Array
}
