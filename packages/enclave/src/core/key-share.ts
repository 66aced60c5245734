import { type CryptoProvider, cryptoErrors, dealBlsShares, newBlsSecretKey, SecretKey } from "@enigma-discovery/crypto"
import {
  concatBytes,
  decode,
  encode,
  fixed,
  protocolErrors,
  struct,
  u8,
  utf8Bytes,
  version,
} from "@enigma-discovery/protocol"
import { MAX_SEALED_SHARE_BYTES } from "../constants.ts"
import { enclaveErrors } from "../errors.ts"

/** One manager's part of the committee's two keys. */
export interface KeyShare {
  /** 1..managers. */
  readonly managerIndex: number
  readonly threshold: number
  readonly managers: number
  /** The group's public keys, 256 bytes each (EIP-2537). */
  readonly beaconKey: Uint8Array
  readonly contractKey: Uint8Array
  readonly beaconShare: SecretKey
  readonly contractShare: SecretKey
}

/**
 * Makes both keys and deals their shares. The dealer knows the keys while this runs: this is the form for one manager, and
 * the start of a committee until a dealerless ceremony replaces it.
 */
export function dealKeyShares(threshold: number, managers: number): readonly KeyShare[] {
  const beacon = newBlsSecretKey()
  const contract = newBlsSecretKey()
  try {
    const beaconShares = dealBlsShares(beacon, threshold, managers)
    const contractShares = dealBlsShares(contract, threshold, managers)
    return beaconShares.shares.map(({ index, secretKey }, i) =>
      Object.freeze({
        managerIndex: index,
        threshold,
        managers,
        beaconKey: beaconShares.groupPublicKey,
        contractKey: contractShares.groupPublicKey,
        beaconShare: secretKey,
        contractShare: contractShares.shares[i]!.secretKey,
      }),
    )
  } finally {
    beacon.wipe()
    contract.wipe()
  }
}

const NONCE_BYTES = 12
const AAD = utf8Bytes("enigma/1/sealed-share")
const ShareCodec = struct("key share", {
  version: version("key share", 1),
  managerIndex: u8,
  threshold: u8,
  managers: u8,
  beaconKey: fixed(256, "beacon key"),
  contractKey: fixed(256, "contract key"),
  beaconShare: fixed(32, "beacon share"),
  contractShare: fixed(32, "contract share"),
})

/** `nonce 12 | AES-256-GCM ciphertext` under this machine's sealing key: read by the same program on the same machine only. */
export function sealShare(crypto: CryptoProvider, sealingKey: Uint8Array, share: KeyShare): Uint8Array {
  const plaintext = share.beaconShare.expose((beaconShare) =>
    share.contractShare.expose((contractShare) =>
      encode(ShareCodec, { version: 1, ...share, beaconShare, contractShare }),
    ),
  )
  const nonce = crypto.randomBytes(NONCE_BYTES)
  const sealed = crypto.aes256GcmSeal({ key: sealingKey, nonce, associatedData: AAD }, plaintext)
  plaintext.fill(0)
  return concatBytes(nonce, sealed)
}

/** @throws ENCLAVE_SEALED_STATE */
export function openShare(crypto: CryptoProvider, sealingKey: Uint8Array, sealed: Uint8Array): KeyShare {
  try {
    const nonce = sealed.subarray(0, NONCE_BYTES)
    const parameters = { key: sealingKey, nonce, associatedData: AAD }
    const plaintext = crypto.aes256GcmOpen(parameters, sealed.subarray(NONCE_BYTES))
    const { beaconShare, contractShare, ...open } = decode(ShareCodec, plaintext, MAX_SEALED_SHARE_BYTES)
    plaintext.fill(0)
    return { ...open, beaconShare: SecretKey.take(beaconShare), contractShare: SecretKey.take(contractShare) }
  } catch (error) {
    if (cryptoErrors.is(error) || protocolErrors.is(error)) throw enclaveErrors.make("SEALED_STATE")
    throw error
  }
}
