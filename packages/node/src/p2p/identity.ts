import { createPrivateKey, createPublicKey } from "node:crypto"
import { newSigningKey } from "@enigma-discovery/crypto"
import { concatBytes } from "@enigma-discovery/protocol"
import { privateKeyFromRaw } from "@libp2p/crypto/keys"
import type { PrivateKey } from "@libp2p/interface"
import type { Tables } from "../store/tables.ts"

const NAME = "peer identity"

/** The key of the peer id: the configured one, or one made at the first start and kept. */
export async function peerIdentity(tables: Tables, configured: Uint8Array | undefined): Promise<Uint8Array> {
  if (configured !== undefined) return configured
  const kept = await tables.meta.get(NAME)
  if (kept !== undefined) return kept
  const made = newSigningKey()
  try {
    const bytes = made.expose((secret) => secret.slice())
    await tables.meta.put(NAME, bytes)
    return bytes
  } finally {
    made.wipe()
  }
}

/** RFC 8410 §7 and §4: what stands before the 32 raw bytes of an Ed25519 secret key (PKCS #8) and public key (SPKI). */
const PKCS8_PREFIX = Uint8Array.from([0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20])
const SPKI_PREFIX_BYTES = 12

/** An Ed25519 peer of a 32-byte seed, its public key by node:crypto: libp2p's own way takes noble's tables, 60 ms the first time. */
export function ed25519Identity(seed: Uint8Array): PrivateKey {
  const secret = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: "der", type: "pkcs8" })
  const publicKey = createPublicKey(secret).export({ format: "der", type: "spki" }).subarray(SPKI_PREFIX_BYTES)
  return privateKeyFromRaw(concatBytes(seed, publicKey))
}
