import { createECDH } from "node:crypto"
import type { SecretKey } from "@enigma-discovery/crypto"

/** Public key of a secp256k1 secret, by another implementation than the enclave's. */
export function secp256k1PublicKey(key: SecretKey, compressed: boolean): Uint8Array {
  const ecdh = createECDH("secp256k1")
  key.expose((bytes) => ecdh.setPrivateKey(bytes))
  return new Uint8Array(ecdh.getPublicKey(null, compressed ? "compressed" : "uncompressed"))
}
