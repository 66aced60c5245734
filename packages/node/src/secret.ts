/** A value that must not be printed: logs, JSON and string conversion show "[redacted]". */
export class Secret {
  readonly #value: Uint8Array
  constructor(value: Uint8Array) {
    this.#value = value
  }
  /** The bytes themselves; for the one place that signs with them. */
  reveal(): Uint8Array {
    return this.#value
  }
  toJSON(): string {
    return "[redacted]"
  }
  toString(): string {
    return "[redacted]"
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[redacted]"
  }
}
