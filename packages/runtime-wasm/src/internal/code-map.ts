/** Leads from an instruction of the instrumented code back to the contract's own: a few bytes for each edit of the pass. */
export class CodeMap {
  readonly #imports: number
  /** By position of a function: its first stretch in the two lists below; one more entry ends the last. */
  readonly #first: Uint32Array
  readonly #instrumentedAt: Uint32Array
  readonly #originalAt: Uint32Array

  /**
   * @param imports number of imported functions
   * @param stretches by function: pairs of an offset in its instrumented body and one in the original code
   * @param bodiesAt by function: where its instrumented body begins
   */
  constructor(imports: number, stretches: readonly (readonly number[])[], bodiesAt: readonly number[]) {
    this.#imports = imports
    this.#first = new Uint32Array(stretches.length + 1)
    stretches.forEach((pairs, f) => {
      this.#first[f + 1] = this.#first[f]! + pairs.length / 2
    })
    this.#instrumentedAt = new Uint32Array(this.#first.at(-1)!)
    this.#originalAt = new Uint32Array(this.#first.at(-1)!)
    let next = 0
    stretches.forEach((pairs, f) => {
      for (let i = 0; i < pairs.length; i += 2, next++) {
        this.#instrumentedAt[next] = bodiesAt[f]! + pairs[i]!
        this.#originalAt[next] = pairs[i + 1]!
      }
    })
  }

  /**
   * Offset in the contract's code of an instruction of a function's instrumented code; for code that the pass put there
   * before all else, of the function's first instruction. Undefined for a function the contract does not have.
   */
  original(functionIndex: number, instrumentedOffset: number): number | undefined {
    const f = functionIndex - this.#imports
    const first = this.#first[f]
    const end = this.#first[f + 1]
    if (first === undefined || end === undefined) return undefined
    let low = first
    let high = end
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (this.#instrumentedAt[middle]! <= instrumentedOffset) low = middle
      else high = middle
    }
    return this.#originalAt[low]! + Math.max(0, instrumentedOffset - this.#instrumentedAt[low]!)
  }
}
