import assert from "node:assert/strict"
import { MemoryState, testContext, testCrypto } from "@enigma-discovery/testing"
import { type CallOutcome, call, type PreparedModule } from "../../src/index.ts"
import { Interpreter, InterpreterRevert, InterpreterStopped, InterpreterTrap, interpreterHost } from "./interpreter.ts"

export type Expected =
  | {
      readonly kind: "success" | "reverted"
      readonly gas: bigint
      readonly log: readonly string[]
      readonly returned: Uint8Array
    }
  | { readonly kind: "trap"; readonly trap: string; readonly gas: bigint; readonly log: readonly string[] }
  | { readonly kind: "stopped"; readonly log: readonly string[] }

/** What the interpreter says a module does within a limit of gas, its instance not counted; `executed` gathers opcodes. */
export function interpret(code: Uint8Array, limit: bigint, executed = new Set<number>()): Expected {
  const log: string[] = []
  const host = interpreterHost(log)
  const machine = new Interpreter(code, host, limit, executed)
  try {
    machine.run("call")
    return { kind: "success", gas: machine.gas, log, returned: host.returned ?? new Uint8Array(0) }
  } catch (error) {
    if (error instanceof InterpreterRevert)
      return { kind: "reverted", gas: machine.gas, log, returned: new Uint8Array(0) }
    if (error instanceof InterpreterTrap) return { kind: "trap", trap: error.kind, gas: machine.gas, log }
    if (error instanceof InterpreterStopped) return { kind: "stopped", log }
    throw error
  }
}

export function runMetered(module: PreparedModule, gas: bigint): { outcome: CallOutcome; log: readonly string[] } {
  const state = new MemoryState()
  return { outcome: call(module, testContext(), state, testCrypto(), module.instanceGas + gas), log: state.log }
}

/**
 * Holds a metered module to the interpreter: the same end, to the unit of gas; one unit less is out of gas; and with any
 * smaller limit it stops, having asked the host for no more than the interpreter could pay for.
 */
export function compareWith(expected: Expected, module: PreparedModule, given: bigint, less: readonly bigint[]): void {
  // A trap may come while gas is taken for code that it prevents: the limit must have room for that code.
  const limit = expected.kind === "trap" ? 100n * given : given
  const { outcome, log } = runMetered(module, limit)
  if (expected.kind === "stopped") {
    assert.equal(outcome.kind, "out-of-gas")
    return
  }
  assert.equal(outcome.kind, expected.kind)
  assert.deepEqual(log, expected.log)
  if (expected.kind === "trap") {
    assert.ok(outcome.kind === "trap")
    assert.equal(outcome.trap, expected.trap)
    assert.equal(outcome.gasUsed, module.instanceGas + limit)
  } else {
    assert.equal(outcome.gasUsed - module.instanceGas, expected.gas)
    if (outcome.kind === "success" && expected.kind === "success")
      assert.deepEqual(outcome.returnData, expected.returned)
    const exact = runMetered(module, expected.gas)
    assert.equal(exact.outcome.kind, expected.kind)
    assert.equal(exact.outcome.gasUsed - module.instanceGas, expected.gas)
    if (expected.gas > 0n) assert.equal(runMetered(module, expected.gas - 1n).outcome.kind, "out-of-gas")
  }
  for (const part of less) {
    if (part >= expected.gas) continue
    const short = runMetered(module, part)
    // Before a trap the gas may already be taken for code that the trap prevents.
    if (expected.kind !== "trap") assert.equal(short.outcome.kind, "out-of-gas")
    assert.deepEqual(short.log, expected.log.slice(0, short.log.length))
  }
}
