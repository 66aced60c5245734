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
 * Runs contract code: calls of one contract, each on the state that the successes before it leave. The state is lent: it is as
 * before when `run` has ended, and what a success changed comes back as `changes`. There are as many results as the engine
 * came to, at least one; a fault is the last. An engine that breaks is as new for the next run.
 */
export interface Engine {
  run(calls: readonly EngineCall[], state: StateMap): Promise<readonly EngineResult[]>
  /** Nothing of this contract's state may stay with the engine. */
  forget(contract: Uint8Array): void
  stop(): Promise<void>
}

/** Whether what follows a result may not run yet: nothing does on a fault, nor before the outcome of callbacks is known. */
export const endsRun = (result: EngineResult): boolean =>
  result.kind === "fault" ||
  (result.kind === "outcome" && result.outcome.kind === "success" && result.outcome.callbacks.length > 0)
