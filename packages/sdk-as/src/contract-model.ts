import { keccak256 } from "@enigma-discovery/crypto"
import { toHex, utf8Bytes } from "@enigma-discovery/protocol"
import type { AbiType } from "./solidity-types.ts"

export type Parameter = { readonly name: string; readonly type: AbiType }

export type ContractFunction = {
  readonly name: string
  readonly parameters: readonly Parameter[]
  readonly result: AbiType | undefined
  readonly mutability: "nonpayable" | "payable" | "view"
}

/** What a source says a contract is. */
export type ContractModel = {
  readonly className: string
  readonly construct: ContractFunction | undefined
  readonly functions: readonly ContractFunction[]
}

export const signatureOf = ({ name, parameters }: Pick<ContractFunction, "name" | "parameters">): string =>
  `${name}(${parameters.map(({ type }) => type.solidity).join(",")})`

/** First 4 bytes of the hash of a signature, as 0x-prefixed hexadecimal. */
export const selectorOf = (signature: string): string => toHex(keccak256(utf8Bytes(signature)).slice(0, 4))

export type AbiParameter = { readonly name: string; readonly type: string; readonly internalType: string }
export type AbiEntry =
  | {
      readonly type: "constructor"
      readonly inputs: readonly AbiParameter[]
      readonly stateMutability: "nonpayable" | "payable"
    }
  | {
      readonly type: "function"
      readonly name: string
      readonly inputs: readonly AbiParameter[]
      readonly outputs: readonly AbiParameter[]
      readonly stateMutability: "nonpayable" | "payable" | "view"
    }

const abiParameter = (name: string, { solidity }: AbiType): AbiParameter => ({
  name,
  type: solidity,
  internalType: solidity,
})

/** The ABI JSON of a contract, as Solidity's compiler writes it and ethers' Interface reads it. */
export function abiOf(model: ContractModel): readonly AbiEntry[] {
  const inputs = (f: ContractFunction) => f.parameters.map(({ name, type }) => abiParameter(name, type))
  const entries: AbiEntry[] = []
  if (model.construct !== undefined) {
    const stateMutability = model.construct.mutability === "payable" ? "payable" : "nonpayable"
    entries.push({ type: "constructor", inputs: inputs(model.construct), stateMutability })
  }
  for (const f of model.functions) {
    const outputs = f.result === undefined ? [] : [abiParameter("", f.result)]
    entries.push({ type: "function", name: f.name, inputs: inputs(f), outputs, stateMutability: f.mutability })
  }
  return entries
}
