import { addressOfSigningKey, SecretKey, signDigest } from "@enigma-discovery/crypto"
import { nodeCrypto } from "@enigma-discovery/crypto/node"
import { DevQuoteCodec, encode, utf8Bytes } from "@enigma-discovery/protocol"
import { quoteDigest } from "@enigma-discovery/verify"

/** The machine's quoting hardware: says which program it started, and gives that program a key of its own. */
export interface QuotingHardware {
  /** 20-byte address that quotes verify against. */
  readonly root: Uint8Array
  /** A quote over 32 bytes of report data, in the name of a program that this hardware measured. */
  quote(measurement: Uint8Array, reportData: Uint8Array): Uint8Array
  /** 32 bytes that the same program gets again on the same machine, and no other program. */
  sealingKey(measurement: Uint8Array): Uint8Array
}

export interface DevQuotingOptions {
  /** secp256k1 secret of the dev root, 32 bytes. */
  readonly rootKey: Uint8Array
  /** Unix seconds. */
  readonly now: () => bigint
  readonly securityVersion?: number
}

/**
 * Simulated quoting hardware. It measures the program file and signs in its name, so everything built on quotes is exercised
 * as it will be with hardware. What it does NOT protect: whoever holds `rootKey` can sign a quote for anything; the operator
 * can read the enclave's memory and pipe; the sealing key is known to the host. Chains refuse this root on mainnet.
 */
export function createDevQuoting({ rootKey, now, securityVersion = 1 }: DevQuotingOptions): QuotingHardware {
  const key = SecretKey.copy(rootKey)
  return Object.freeze({
    root: addressOfSigningKey(key),
    quote(measurement: Uint8Array, reportData: Uint8Array) {
      const body = { measurement, securityVersion, issuedAtS: now(), reportData }
      return encode(DevQuoteCodec, { version: 1, kind: 1, ...body, signature: signDigest(quoteDigest(body), key) })
    },
    sealingKey: (measurement: Uint8Array) =>
      nodeCrypto.hkdfSha256(key, measurement, utf8Bytes("enigma/1/dev-sealing"), 32),
  })
}
