import type { Client } from "@enigma-discovery/client"
import type { InProcessDevnet } from "@enigma-discovery/devnet/in-process"
import type { Hex } from "@enigma-discovery/protocol"
import type { Signer } from "ethers"

/** Where Enigma is: in this process, or out there. Started by the first call of any of these. */
export interface EnigmaNetwork {
  readonly isMock: boolean
  start(): Promise<void>
  /** Has credit where it can be given. */
  client(signer: Signer): Promise<Client>
  enigmaAddress(): Promise<Hex>
  /** @throws HARDHAT_NOT_STARTED, HARDHAT_MOCK_ONLY */
  devnet(what: string): InProcessDevnet
  /** As `devnet`, started if need be. @throws HARDHAT_MOCK_ONLY */
  startedDevnet(what: string): Promise<InProcessDevnet>
  stop(): Promise<void>
}
