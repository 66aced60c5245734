import { equalBytes, type Hex, toHex } from "@enigma-discovery/protocol"
import { MAX_ENGINES } from "../constants.ts"
import { enclaveErrors } from "../errors.ts"
import type { OpenLink } from "../pipe/link.ts"
import { ContractEngine } from "./contract-engine.ts"
import type { Engine, EngineCall, EngineResult } from "./engine.ts"
import type { StateMap } from "./state-map.ts"

/**
 * Runs each contract's code in a process of its own, so that code which breaks its engine breaks nothing else and sees no
 * other contract's state. An engine that crashes is a fault of the call; one that was ended from outside is not, and the
 * call is to be made again: else whoever can kill a process could make users pay for it.
 */
export class ProcessEngine implements Engine {
  readonly #open: OpenLink
  /** In order of last use. */
  readonly #engines = new Map<Hex, ContractEngine>()
  /** Calls of a contract still to be made one by one, since a run of them broke its engine: one of them is the culprit. */
  readonly #suspects = new Map<Hex, number>()

  constructor(open: OpenLink) {
    this.#open = open
  }

  /** @throws ENCLAVE_ENGINE_LOST */
  async run(calls: readonly EngineCall[], state: StateMap): Promise<readonly EngineResult[]> {
    const [first] = calls as [EngineCall]
    const key = toHex(first.contract)
    const suspects = this.#suspects.get(key) ?? 0
    const now = suspects > 0 ? [first] : calls
    const engine = this.#engineFor(first, state)
    try {
      const results = await engine.run(now)
      if (suspects > 0) this.#suspects.set(key, suspects - 1)
      return results
    } catch (error) {
      const { crashed } = await this.#drop(key)
      if (!crashed && enclaveErrors.is(error, "ENDED")) throw enclaveErrors.make("ENGINE_LOST")
      if (now.length === 1) return [{ kind: "fault" }]
      this.#suspects.set(key, now.length)
      return await this.run(calls, state)
    }
  }

  forget(contract: Uint8Array): void {
    this.#suspects.delete(toHex(contract))
    void this.#drop(toHex(contract))
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#engines.keys()].map((key) => this.#drop(key)))
  }

  #engineFor({ contract, codeHash }: EngineCall, state: StateMap): ContractEngine {
    const key = toHex(contract)
    const known = this.#engines.get(key)
    const fit = known?.isOpen && known.state === state && equalBytes(known.codeHash, codeHash) ? known : undefined
    if (fit === undefined) void this.#drop(key)
    const engine = fit ?? new ContractEngine(this.#open, codeHash, state)
    this.#engines.delete(key)
    this.#engines.set(key, engine)
    const [oldest] = this.#engines.keys()
    if (this.#engines.size > MAX_ENGINES && oldest !== undefined) void this.#drop(oldest)
    return engine
  }

  async #drop(key: Hex): Promise<{ readonly crashed: boolean }> {
    const engine = this.#engines.get(key)
    this.#engines.delete(key)
    return engine === undefined ? { crashed: false } : await engine.stop()
  }
}
