import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { keccak } from "./internal/keccak.ts"
import { type KeyInput, withKeyBytes } from "./secret-key.ts"

/**
 * Ethereum's Keccak-256 (not NIST SHA-3); 32 bytes. noble's form, and a WASM one, five to ten times faster, in any process
 * that has imported the node:crypto door (OpenSSL in Node has none).
 */
export const keccak256 = (data: Uint8Array): Uint8Array => keccak(data)

/** RFC 2104 with SHA-256; 32 bytes. One form: for the short inputs it serves, noble is no slower than OpenSSL. */
export const hmacSha256 = (key: KeyInput, data: Uint8Array): Uint8Array =>
  withKeyBytes(key, (bytes) => hmac(sha256, bytes, data))
