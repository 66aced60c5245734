export * from "./enclave-conformance.ts"
export * from "./runtime-conformance.ts"
export * from "./runtime-host.ts"
