import { devnetErrors } from "../errors.ts"

/** Everything a node does passes its gate: open, shut for a while (frozen), or closed for good (ended). */
export class Gate {
  #frozen: PromiseWithResolvers<void> | undefined
  #isClosed = false

  get isFrozen(): boolean {
    return this.#frozen !== undefined
  }

  /** @throws DEVNET_CRASHED once it is closed, so that whoever passes ends its work */
  async pass(): Promise<void> {
    while (this.#frozen !== undefined) await this.#frozen.promise
    if (this.#isClosed) throw devnetErrors.make("CRASHED")
  }

  freeze(): void {
    this.#frozen ??= Promise.withResolvers()
  }

  thaw(): void {
    this.#frozen?.resolve()
    this.#frozen = undefined
  }

  close(): void {
    this.#isClosed = true
    this.thaw()
  }
}
