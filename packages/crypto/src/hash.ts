import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { keccak_256 } from "@noble/hashes/sha3.js"
import { type KeyInput, withKeyBytes } from "./secret-key.ts"

/** Ethereum's Keccak-256 (not NIST SHA-3); 32 bytes. OpenSSL in Node has none, so there is one form. */
export const keccak256 = (data: Uint8Array): Uint8Array => keccak_256(data)

/** RFC 2104 with SHA-256; 32 bytes. One form: for the short inputs it serves, noble is no slower than OpenSSL. */
export const hmacSha256 = (key: KeyInput, data: Uint8Array): Uint8Array =>
  withKeyBytes(key, (bytes) => hmac(sha256, bytes, data))
