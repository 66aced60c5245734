/** Where a trap is in the source: the sealed error knows function and offset, the artifact knows the rest. */
import { clientErrors } from "@enigma-discovery/client"
import { explainTrap, runtimeErrors } from "@enigma-discovery/runtime-wasm"
import type { SecretArtifact } from "../build/artifacts.ts"

type Explained = Pick<SecretArtifact, "name" | "sourceMap">

/**
 * The same error with contract, function and line in its message, for a task or query that trapped; the error it was made
 * of is its cause. Any other error as it is.
 */
export function explainFailure<E>(error: E, { name: contract, sourceMap }: Explained): E | Error {
  for (const code of ["TASK_TRAPPED", "QUERY_TRAPPED"] as const) {
    if (!clientErrors.is(error, code)) continue
    const message = explained(String(error.data.message), { contract, sourceMap })
    return clientErrors.make(code, { ...error.data, message }, { cause: error })
  }
  return error
}

/** A map that someone damaged must not hide the trap. */
function explained(message: string, files: { readonly contract: string; readonly sourceMap: string }): string {
  try {
    return explainTrap(message, files).text
  } catch (error) {
    if (!runtimeErrors.is(error, "BAD_SOURCE_MAP")) throw error
    return `${explainTrap(message, { contract: files.contract }).text} (${error.message})`
  }
}
