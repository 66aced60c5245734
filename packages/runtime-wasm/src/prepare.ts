import { runtimeErrors } from "./errors.ts"
import { profileOf } from "./internal/check-module.ts"
import { type Instrumented, instrument } from "./internal/instrument.ts"
import { isWasiReady } from "./internal/wasi.ts"
import type { PrepareOptions, Profile } from "./types.ts"

/** Code that was checked, instrumented and compiled. Reusable for any number of calls. */
export type PreparedModule = {
  readonly profile: Profile
  /** Gas every call pays for its fresh instance. */
  readonly instanceGas: bigint
  /** Original and instrumented size together; what a cache counts. */
  readonly sizeBytes: number
  readonly instrumented: Instrumented
  readonly compiled: WebAssembly.Module
}

/**
 * Checks, meters and compiles a contract's code.
 * @throws RUNTIME_CODE_TOO_LARGE, NOT_WASM, MALFORMED, TOO_MANY, FORBIDDEN_OPCODE, FORBIDDEN_TYPE, FORBIDDEN_SECTION,
 *   UNKNOWN_IMPORT, WRONG_IMPORT_TYPE, DEBUG_IMPORT, RESERVED_NAME, DUPLICATE_EXPORT, MISSING_EXPORT, WRONG_EXPORT_TYPE,
 *   SEGMENT_OUT_OF_RANGE, STACK_TOO_DEEP, INVALID_MODULE, WASI_NOT_READY
 */
export function prepare(code: Uint8Array, options: PrepareOptions = {}): PreparedModule {
  const owned = code.slice()
  const instrumented = instrument(owned, options.allowDebug ?? false)
  const profile = profileOf(instrumented.module)
  if (profile === "wasi" && !isWasiReady()) throw runtimeErrors.make("WASI_NOT_READY")
  return Object.freeze({
    profile,
    instanceGas: instrumented.instanceGas,
    sizeBytes: owned.length + instrumented.bytes.length,
    instrumented,
    compiled: compile(instrumented.bytes),
  })
}

function compile(bytes: Uint8Array): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes as BufferSource)
  } catch (cause) {
    throw runtimeErrors.make(
      "INVALID_MODULE",
      { reason: cause instanceof Error ? cause.message : "unknown" },
      { cause },
    )
  }
}
