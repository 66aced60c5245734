import { addressOfSigningKey, type CryptoProvider, newSigningKey, SecretKey } from "@enigma-discovery/crypto"
import { utf8Bytes } from "@enigma-discovery/protocol"
import type { EnclaveIdentity } from "../api.ts"
import type { Recipient } from "./key-collection.ts"

/** Keys of one enclave, made at its start and never leaving it. */
export interface Identity {
  readonly public: EnclaveIdentity
  readonly signingKey: SecretKey
  readonly recipient: Recipient
}

/**
 * `seed`: 32 bytes from which the keys follow. Only the in-process form of tests has one, to be the same again when a network is
 * set back; the measured programs never do.
 */
export function newIdentity(crypto: CryptoProvider, seed?: Uint8Array): Identity {
  const signingKey = seed === undefined ? newSigningKey() : seededKey(crypto, seed, "signing key")
  const recipient =
    seed === undefined ? crypto.x25519KeyPair() : keyPairOf(crypto, seededKey(crypto, seed, "recipient"))
  const shown = Object.freeze({ signer: addressOfSigningKey(signingKey), encryptionKey: recipient.publicKey })
  return Object.freeze({ public: shown, signingKey, recipient })
}

const keyPairOf = (crypto: CryptoProvider, secretKey: SecretKey): Recipient => ({
  secretKey,
  publicKey: crypto.x25519PublicKey(secretKey),
})

/** One of the keys that follow from a seed. */
function seededKey(crypto: CryptoProvider, seed: Uint8Array, name: string): SecretKey {
  const bytes = crypto.hkdfSha256(seed, new Uint8Array(0), utf8Bytes(`enigma/1/test-seed/${name}`), 32)
  return SecretKey.take(bytes)
}
