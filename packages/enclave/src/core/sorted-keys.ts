/** Changes up to this many are inserted one by one; more of them are sorted in at once. */
const FEW = 8

/** Index of the first element not below `key`. */
function lowerBound(sorted: readonly string[], key: string): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < key) low = middle + 1
    else high = middle
  }
  return low
}

/** Keys in order, over a set that changes. The work waits until somebody iterates, which a replay never does. */
export class SortedKeys {
  #sorted: string[] = []
  readonly #added = new Set<string>()
  readonly #gone = new Set<string>()

  add(key: string): void {
    if (!this.#gone.delete(key)) this.#added.add(key)
  }

  remove(key: string): void {
    if (!this.#added.delete(key)) this.#gone.add(key)
  }

  /** First key that is at least `key` (greater, when `strict`). */
  first(key: string, strict: boolean): string | undefined {
    this.#settle()
    const at = lowerBound(this.#sorted, key)
    return this.#sorted[strict && this.#sorted[at] === key ? at + 1 : at]
  }

  keys(): readonly string[] {
    this.#settle()
    return this.#sorted
  }

  #settle(): void {
    if (this.#gone.size > FEW) this.#sorted = this.#sorted.filter((key) => !this.#gone.has(key))
    else for (const key of this.#gone) this.#sorted.splice(lowerBound(this.#sorted, key), 1)
    if (this.#added.size > FEW) this.#sorted = [...this.#sorted, ...this.#added].sort((a, b) => (a < b ? -1 : 1))
    else for (const key of this.#added) this.#sorted.splice(lowerBound(this.#sorted, key), 0, key)
    this.#gone.clear()
    this.#added.clear()
  }
}
