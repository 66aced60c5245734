import { addressOfSigningKey, type CryptoProvider, newSigningKey, type SecretKey } from "@enigma-discovery/crypto"
import type { EnclaveIdentity } from "../api.ts"
import type { Recipient } from "./key-collection.ts"

/** Keys of one enclave, made at its start and never leaving it. */
export interface Identity {
  readonly public: EnclaveIdentity
  readonly signingKey: SecretKey
  readonly recipient: Recipient
}

export function newIdentity(crypto: CryptoProvider): Identity {
  const signingKey = newSigningKey()
  const recipient = crypto.x25519KeyPair()
  const shown = Object.freeze({ signer: addressOfSigningKey(signingKey), encryptionKey: recipient.publicKey })
  return Object.freeze({ public: shown, signingKey, recipient })
}
