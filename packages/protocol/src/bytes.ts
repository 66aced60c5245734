import { protocolErrors } from "./errors.ts"

export type Hex = `0x${string}`

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"))

/** Lower-case, 0x-prefixed hexadecimal. */
export function toHex(bytes: Uint8Array): Hex {
  let out = "0x"
  for (const b of bytes) out += HEX[b]
  return out as Hex
}

const nibble = (code: number): number => {
  if (code >= 48 && code <= 57) return code - 48
  if (code >= 97 && code <= 102) return code - 87
  if (code >= 65 && code <= 70) return code - 55
  return -1
}

/** Bytes of a 0x-prefixed hexadecimal string. @throws PROTOCOL_BAD_HEX, PROTOCOL_BAD_LENGTH when `length` is given. */
export function fromHex(hex: string, length?: number, what = "value"): Uint8Array {
  if (typeof hex !== "string" || !hex.startsWith("0x") || hex.length % 2 !== 0)
    throw protocolErrors.make("BAD_HEX", { what })
  const out = new Uint8Array(hex.length / 2 - 1)
  if (length !== undefined && out.length !== length)
    throw protocolErrors.make("BAD_LENGTH", { what, want: length, got: out.length })
  for (let i = 0; i < out.length; i++) {
    const high = nibble(hex.charCodeAt(2 * i + 2))
    const low = nibble(hex.charCodeAt(2 * i + 3))
    if (high < 0 || low < 0) throw protocolErrors.make("BAD_HEX", { what })
    out[i] = (high << 4) | low
  }
  return out
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const out = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** Plain equality for public values; secrets are compared with crypto's `equalConstantTime`. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** Orders byte strings lexicographically (unsigned); a prefix comes first. The order of state keys and of gossip. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const n = Math.min(a.length, b.length)
  for (let i = 0; i < n; i++) {
    const d = a[i]! - b[i]!
    if (d !== 0) return d
  }
  return a.length - b.length
}

export function isZero(bytes: Uint8Array): boolean {
  return bytes.every((b) => b === 0)
}

/** Big-endian unsigned integer of any length. */
export function bytesToBigint(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(toHex(bytes))
}

/** Big-endian, left-padded to `length`. @throws PROTOCOL_OUT_OF_RANGE when it does not fit or is negative. */
export function bigintToBytes(value: bigint, length: number): Uint8Array {
  if (value < 0n || value >> BigInt(8 * length) !== 0n) {
    const max = (1n << BigInt(8 * length)) - 1n
    throw protocolErrors.make("OUT_OF_RANGE", { what: "integer", got: value, min: 0, max })
  }
  const out = new Uint8Array(length)
  let end = length
  for (let rest = value; rest !== 0n; rest >>= 48n, end -= 6) putInteger(out, end, Number(rest & 0xffff_ffff_ffffn))
  return out
}

/** Puts a number of at most 53 bits so that its last byte stands before `end`: one word at a time costs a tenth of hexadecimal. */
function putInteger(out: Uint8Array, end: number, value: number): void {
  for (let at = end - 1, rest = value; rest > 0; at--, rest = Math.floor(rest / 256)) out[at] = rest % 256
}

export type Word = bigint | number | boolean | Uint8Array

/**
 * Concatenates 32-byte words, as Solidity's `abi.encode` does for static types: integers big-endian, byte strings of 20
 * bytes (addresses) left-padded, of 32 bytes as they are. Other lengths are refused: they would be ambiguous.
 */
export function words(...values: readonly Word[]): Uint8Array {
  const out = new Uint8Array(32 * values.length)
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (value instanceof Uint8Array) {
      if (value.length !== 20 && value.length !== 32)
        throw protocolErrors.make("BAD_LENGTH", { what: "word", want: 32, got: value.length })
      out.set(value, 32 * (i + 1) - value.length)
      continue
    }
    const number = Number(value)
    if (Number.isSafeInteger(number) && number >= 0) putInteger(out, 32 * (i + 1), number)
    else out.set(bigintToBytes(BigInt(value), 32), 32 * i)
  }
  return out
}

const utf8 = new TextEncoder()
const utf8Strict = new TextDecoder("utf-8", { fatal: true })
export const utf8Bytes = (text: string): Uint8Array => utf8.encode(text)
/** @throws PROTOCOL_NOT_CANONICAL for bytes that are not UTF-8. */
export function utf8Text(bytes: Uint8Array, what = "text"): string {
  try {
    return utf8Strict.decode(bytes)
  } catch {
    throw protocolErrors.make("NOT_CANONICAL", { what })
  }
}
