/** Creation code of the contracts, for deploying without a compiler; apart, because it is large. */
export { deploymentCode } from "./generated/deployment-code.ts"
