import type { CryptoProvider } from "@enigma-discovery/crypto"
import type { NetworkConfig } from "@enigma-discovery/protocol"

/** What every pure function of the core is bound to: one network, and the primitives in the form the root chose. */
export interface Domain {
  readonly chainId: bigint
  readonly enigma: Uint8Array
  readonly crypto: CryptoProvider
}

export const domainOf = (config: NetworkConfig, crypto: CryptoProvider): Domain =>
  Object.freeze({ chainId: config.chainId, enigma: config.enigma, crypto })
