import { keccak256 } from "@enigma-discovery/crypto"
import { accountSaltPreimage, concatBytes } from "@enigma-discovery/protocol"
import { CLONE_PREFIX, CLONE_SUFFIX } from "./constants.ts"

/** Everything a secret contract's address is made of (PROTOCOL §2.4). */
export interface ContractAddressInput {
  /** The Enigma proxy, which creates the account; 20 bytes. */
  readonly enigma: Uint8Array
  /** Implementation that accounts delegate to; 20 bytes. */
  readonly accountImplementation: Uint8Array
  readonly deployer: Uint8Array
  /** Keccak-256 of the WASM code. */
  readonly codeHash: Uint8Array
  /** 32 bytes of the deployer's choice. */
  readonly userSalt: Uint8Array
}

/** The CREATE2 address of a secret contract's account (EIP-1014), 20 bytes: its identity everywhere. */
export function contractAddress(input: ContractAddressInput): Uint8Array {
  const salt = keccak256(accountSaltPreimage(input.deployer, input.codeHash, input.userSalt))
  const init = keccak256(concatBytes(CLONE_PREFIX, input.accountImplementation, CLONE_SUFFIX))
  return keccak256(concatBytes(Uint8Array.of(0xff), input.enigma, salt, init)).slice(12)
}
