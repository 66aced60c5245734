/** Compiles secret contracts written in AssemblyScript. Contracts themselves import `@enigma-discovery/sdk-as/assembly`. */
export { type CompiledContract, type CompileOptions, compile } from "./compile.ts"
export type { AbiEntry, AbiParameter } from "./contract-model.ts"
export { sdkErrors } from "./errors.ts"
