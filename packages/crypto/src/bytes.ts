import { randomBytes as nobleRandomBytes } from "@noble/hashes/utils.js"
import { cryptoErrors } from "./errors.ts"

/** Compares without a branch on content, so that timing tells nothing but the (public) lengths. */
export function equalConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!
  return difference === 0
}

/**
 * Overwrites secrets we own with zeros. Best effort: a garbage-collected engine may have moved the array before and left a
 * copy behind; what this bounds is how long a secret stays reachable.
 */
export function wipe(...secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0)
}

/** Bytes from the system's generator. The browser-safe form (`crypto.getRandomValues`, in pieces of 64 KiB). */
export function randomBytesWeb(length: number): Uint8Array {
  checkRandomLength(length)
  const out = new Uint8Array(length)
  for (let at = 0; at < length; at += 65_536) out.set(nobleRandomBytes(Math.min(65_536, length - at)), at)
  return out
}

export function checkRandomLength(length: number): void {
  const max = 2 ** 31 - 1
  if (!Number.isInteger(length) || length < 0 || length > max)
    throw cryptoErrors.make("OUT_OF_RANGE", { what: "random length", got: length, min: 0, max })
}

export function checkLength(bytes: Uint8Array, want: number, what: string): void {
  if (!(bytes instanceof Uint8Array) || bytes.length !== want)
    throw cryptoErrors.make("BAD_LENGTH", { what, want, got: bytes?.length ?? 0 })
}
