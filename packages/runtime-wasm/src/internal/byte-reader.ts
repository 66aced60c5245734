import { runtimeErrors } from "../errors.ts"

/** Reads a module's bytes. Every number is in LEB128 as the specification bounds it: no longer, no stray bits. */
export class ByteReader {
  readonly bytes: Uint8Array
  readonly end: number
  at: number
  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes
    this.at = at
    this.end = end
  }

  fail(what: string, at = this.at): never {
    throw runtimeErrors.make("MALFORMED", { what, at })
  }

  u8(): number {
    if (this.at >= this.end) this.fail("it ends early")
    return this.bytes[this.at++]!
  }

  u32(): number {
    let byte = this.u8()
    if (byte < 0x80) return byte
    let value = byte & 0x7f
    for (let shift = 7; shift < 28; shift += 7) {
      byte = this.u8()
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    byte = this.u8()
    if (byte > 0x0f) this.fail("a number does not fit in 32 bits", this.at - 1)
    return (value | (byte << 28)) >>> 0
  }

  s32(): number {
    let value = 0
    let shift = 0
    for (;;) {
      const byte = this.u8()
      value |= (byte & 0x7f) << shift
      shift += 7
      if (byte < 0x80) {
        if (shift === 35) {
          const rest = byte & 0x78
          if (rest !== 0 && rest !== 0x78) this.fail("a number does not fit in 32 bits", this.at - 1)
          return value
        }
        return (value << (32 - shift)) >> (32 - shift)
      }
      if (shift === 35) this.fail("a number is longer than 5 bytes", this.at - 1)
    }
  }

  /** A signed 64-bit number the pass need not know. */
  skipS64(): void {
    for (let i = 0; i < 9; i++) if (this.u8() < 0x80) return
    const last = this.u8()
    if (last !== 0x00 && last !== 0x7f) this.fail("a number does not fit in 64 bits", this.at - 1)
  }

  take(n: number): Uint8Array {
    if (n > this.end - this.at) this.fail("it ends early")
    const out = this.bytes.subarray(this.at, this.at + n)
    this.at += n
    return out
  }
}
