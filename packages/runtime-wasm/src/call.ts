import { MAX_CALLDATA_BYTES, MAX_GAS_LIMIT, trapDetail } from "@enigma-discovery/protocol"
import { runtimeErrors } from "./errors.ts"
import { runBare } from "./internal/bare.ts"
import { ENGINE_FAULT_GAS } from "./internal/gas-word.ts"
import { CallEnded, RunState, StateRefusal } from "./internal/run-state.ts"
import { trapKindOf } from "./internal/trap.ts"
import { trapPlace } from "./internal/trap-place.ts"
import { runWasi } from "./internal/wasi.ts"
import type { PreparedModule } from "./prepare.ts"
import type { CallContext, CallOutcome, HostCrypto, HostState, TrapKind } from "./types.ts"

const NOTHING = new Uint8Array(0)

/** Makes the error by which a `HostState` tells that one of its limits is reached; the call reverts with the message. */
export const stateRefusal = (message: string): Error => new StateRefusal(message)

/**
 * Runs one call on a fresh instance, synchronously. Whatever the contract does is an outcome; exceptions are faults of
 * the host: of `state` or `crypto` (passed through), or of the engine (RUNTIME_ENGINE_FAULT). Equal inputs give equal
 * outcomes on every machine. Nothing of the run survives but what was told to `state`.
 *
 * @param gasLimit above MAX_GAS_LIMIT no more is granted, but a trap still takes all of it
 * @throws RUNTIME_BAD_CONTEXT, RUNTIME_ENGINE_FAULT
 */
export function call(
  module: PreparedModule,
  context: CallContext,
  state: HostState,
  crypto: HostCrypto,
  gasLimit: bigint,
): CallOutcome {
  checkContext(context, gasLimit)
  const granted = gasLimit < MAX_GAS_LIMIT ? gasLimit : MAX_GAS_LIMIT
  const gas = granted - module.instanceGas
  const run = new RunState(context, state, crypto, gas)
  if (gas < 0n) return outOfGas(run, gasLimit)
  const enter = module.profile === "wasi" ? runWasi : runBare
  let thrown: unknown
  try {
    const returnData = enter(module, run)
    if (run.gas < 0n) return outOfGas(run, gasLimit)
    const { callbacks, events, debug } = run
    return {
      kind: "success",
      returnData: returnData ?? NOTHING,
      gasUsed: granted - run.gas,
      callbacks,
      events,
      debug,
    }
  } catch (cause) {
    thrown = cause
  }
  return ended(module, run, thrown, gasLimit, granted)
}

/** What an exception out of the contract's code means. @throws what is not the contract's doing */
function ended(module: PreparedModule, run: RunState, thrown: unknown, gasLimit: bigint, granted: bigint): CallOutcome {
  const { gas, debug } = run
  const reverted = (message: string): CallOutcome =>
    gas < 0n ? outOfGas(run, gasLimit) : { kind: "reverted", message, gasUsed: granted - gas, debug }
  const trap = (kind: TrapKind, more: string, stack: string | undefined): CallOutcome => {
    const detail = trapDetail(trapPlace(module.instrumented, stack), more)
    return { kind: "trap", trap: kind, detail, gasUsed: gasLimit, debug }
  }
  if (thrown instanceof StateRefusal) return reverted(thrown.message)
  if (thrown instanceof CallEnded) {
    const { reason } = thrown
    if (reason.end === "revert") return reverted(reason.message)
    if (reason.end === "misuse")
      return gas < 0n ? outOfGas(run, gasLimit) : trap("host-misuse", reason.detail, reason.stack)
    return outOfGas(run, gasLimit)
  }
  if (!(thrown instanceof WebAssembly.RuntimeError)) {
    if (thrown instanceof RangeError)
      throw runtimeErrors.make("ENGINE_FAULT", { reason: thrown.message }, { cause: thrown })
    throw thrown
  }
  if (gas === ENGINE_FAULT_GAS)
    throw runtimeErrors.make("ENGINE_FAULT", { reason: "no memory for memory.grow" }, { cause: thrown })
  if (gas < 0n) return outOfGas(run, gasLimit)
  if (run.isOutOfStack) return trap("stack-overflow", "calls are nested too deep", thrown.stack)
  const kind = trapKindOf(thrown.message)
  if (kind === undefined) throw runtimeErrors.make("ENGINE_FAULT", { reason: thrown.message }, { cause: thrown })
  return trap(kind, run.trapDetail, thrown.stack)
}

const outOfGas = (run: RunState, gasLimit: bigint): CallOutcome => ({
  kind: "out-of-gas",
  gasUsed: gasLimit,
  debug: run.debug,
})

function checkContext(context: CallContext, gasLimit: bigint): void {
  const check = (good: boolean, what: string, want: string): void => {
    if (!good) throw runtimeErrors.make("BAD_CONTEXT", { what, want })
  }
  check(context.contract.length === 20, "contract", "20 bytes")
  check(context.sender.length === 20, "sender", "20 bytes")
  check(context.taskId.length === 32, "task id", "32 bytes")
  check(context.token.length === 20, "token", "20 bytes")
  check(context.amount >= 0n && context.amount < 1n << 256n, "amount", "below 2^256")
  check(context.blockNumber >= 0n && context.blockNumber < 1n << 64n, "block number", "below 2^64")
  check(context.timestamp >= 0n && context.timestamp < 1n << 64n, "timestamp", "below 2^64")
  check(context.calldata.length <= MAX_CALLDATA_BYTES, "calldata", `at most ${MAX_CALLDATA_BYTES} bytes`)
  check(gasLimit >= 0n && gasLimit < 1n << 64n, "gas limit", "below 2^64")
}
