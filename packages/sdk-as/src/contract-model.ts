import { keccak256 } from "@enigma-discovery/crypto"
import { toHex, utf8Bytes } from "@enigma-discovery/protocol"
import type { AbiType } from "./solidity-types.ts"

export type Parameter = { readonly name: string; readonly type: AbiType }

/** Something with a signature: a function, an event, an error. */
export type Signed = { readonly name: string; readonly parameters: readonly Parameter[] }

export type ContractFunction = Signed & {
  readonly result: AbiType | undefined
  readonly mutability: "nonpayable" | "payable" | "view"
}

export type StateKind = "value" | "mapping" | "list"

/** A variable of the contract's state. */
export type StateVariable = {
  /** Name under which the entries are kept (PROTOCOL §9.3). */
  readonly name: string
  readonly kind: StateKind
  /** Of a mapping's keys: one or two. */
  readonly keys: readonly AbiType[]
  readonly value: AbiType
  readonly isPublic: boolean
}

/** An Ethereum contract that the secret contract calls. */
export type EthereumInterface = { readonly name: string; readonly functions: readonly Signed[] }

/** What a source says a contract is. */
export type ContractModel = {
  readonly className: string
  readonly construct: ContractFunction | undefined
  readonly functions: readonly ContractFunction[]
  readonly events: readonly Signed[]
  readonly errors: readonly Signed[]
  readonly state: readonly StateVariable[]
  readonly ethereum: readonly EthereumInterface[]
}

export const signatureOf = ({ name, parameters }: Signed): string =>
  `${name}(${parameters.map(({ type }) => type.solidity).join(",")})`

/** First 4 bytes of the hash of a signature, as 0x-prefixed hexadecimal. */
export const selectorOf = (signature: string): string => topicOf(signature).slice(0, 10)

/** Hash of a signature, as 0x-prefixed hexadecimal: what an event starts with. */
export const topicOf = (signature: string): string => toHex(keccak256(utf8Bytes(signature)))
