/** A growing byte buffer with WebAssembly's number forms. */
export class ByteWriter {
  #bytes: Uint8Array
  #length = 0
  constructor(capacity = 1_024) {
    this.#bytes = new Uint8Array(capacity)
  }

  get length(): number {
    return this.#length
  }

  #room(n: number): void {
    if (this.#length + n <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + n))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }

  u8(...values: readonly number[]): this {
    this.#room(values.length)
    for (const value of values) this.#bytes[this.#length++] = value
    return this
  }

  u32(value: number): this {
    this.#room(5)
    let rest = value
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.#bytes[this.#length++] = rest
    return this
  }

  /** Signed LEB128 of any width up to 64 bits. */
  s64(value: bigint): this {
    this.#room(10)
    let rest = BigInt.asIntN(64, value)
    for (;;) {
      const low = Number(rest & 0x7fn)
      rest >>= 7n
      const done = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0)
      this.#bytes[this.#length++] = done ? low : low | 0x80
      if (done) return this
    }
  }

  raw(bytes: Uint8Array): this {
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
    return this
  }

  slice(from: Uint8Array, start: number, end: number): this {
    return this.raw(from.subarray(start, end))
  }

  /** A length-prefixed group: a section, a function body, a name. */
  sized(bytes: Uint8Array): this {
    return this.u32(bytes.length).raw(bytes)
  }

  done(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }
}
