/**
 * Everything a node does passes its gate: open, shut for a while (frozen), or closed for good. Behind a closed gate nothing ever
 * goes on: whoever waits there is forgotten, as the work of a machine whose power was cut.
 */
export class Gate {
  #frozen: PromiseWithResolvers<void> | undefined
  #isClosed = false

  get isFrozen(): boolean {
    return this.#frozen !== undefined
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  async pass(): Promise<void> {
    while (this.#frozen !== undefined) await this.#frozen.promise
    if (this.#isClosed) await new Promise<never>(() => {})
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
