import { keccak_256 } from "@noble/hashes/sha3.js"

/** Ethereum's Keccak-256 (not NIST SHA-3); 32 bytes. OpenSSL in Node has none, so there is one form. */
export const keccak256 = (data: Uint8Array): Uint8Array => keccak_256(data)
