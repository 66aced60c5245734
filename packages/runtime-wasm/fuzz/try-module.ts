import { MemoryState, testContext, testCrypto } from "@enigma-discovery/testing"
import { type CallOutcome, call, type PreparedModule, prepare, runtimeErrors } from "../src/index.ts"

/** How a module ended, and what it took. */
export type Attempt = {
  /** Code of the refusal, kind of the trap, or kind of the outcome. */
  readonly ends: string
  readonly prepareMs: number
  /** Of the dearest call; 0 for a refusal. */
  readonly callMs: number
  readonly nsPerGas: number
}

const endOf = (outcome: CallOutcome): string => (outcome.kind === "trap" ? outcome.trap : outcome.kind)

function refusal(error: unknown): string {
  if (!runtimeErrors.is(error)) throw error
  return (error as { code: string }).code
}

/** Prepares code and calls it once for `construct` and once for `call`. @throws whatever is no typed refusal */
export function tryModule(code: Uint8Array, gasLimit: bigint): Attempt {
  const startedAt = performance.now()
  let module: PreparedModule
  try {
    module = prepare(code)
  } catch (error) {
    return { ends: refusal(error), prepareMs: performance.now() - startedAt, callMs: 0, nsPerGas: 0 }
  }
  const prepareMs = performance.now() - startedAt
  const construct = timed(module, "construct", gasLimit)
  const main = timed(module, "call", gasLimit)
  const dearest = construct.nsPerGas > main.nsPerGas ? construct : main
  return { ends: endOf(main.outcome), prepareMs, callMs: dearest.ms, nsPerGas: dearest.nsPerGas }
}

function timed(module: PreparedModule, kind: "construct" | "call", gasLimit: bigint) {
  const state = new MemoryState()
  const context = testContext({ kind, calldata: new Uint8Array(68) })
  const startedAt = performance.now()
  const outcome = call(module, context, state, testCrypto(), gasLimit)
  const ms = performance.now() - startedAt
  return { outcome, ms, nsPerGas: (ms * 1e6) / Number(outcome.gasUsed) }
}
