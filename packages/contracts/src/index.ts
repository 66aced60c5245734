/** Typed ABIs of the contracts, generated from contracts-sol by `npm run build:contracts`. */
export * from "./generated/index.ts"
