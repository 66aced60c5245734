import { newSigningKey } from "@enigma-discovery/crypto"
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
