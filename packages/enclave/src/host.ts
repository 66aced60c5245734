/** The untrusted side: starts and talks to the two enclave programs. Bundling them is the door "./bundle". */
export type * from "./api.ts"
export { type KeyShare, sealShare } from "./core/key-share.ts"
export { enclaveErrors } from "./errors.ts"
export { createDevQuoting, type DevQuotingOptions, type QuotingHardware } from "./host/dev-quoting.ts"
export {
  keyRequestProofSlots,
  managerProofSlots,
  type ProofPlan,
  type ProofSubject,
  proofSlots,
} from "./host/proof-slots.ts"
export {
  type InProcessOptions,
  type InProcessWorkerEnclave,
  type StartOptions,
  startKeyManagerEnclave,
  startKeyManagerEnclaveInProcess,
  startWorkerEnclave,
  startWorkerEnclaveInProcess,
} from "./host/start.ts"
export { measurementOf } from "./measurement.ts"
