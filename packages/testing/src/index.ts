export * from "./runtime-host.ts"
