// The contracts whose ABI other code may know. packages/contracts is generated from this list and from nothing else.

export interface PublicAbi {
  /** kebab-case: the file's name, and in camelCase with "Abi" the export's. */
  readonly name: string
  /** Sources under contracts-sol/src, `file:Contract`. Their ABIs are merged; an entry they share appears once. */
  readonly sources: readonly string[]
  /** Of these, only the errors are added: those that surface through the contract without being in its interface. */
  readonly errorsOf?: readonly string[]
  readonly about: string
}

export const PUBLIC_ABIS: readonly PublicAbi[] = [
  {
    name: "enigma",
    sources: ["interfaces/IEnigma.sol:IEnigma"],
    errorsOf: [
      "Enigma.sol:Enigma",
      "EnigmaLedger.sol:EnigmaLedger",
      "EnigmaWorkers.sol:EnigmaWorkers",
      "attestation/DevAttestationVerifier.sol:DevAttestationVerifier",
    ],
    about: "Enigma on chain, whole",
  },
  { name: "enigma-token", sources: ["token/EnigmaToken.sol:EnigmaToken"], about: "The token of fees and stakes" },
  {
    name: "attestation-verifier",
    sources: ["interfaces/IAttestationVerifier.sol:IAttestationVerifier"],
    about: "What registration asks of an attestation scheme",
  },
  {
    name: "dev-attestation-verifier",
    sources: ["attestation/DevAttestationVerifier.sol:DevAttestationVerifier"],
    about: "Attestation by a development root key, refused on chain id 1",
  },
  {
    name: "secret-contract-account",
    sources: ["account/SecretContractAccount.sol:SecretContractAccount"],
    about: "The Ethereum account of a secret contract",
  },
]

/** The contracts that a network in one process deploys from their code alone. */
export const DEPLOYED_CONTRACTS: readonly string[] = [
  "token/EnigmaToken.sol:EnigmaToken",
  "deploy/EnigmaProxy.sol:EnigmaTimelock",
  "attestation/DevAttestationVerifier.sol:DevAttestationVerifier",
  "EnigmaWorkers.sol:EnigmaWorkers",
  "EnigmaLedger.sol:EnigmaLedger",
  "Enigma.sol:Enigma",
  "deploy/EnigmaProxy.sol:EnigmaProxy",
]
