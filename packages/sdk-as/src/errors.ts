import { defineErrors } from "@enigma-discovery/protocol"

/** Why a contract does not compile (each names file, line and what to do), and how a simulated call can end. */
export const sdkErrors = defineErrors("SDK_AS", {
  BAD_CONTRACT: "{file}:{line}:{column}: {problem} {fix}",
  COMPILE_FAILED: "{file}:{line}:{column}: {problem}",
  COMPILER_CRASHED: "The AssemblyScript compiler ended with exit code {exitCode}: {output}",
  ENTRY_NOT_FOUND: "There is no contract source at {entry}.",
  BAD_ABI: "{name} is no ABI that calls can be made from: {reason}",
  NO_FUNCTION: "The contract has no method {name}; it has {known}.",
  NO_VARIABLE: "The contract has no state variable {name}; it has {known}.",
  WRONG_KEYS: "State variable {name} is read with {want} keys, or with none for all of it; {got} were given.",
  BAD_ARGUMENTS: "The arguments of {name} do not fit its signature: {reason}",
  BAD_ADDRESS: "{address} is not an address: give 20 bytes as 0x-prefixed hexadecimal.",
  REVERTED: "{where} reverted: {message}",
  REVERTED_WITH: "{where} reverted with {shown}",
  OUT_OF_GAS: "{where} used all of its {gasLimit} gas. Give more, or look for a loop that does not end.",
  TRAPPED: "{where} trapped: {text}",
  CALLBACK_FAILED: "A callback of {where} failed, which undoes the task: {reason}",
})
