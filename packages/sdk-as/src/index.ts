/** Compiles secret contracts written in AssemblyScript. Contracts themselves import `@enigma-discovery/sdk-as/assembly`. */
export type { AbiEntry, AbiEventParameter, AbiParameter, EthereumEntry, StateEntry } from "./abi-json.ts"
export { type CompiledContract, type CompileOptions, type ContractShape, compileContract } from "./compile.ts"
export { sdkErrors } from "./errors.ts"
export { ethereumCaller } from "./ethereum-caller.ts"
export { decodeState, describeKey, describeValue, type RawState } from "./state-values.ts"
