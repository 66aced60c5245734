import { toHex } from "@enigma-discovery/protocol"
import { type PreparedModule, prepare } from "./prepare.ts"
import type { PrepareOptions } from "./types.ts"

/**
 * Prepared modules by code hash, the least recently used dropped when together they take more than `maxBytes` (counted
 * as code before and after instrumentation; V8's machine code comes to about ten times that when all of it ran).
 * The caller vouches that the code has the hash: the cache does not hash.
 */
export class ModuleCache {
  readonly #maxBytes: number
  readonly #options: PrepareOptions
  readonly #modules = new Map<string, PreparedModule>()
  #sizeBytes = 0

  constructor(maxBytes: number, options: PrepareOptions = {}) {
    this.#maxBytes = maxBytes
    this.#options = options
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /** The module of a code hash; `load` gives its code when it is not here. @throws what `prepare` throws; nothing is kept then */
  get(codeHash: Uint8Array, load: () => Uint8Array): PreparedModule {
    const key = toHex(codeHash)
    const known = this.#modules.get(key)
    const module = known ?? prepare(load(), this.#options)
    this.#modules.delete(key)
    this.#modules.set(key, module)
    if (known === undefined) {
      this.#sizeBytes += module.sizeBytes
      this.#trim()
    }
    return module
  }

  /** The newest stays even when it alone is above the bound. */
  #trim(): void {
    for (const [key, module] of this.#modules) {
      if (this.#sizeBytes <= this.#maxBytes || this.#modules.size === 1) return
      this.#modules.delete(key)
      this.#sizeBytes -= module.sizeBytes
    }
  }
}
