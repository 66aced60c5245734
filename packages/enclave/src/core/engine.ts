import type { CallContext, CallOutcome } from "@enigma-discovery/runtime-wasm"
import type { StateChange, StateMap } from "./state-map.ts"

/** One call of a contract's code. */
export interface EngineCall {
  readonly contract: Uint8Array
  readonly codeHash: Uint8Array
  readonly code: Uint8Array
  readonly context: CallContext
  readonly gasLimit: bigint
  /** 32 bytes from which all randomness of the task comes (PROTOCOL §6.5). */
  readonly randomSeed: Uint8Array
}

export type EngineResult =
  | { readonly kind: "outcome"; readonly outcome: CallOutcome; readonly changes: readonly StateChange[] }
  /** The code itself is refused; `code` is the runtime's error code. */
  | { readonly kind: "refused"; readonly code: string }
  /** The engine broke; the call has no outcome. */
  | { readonly kind: "fault" }

/**
 * Runs contract code. The state is lent: it is as before when `run` has ended, and what a success changed comes back as
 * `changes`. An engine that breaks answers "fault" and is as new for the next call.
 */
export interface Engine {
  run(call: EngineCall, state: StateMap): Promise<EngineResult>
  /** Nothing of this contract's state may stay with the engine. */
  forget(contract: Uint8Array): void
  stop(): Promise<void>
}
