/**
 * The engine of secret contracts: `prepare` checks, meters and compiles code, `call` runs it. It knows no keys, no
 * chain and no network; state and cryptography are handed in.
 */
export { call, stateRefusal } from "./call.ts"
export { MAX_STACK_SLOTS } from "./constants.ts"
export { runtimeErrors } from "./errors.ts"
export { type DebugFiles, explainTrap, type SourceLine, type Trap, type TrapExplanation } from "./explain-trap.ts"
export { initWasi } from "./internal/wasi.ts"
export { ModuleCache } from "./module-cache.ts"
export { type PreparedModule, prepare } from "./prepare.ts"
export { PRICE } from "./prices.ts"
export { type SeparatedCode, separateDebug } from "./separate-debug.ts"
export type {
  Callback,
  CallContext,
  CallOutcome,
  HostCrypto,
  HostState,
  PrepareOptions,
  Profile,
  TrapKind,
} from "./types.ts"
