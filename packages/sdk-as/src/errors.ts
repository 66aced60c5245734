import { defineErrors } from "@enigma-discovery/protocol"

/** Why a contract does not compile. Each names file, line and what to do. */
export const sdkErrors = defineErrors("SDK_AS", {
  BAD_CONTRACT: "{file}:{line}:{column}: {problem} {fix}",
  COMPILE_FAILED: "{file}:{line}:{column}: {problem}",
  COMPILER_CRASHED: "The AssemblyScript compiler ended with exit code {exitCode}: {output}",
  ENTRY_NOT_FOUND: "There is no contract source at {entry}.",
})
