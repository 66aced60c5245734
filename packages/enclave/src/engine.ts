/** Running contract code as the worker enclave does, without keys, chain or network: what `simulate` of an SDK stands on. */
export { changeOf, publicChanges } from "./core/delta.ts"
export type { EngineResult } from "./core/engine.ts"
export { hostCrypto } from "./core/host-crypto.ts"
export { LocalEngine } from "./core/local-engine.ts"
export { callbackFailedBody, type TaskVerdict, verdictOf } from "./core/outcome.ts"
export { keyText, type StateEntry, StateMap } from "./core/state-map.ts"
