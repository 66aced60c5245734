import type { ContractFunction, ContractModel, Parameter, Signed, StateKind, StateVariable } from "./contract-model.ts"
import type { AbiType } from "./solidity-types.ts"

export type AbiParameter = { readonly name: string; readonly type: string; readonly internalType: string }
export type AbiEventParameter = AbiParameter & { readonly indexed: false }

/** An entry of the ABI JSON, as Solidity's compiler writes it and ethers' `Interface` reads it. */
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
  | {
      readonly type: "event"
      readonly name: string
      readonly inputs: readonly AbiEventParameter[]
      readonly anonymous: false
    }
  | { readonly type: "error"; readonly name: string; readonly inputs: readonly AbiParameter[] }

/** A variable of the state: how its entries are named and encoded is PROTOCOL §9.3. */
export type StateEntry = {
  readonly name: string
  readonly kind: StateKind
  /** Types of a mapping's keys, one or two; else empty. */
  readonly keys: readonly string[]
  readonly value: string
  /** Its entries stand in clear in the contract's deltas. */
  readonly isPublic: boolean
}

/** An Ethereum contract that the secret contract calls, and the functions it may call. */
export type EthereumEntry = { readonly name: string; readonly abi: readonly AbiEntry[] }

const parameter = (name: string, { solidity }: AbiType): AbiParameter => ({
  name,
  type: solidity,
  internalType: solidity,
})
const inputsOf = (parameters: readonly Parameter[]): readonly AbiParameter[] =>
  parameters.map(({ name, type }) => parameter(name, type))

/** Constructor, functions, events, errors; each in the order of the source. */
export function abiOf({ construct, functions, events, errors }: ContractModel): readonly AbiEntry[] {
  return [
    ...(construct === undefined ? [] : [constructorEntry(construct)]),
    ...functions.map(functionEntry),
    ...events.map(eventEntry),
    ...errors.map(({ name, parameters }): AbiEntry => ({ type: "error", name, inputs: inputsOf(parameters) })),
  ]
}

const constructorEntry = ({ parameters, mutability }: ContractFunction): AbiEntry => ({
  type: "constructor",
  inputs: inputsOf(parameters),
  stateMutability: mutability === "payable" ? "payable" : "nonpayable",
})

const functionEntry = ({ name, parameters, result, mutability }: ContractFunction): AbiEntry => ({
  type: "function",
  name,
  inputs: inputsOf(parameters),
  outputs: result === undefined ? [] : [parameter("", result)],
  stateMutability: mutability,
})

const eventEntry = ({ name, parameters }: Signed): AbiEntry => ({
  type: "event",
  name,
  inputs: inputsOf(parameters).map((input) => ({ ...input, indexed: false })),
  anonymous: false,
})

export const stateOf = ({ state }: ContractModel): readonly StateEntry[] => state.map(stateEntry)

const stateEntry = ({ name, kind, keys, value, isPublic }: StateVariable): StateEntry => ({
  name,
  kind,
  keys: keys.map(({ solidity }) => solidity),
  value: value.solidity,
  isPublic,
})

export const ethereumOf = ({ ethereum }: ContractModel): readonly EthereumEntry[] =>
  ethereum.map(({ name, functions }) => ({
    name,
    abi: functions.map((f) => functionEntry({ ...f, result: undefined, mutability: "nonpayable" })),
  }))
