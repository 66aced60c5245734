import type { CryptoProvider } from "@enigma-discovery/crypto"
import type { CallOutcome } from "@enigma-discovery/runtime-wasm"
import type { Handlers, RequestOf } from "../pipe/calls.ts"
import { CALL_KINDS, type ENGINE_CALLS, type WireEntry, type WireOutcome } from "../pipe/engine-calls.ts"
import type { EngineResult } from "./engine.ts"
import { LocalEngine } from "./local-engine.ts"
import { cutText } from "./outcome.ts"
import { type StateChange, StateMap } from "./state-map.ts"

type Request<N extends keyof typeof ENGINE_CALLS> = RequestOf<(typeof ENGINE_CALLS)[N]>

/** One contract's engine in a process of its own: it has the code and a copy of the state, and no key. */
export class EngineServer implements Handlers<typeof ENGINE_CALLS> {
  readonly #engine: LocalEngine
  #state = new StateMap()
  #code: { readonly codeHash: Uint8Array; readonly code: Uint8Array } | undefined

  constructor(crypto: CryptoProvider) {
    this.#engine = new LocalEngine(crypto)
  }

  load({ codeHash, code }: Request<"load">) {
    this.#code = { codeHash, code }
    return {}
  }

  sync({ reset, entries }: Request<"sync">) {
    if (reset) this.#state = new StateMap()
    put(this.#state, entries)
    return {}
  }

  async run({ entries, calls }: Request<"run">): Promise<{ readonly outcomes: readonly WireOutcome[] }> {
    put(this.#state, entries)
    const code = this.#code
    if (code === undefined) return { outcomes: [{ type: "fault", body: {} }] }
    const engineCalls = calls.map(({ kind, gasLimit, randomSeed, ...context }) => ({
      ...code,
      contract: context.contract,
      context: { ...context, kind: CALL_KINDS[kind]! },
      gasLimit,
      randomSeed,
    }))
    return { outcomes: (await this.#engine.run(engineCalls, this.#state)).map(wireOutcome) }
  }
}

function put(state: StateMap, entries: readonly WireEntry[]): void {
  for (const { key, value, isPublic } of entries) {
    if (value === undefined) state.remove(key)
    else state.set({ key, value, isPublic })
  }
}

function wireOutcome(result: EngineResult): WireOutcome {
  if (result.kind === "fault") return { type: "fault", body: {} }
  if (result.kind === "refused") return { type: "refused", body: { code: result.code } }
  return wireCall(result.outcome, result.changes)
}

function wireCall(outcome: CallOutcome, changes: readonly StateChange[]): WireOutcome {
  const { gasUsed } = outcome
  switch (outcome.kind) {
    case "reverted":
      return { type: "reverted", body: { message: cutText(outcome.message), gasUsed } }
    case "out-of-gas":
      return { type: "outOfGas", body: { gasUsed } }
    case "trap":
      return { type: "trap", body: { trap: outcome.trap, detail: cutText(outcome.detail), gasUsed } }
    case "success": {
      const { returnData, callbacks, events } = outcome
      const wired = changes.map(({ key, after }) => ({ key, value: after?.value, isPublic: after?.isPublic ?? false }))
      return { type: "success", body: { returnData, gasUsed, callbacks, events, changes: wired } }
    }
  }
}
