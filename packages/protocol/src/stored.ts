/** Inputs that a user keeps for later, sealed to the user (PROTOCOL §6.7). No enclave ever sees this form. */
import { concatBytes, utf8Bytes, words } from "./bytes.ts"
import { bytes, type Decoded, encode, hash, oneOf, remainder, struct, text, version } from "./codec.ts"
import { SIZE_CLASSES_BYTES } from "./limits.ts"
import { sealedSizes } from "./sealed.ts"
import { TAG } from "./tags.ts"

/** Longest function signature kept with stored inputs, bytes. */
export const MAX_STORED_SIGNATURE_BYTES = 4_096

/** What is sealed: the call, and the signature by which its answer is decoded ("richest(uint256) returns (address)"). */
export const StoredBodyCodec = struct("stored inputs", {
  signature: text(MAX_STORED_SIGNATURE_BYTES, "function signature"),
  calldata: bytes(SIZE_CLASSES_BYTES.at(-1)! - 12, "calldata"),
})
export type StoredBody = Decoded<typeof StoredBodyCodec>

/** §6.7: `version 1 | kind 3 | salt 32 | ciphertext`. */
export const SealedStoredCodec = struct("sealed stored inputs", {
  version: version("sealed stored inputs", 1),
  kind: oneOf("sealed stored inputs kind", [3]),
  salt: hash,
  ciphertext: remainder("stored ciphertext", sealedSizes),
})
export type SealedStored = Decoded<typeof SealedStoredCodec>
export const MAX_SEALED_STORED_BYTES = 34 + sealedSizes.at(-1)!
export const encodeSealedStored = (salt: Uint8Array, ciphertext: Uint8Array): Uint8Array =>
  encode(SealedStoredCodec, { version: 1, kind: 3, salt, ciphertext })

/** Associated data: keccak256 of 5 words. */
export const storedAadPreimage = (
  chainId: bigint,
  enigma: Uint8Array,
  contract: Uint8Array,
  account: Uint8Array,
): Uint8Array => words(TAG.STORED, chainId, enigma, contract, account)
export const storedInfo = (aad: Uint8Array): Uint8Array => concatBytes(utf8Bytes("enigma/1/stored"), aad)

/** §6.7: what an account signs to derive its storage key. Fixed words, so that it is the same on every device. */
export const STORAGE_KEY_TYPE = "StorageKey(address account,string purpose)"
export const STORAGE_KEY_PURPOSE = "Derive the key of my stored inputs. Sign this only for a page you trust."
export const STORAGE_KEY_INFO: Uint8Array = utf8Bytes("enigma/1/storage-key")
