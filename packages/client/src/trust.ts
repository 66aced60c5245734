/** Whom this client believes, fixed when it is made. Nothing here has a default: a default trust would be a fallback. */
import { fromHex, type Hex, type NetworkConfig } from "@enigma-discovery/protocol"
import { checkNetworkConfig, trustHash } from "@enigma-discovery/verify"
import { MAINNET_CHAIN_ID } from "./constants.ts"
import { clientErrors } from "./errors.ts"

export interface TrustOptions {
  /** Address of the dev attestation root, 20 bytes. Refused on chain id 1. */
  readonly devRoot: string
  /**
   * SHA-256 of the worker programs that may see inputs. "chain": those that Enigma's attestation verifier allows, which means
   * trusting its governance and the Ethereum node.
   */
  readonly measurements: readonly Hex[] | "chain"
  /** What the enclaves of this network were told (PROTOCOL §7.3). Left out: its hash is read from Enigma. */
  readonly network?: NetworkConfig
  /** Oldest program version accepted; 0 when left out. */
  readonly minSecurityVersion?: number
  /** Oldest quote accepted, seconds. Left out: as long as the registration on chain holds. */
  readonly maxQuoteAgeS?: number
}

export interface TrustPolicy {
  readonly devRoot: Uint8Array
  readonly measurements: readonly Uint8Array[] | "chain"
  /** 32 bytes, when the network's configuration was given. */
  readonly trustHash: Uint8Array | undefined
  readonly minSecurityVersion: number
  readonly maxQuoteAgeS: bigint
}

/** @throws CLIENT_BAD_OPTION */
export function parseTrust(options: TrustOptions, chainId: bigint, enigma: Uint8Array): TrustPolicy {
  const bad = (why: string) => clientErrors.make("BAD_OPTION", { what: "trust", why })
  if (chainId === MAINNET_CHAIN_ID)
    throw bad("a dev root has no word on chain 1, and no other attestation is known yet")
  const { measurements, network } = options
  if (measurements !== "chain" && measurements.length === 0) throw bad("no measurement is allowed")
  if (network !== undefined) {
    checkNetworkConfig(network)
    if (network.chainId !== chainId || network.enigma.some((byte, i) => byte !== enigma[i]))
      throw bad("its network configuration is for another chain or Enigma")
  }
  return Object.freeze({
    devRoot: fromHex(options.devRoot, 20, "trust.devRoot"),
    measurements: measurements === "chain" ? "chain" : measurements.map((hex) => fromHex(hex, 32, "measurement")),
    trustHash: network === undefined ? undefined : trustHash(network),
    minSecurityVersion: options.minSecurityVersion ?? 0,
    maxQuoteAgeS: BigInt(options.maxQuoteAgeS ?? Number.MAX_SAFE_INTEGER),
  })
}
