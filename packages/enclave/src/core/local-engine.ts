import type { CryptoProvider } from "@enigma-discovery/crypto"
import { SIZE_CLASSES_BYTES } from "@enigma-discovery/protocol"
import {
  type CallOutcome,
  call,
  initWasi,
  ModuleCache,
  runtimeErrors,
  stateRefusal,
} from "@enigma-discovery/runtime-wasm"
import { ENGINE_RUN_BYTES, MAX_MODULE_CACHE_BYTES, MAX_STATE_BYTES } from "../constants.ts"
import { type Engine, type EngineCall, type EngineResult, endsRun } from "./engine.ts"
import { hostCrypto } from "./host-crypto.ts"
import { DELTA_TOO_LARGE } from "./outcome.ts"
import type { StateChange, StateMap } from "./state-map.ts"
import { StateTransaction } from "./state-transaction.ts"

/** Runs contract code in this process. */
export class LocalEngine implements Engine {
  readonly #crypto: CryptoProvider
  readonly #modules = new ModuleCache(MAX_MODULE_CACHE_BYTES)

  constructor(crypto: CryptoProvider) {
    this.#crypto = crypto
  }

  async run(calls: readonly EngineCall[], state: StateMap): Promise<readonly EngineResult[]> {
    const results: EngineResult[] = []
    let sizeBytes = 0
    try {
      for (const call of calls) {
        const result = this.#runOne(call, state)
        results.push(result)
        if (result.kind === "outcome") {
          state.apply(result.changes)
          sizeBytes += sizeOf(result.changes)
        }
        if (endsRun(result) || sizeBytes > ENGINE_RUN_BYTES) break
      }
    } finally {
      for (const result of results.toReversed()) if (result.kind === "outcome") state.undo(result.changes)
    }
    if (results.at(-1)?.kind === "fault") await initWasi() // it may have cost the WASI module; a ready one is left alone
    return results
  }

  #runOne(engineCall: EngineCall, state: StateMap): EngineResult {
    const { codeHash, code, context, gasLimit, randomSeed } = engineCall
    const transaction = new StateTransaction(state)
    try {
      const module = this.#modules.get(codeHash, () => code)
      const outcome = call(module, context, limited(transaction, state), hostCrypto(this.#crypto, randomSeed), gasLimit)
      return outcome.kind === "success"
        ? withChanges(outcome, transaction.changes())
        : { kind: "outcome", outcome, changes: [] }
    } catch (error) {
      if (runtimeErrors.is(error, "ENGINE_FAULT") || runtimeErrors.is(error, "WASI_NOT_READY")) return { kind: "fault" }
      if (runtimeErrors.is(error)) return { kind: "refused", code: error.name }
      throw error
    } finally {
      transaction.rollback()
    }
  }

  forget(): void {
    // the state was lent for each call only
  }

  stop(): Promise<void> {
    return Promise.resolve()
  }
}

/** More than a delta can hold would only be carried to the core to be refused there. */
function withChanges(outcome: CallOutcome, changes: readonly StateChange[]): EngineResult {
  if (sizeOf(changes) <= SIZE_CLASSES_BYTES.at(-1)!) return { kind: "outcome", outcome, changes }
  const { gasUsed, debug } = outcome
  return { kind: "outcome", outcome: { kind: "reverted", message: DELTA_TOO_LARGE, gasUsed, debug }, changes: [] }
}

const sizeOf = (changes: readonly StateChange[]): number =>
  changes.reduce((sum, { key, after }) => sum + key.length + (after?.value.length ?? 0), 0)

/** The transaction, with the state's size bounded: what does not fit ends the call with a message to its sender. */
function limited(transaction: StateTransaction, state: StateMap) {
  return {
    get: (key: Uint8Array) => transaction.get(key),
    set(key: Uint8Array, value: Uint8Array, isPublic: boolean) {
      if (state.sizeBytes + key.length + value.length > MAX_STATE_BYTES)
        throw stateRefusal(`the state may hold ${MAX_STATE_BYTES} bytes`)
      transaction.set(key, value, isPublic)
    },
    remove: (key: Uint8Array) => transaction.remove(key),
    next: (prefix: Uint8Array, after: Uint8Array | undefined) => transaction.next(prefix, after),
  }
}
