import { attestationVerifierAbi, enigmaAbi, enigmaTokenAbi } from "@enigma-discovery/contracts"
import { Interface } from "ethers"

/** Interfaces of the contracts, as ethers encodes and decodes them. */
export const enigmaInterface = new Interface(enigmaAbi)
export const tokenInterface = new Interface(enigmaTokenAbi)
export const attestationInterface = new Interface(attestationVerifierAbi)
/** Whose errors a call to Enigma may end in. */
export const enigmaErrors: readonly Interface[] = [enigmaInterface, attestationInterface, tokenInterface]
