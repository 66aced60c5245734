import type { CryptoProvider } from "@enigma-discovery/crypto"
import { call, initWasi, ModuleCache, runtimeErrors, stateRefusal } from "@enigma-discovery/runtime-wasm"
import { MAX_MODULE_CACHE_BYTES, MAX_STATE_BYTES } from "../constants.ts"
import type { Engine, EngineCall, EngineResult } from "./engine.ts"
import { hostCrypto } from "./host-crypto.ts"
import type { StateMap } from "./state-map.ts"
import { StateTransaction } from "./state-transaction.ts"

/** Runs contract code in this process. */
export class LocalEngine implements Engine {
  readonly #crypto: CryptoProvider
  readonly #modules = new ModuleCache(MAX_MODULE_CACHE_BYTES)

  constructor(crypto: CryptoProvider) {
    this.#crypto = crypto
  }

  async run(engineCall: EngineCall, state: StateMap): Promise<EngineResult> {
    const result = this.runSync(engineCall, state)
    if (result.kind === "fault") await initWasi() // a fault may have cost the WASI module; a ready one is left alone
    return result
  }

  runSync(engineCall: EngineCall, state: StateMap): EngineResult {
    const { codeHash, code, context, gasLimit, randomSeed } = engineCall
    const transaction = new StateTransaction(state)
    try {
      const module = this.#modules.get(codeHash, () => code)
      const outcome = call(module, context, limited(transaction, state), hostCrypto(this.#crypto, randomSeed), gasLimit)
      return { kind: "outcome", outcome, changes: outcome.kind === "success" ? transaction.changes() : [] }
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
