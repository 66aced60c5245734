import { wipe } from "./bytes.ts"
import { cryptoErrors } from "./errors.ts"

const REDACTED = "[redacted]"

/**
 * Secret bytes that do not print: string conversion, JSON, and Node's inspect all give "[redacted]", and a spread or a
 * structured clone finds no field. `wipe()` zeroes them; every later use throws CRYPTO_KEY_WIPED.
 */
export class SecretKey {
  #bytes: Uint8Array | undefined

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Takes ownership: the given array itself is zeroed by `wipe()`; the caller must not keep using it. */
  static take(bytes: Uint8Array): SecretKey {
    return new SecretKey(bytes)
  }

  /** Keeps a copy; wiping the given array remains the caller's duty. */
  static copy(bytes: Uint8Array): SecretKey {
    return new SecretKey(Uint8Array.from(bytes))
  }

  get length(): number {
    return this.#live().length
  }

  get wiped(): boolean {
    return this.#bytes === undefined
  }

  /** Lends the bytes for the length of `use`. They must neither be kept nor changed. @throws CRYPTO_KEY_WIPED */
  expose<T>(use: (bytes: Uint8Array) => T): T {
    return use(this.#live())
  }

  wipe(): void {
    if (this.#bytes !== undefined) wipe(this.#bytes)
    this.#bytes = undefined
  }

  [Symbol.dispose](): void {
    this.wipe()
  }

  toString(): string {
    return REDACTED
  }

  toJSON(): string {
    return REDACTED
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `SecretKey ${REDACTED}`
  }

  #live(): Uint8Array {
    if (this.#bytes === undefined) throw cryptoErrors.make("KEY_WIPED")
    return this.#bytes
  }
}

/** A secret given to a primitive: an owned `SecretKey`, or bare bytes at the edge where they were just decoded. */
export type KeyInput = SecretKey | Uint8Array

export function withKeyBytes<T>(key: KeyInput, use: (bytes: Uint8Array) => T): T {
  return key instanceof SecretKey ? key.expose(use) : use(key)
}
