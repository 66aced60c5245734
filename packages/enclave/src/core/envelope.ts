import { cryptoErrors, deriveSealingKey, keccak256, type SecretKey } from "@enigma-discovery/crypto"
import {
  concatBytes,
  decodeEnvelope,
  type Envelope,
  envelopeAadPreimage,
  envelopeInfo,
  protocolErrors,
  unpad,
} from "@enigma-discovery/protocol"
import type { ContractKeys } from "./contract-keys.ts"
import type { Domain } from "./domain.ts"

/** What the sender and the enclave share: from it come the envelope's key and those of the task's outputs. */
export interface SharedSecret {
  readonly secret: SecretKey
  /** ephemeral key | io public key, 64 bytes: the salt of every derivation. */
  readonly salt: Uint8Array
}

export type OpenedEnvelope =
  /** No key can be agreed with the sender, so nothing can be sealed to it. */
  | { readonly kind: "unreadable" }
  /** The ciphertext does not open, or what is in it is not padded as it must be. */
  | { readonly kind: "forged"; readonly shared: SharedSecret }
  | { readonly kind: "opened"; readonly shared: SharedSecret; readonly calldata: Uint8Array }

/** The parts of an envelope, or undefined for bytes that are none: the sender's fault, hence no error. */
export function parseEnvelope(raw: Uint8Array): Envelope | undefined {
  try {
    return decodeEnvelope(raw)
  } catch (error) {
    if (protocolErrors.is(error)) return undefined
    throw error
  }
}

/** Opens an envelope under the io key of its epoch (PROTOCOL §6.2). @throws ENCLAVE_KEYS_MISSING */
export function openEnvelope(
  { chainId, enigma, crypto }: Domain,
  keys: ContractKeys,
  contract: Uint8Array,
  sender: Uint8Array,
  codeHash: Uint8Array,
  envelope: Envelope,
): OpenedEnvelope {
  const { keyEpoch, ephemeralKey, ciphertext } = envelope
  const { secretKey, publicKey } = keys.io(keyEpoch)
  let secret: SecretKey
  try {
    secret = crypto.x25519SharedSecret(secretKey, ephemeralKey)
  } catch (error) {
    if (cryptoErrors.is(error, "BAD_PUBLIC_KEY")) return { kind: "unreadable" }
    throw error
  }
  const shared: SharedSecret = { secret, salt: concatBytes(ephemeralKey, publicKey) }
  const aad = keccak256(envelopeAadPreimage({ chainId, enigma, contract, sender, keyEpoch, codeHash }))
  const { key, nonce } = deriveSealingKey(crypto, { inputKey: secret, salt: shared.salt, info: envelopeInfo(aad) })
  try {
    const padded = crypto.aes256GcmOpen({ key, nonce, associatedData: aad }, ciphertext)
    return { kind: "opened", shared, calldata: unpad(padded, "envelope") }
  } catch (error) {
    if (cryptoErrors.is(error, "OPEN_FAILED") || protocolErrors.is(error)) return { kind: "forged", shared }
    throw error
  } finally {
    key.wipe()
  }
}
