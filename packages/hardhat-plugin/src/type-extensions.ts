import "hardhat/types/config"
import "hardhat/types/network"
import type { EnigmaConfig } from "./config/resolve.ts"
import type { EnigmaUserConfig, NetworkEnigmaUserConfig } from "./config/schema.ts"
import type { Enigma } from "./types.ts"

declare module "hardhat/types/config" {
  interface HardhatUserConfig {
    enigma?: EnigmaUserConfig
  }
  interface HardhatConfig {
    enigma: EnigmaConfig
  }
  interface HttpNetworkUserConfig {
    enigma?: NetworkEnigmaUserConfig
  }
  interface HttpNetworkConfig {
    enigma?: NetworkEnigmaUserConfig
  }
}

declare module "hardhat/types/network" {
  interface NetworkConnection<ChainTypeT extends ChainType | string = DefaultChainType> {
    enigma: Enigma
  }
}
