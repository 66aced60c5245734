/** Reading what an Ethereum node answered: every field checked once, here. */
import { fromHex } from "@enigma-discovery/protocol"
import { chainErrors } from "../errors.ts"

export const bad = (what: string) => chainErrors.make("BAD_RESPONSE", { what })

export function object(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw bad(what)
  return value as Record<string, unknown>
}

export function array(value: unknown, what: string, max: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length > max) throw bad(what)
  return value
}

/** A QUANTITY: 0x and at least one digit, at most 256 bits. */
export function quantity(value: unknown, what: string): bigint {
  if (typeof value !== "string" || !/^0x[0-9a-fA-F]{1,64}$/.test(value)) throw bad(what)
  return BigInt(value)
}

/** A quantity that counts things: blocks, indexes, seconds. */
export function count(value: unknown, what: string): number {
  const got = quantity(value, what)
  if (got > BigInt(Number.MAX_SAFE_INTEGER)) throw bad(what)
  return Number(got)
}

export function bytes(value: unknown, what: string, max: number): Uint8Array {
  if (typeof value !== "string" || value.length > 2 * max + 2) throw bad(what)
  try {
    return fromHex(value)
  } catch {
    throw bad(what)
  }
}

export function fixedBytes(value: unknown, what: string, length: number): Uint8Array {
  const got = bytes(value, what, length)
  if (got.length !== length) throw bad(what)
  return got
}

export const toQuantity = (value: bigint | number): string => `0x${value.toString(16)}`
