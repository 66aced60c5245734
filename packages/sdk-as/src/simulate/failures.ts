import { RESULT_KIND } from "@enigma-discovery/protocol"
import { explainTrap } from "@enigma-discovery/runtime-wasm"
import { sdkErrors } from "../errors.ts"
import type { EndedCall, SimulatedCall, Simulator } from "./simulator.ts"

/** The error of a call that did not succeed; undefined for one that did. */
export function failureOf(simulator: Simulator, call: SimulatedCall, ended: EndedCall): Error | undefined {
  const { result, message } = ended.verdict.body!
  const where = `${simulator.compiled.name}.${call.method ?? "the constructor"}`
  switch (result) {
    case RESULT_KIND.returned:
      return undefined
    case RESULT_KIND.reverted:
      return reverted(simulator, where, message)
    case RESULT_KIND.outOfGas:
      return sdkErrors.make("OUT_OF_GAS", { where, gasLimit: call.gasLimit })
    case RESULT_KIND.callbackFailed:
      return callbackFailed(where, ended.callbackError)
    default:
      return trapped(simulator, where, message)
  }
}

/** With the line of the source: its map was kept. */
function trapped({ compiled }: Simulator, where: string, message: string): Error {
  const { name: contract, sourceMap } = compiled
  const { trap, text, own } = explainTrap(message, { contract, sourceMap })
  return sdkErrors.make("TRAPPED", { where, trap, text, ...own })
}

function reverted({ interface: contract }: Simulator, where: string, message: string): Error {
  const error = contract.error(message)
  if (error === undefined) return sdkErrors.make("REVERTED", { where, message })
  const shown = `${error.name}(${error.args.map(String).join(", ")})`
  return sdkErrors.make("REVERTED_WITH", { where, error: error.name, shown, message }, { cause: error })
}

function callbackFailed(where: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return sdkErrors.make("CALLBACK_FAILED", { where, reason }, { cause })
}
