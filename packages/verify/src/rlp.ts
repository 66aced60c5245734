import { concatBytes } from "@enigma-discovery/protocol"
import { verifyErrors } from "./errors.ts"

/**
 * One RLP item (Yellow Paper, Appendix B), one level deep: what a list holds is decoded when it is looked at. So decoding
 * neither recurses nor allocates by what the input claims, and `payload` and `raw` are views into the input.
 */
export interface RlpItem {
  readonly isList: boolean
  /** Content without the prefix. */
  readonly payload: Uint8Array
  /** Prefix and content. */
  readonly raw: Uint8Array
}

/** The items of one list that is the whole input. @throws VERIFY_RLP */
export function decodeRlpList(bytes: Uint8Array, maxItems: number, what: string): readonly RlpItem[] {
  const list = wholeItem(bytes, what)
  if (!list.isList) throw bad(what, "not a list")
  const items: RlpItem[] = []
  for (let at = 0; at < list.payload.length; at += items.at(-1)!.raw.length) {
    if (items.length === maxItems) throw bad(what, "too many items")
    items.push(itemAt(list.payload, at, what))
  }
  return items
}

/** The content of one string that is the whole input. @throws VERIFY_RLP */
export function decodeRlpString(bytes: Uint8Array, what: string): Uint8Array {
  const item = wholeItem(bytes, what)
  if (item.isList) throw bad(what, "not a string")
  return item.payload
}

export function encodeRlpString(content: Uint8Array): Uint8Array {
  return content.length === 1 && content[0]! < 0x80 ? content : concatBytes(prefix(content.length, 0x80), content)
}

/** `items` are encoded already. */
export function encodeRlpList(items: readonly Uint8Array[]): Uint8Array {
  const payload = concatBytes(...items)
  return concatBytes(prefix(payload.length, 0xc0), payload)
}

const bad = (what: string, why: string) => verifyErrors.make("RLP", { what, why })

function wholeItem(bytes: Uint8Array, what: string): RlpItem {
  const item = itemAt(bytes, 0, what)
  if (item.raw.length !== bytes.length) throw bad(what, "bytes after its end")
  return item
}

function itemAt(bytes: Uint8Array, at: number, what: string): RlpItem {
  const first = bytes[at]
  if (first === undefined) throw bad(what, "cut short")
  if (first < 0x80) return { isList: false, payload: bytes.subarray(at, at + 1), raw: bytes.subarray(at, at + 1) }
  const isList = first >= 0xc0
  const short = first - (isList ? 0xc0 : 0x80)
  const lengthBytes = short <= 55 ? 0 : short - 55
  const length = lengthBytes === 0 ? short : longLength(bytes, at + 1, lengthBytes, what)
  const start = at + 1 + lengthBytes
  if (length > bytes.length - start) throw bad(what, "cut short")
  if (!isList && length === 1 && bytes[start]! < 0x80) throw bad(what, "a small byte with a prefix")
  return { isList, payload: bytes.subarray(start, start + length), raw: bytes.subarray(at, start + length) }
}

function longLength(bytes: Uint8Array, at: number, count: number, what: string): number {
  // 4 bytes of length are 4 GiB, beyond every bound here; and no sum below can lose precision.
  if (count > 4 || at + count > bytes.length) throw bad(what, "cut short")
  let length = 0
  for (let i = 0; i < count; i++) length = length * 256 + bytes[at + i]!
  if (bytes[at] === 0 || length <= 55) throw bad(what, "a longer length than needed")
  return length
}

function prefix(length: number, base: 0x80 | 0xc0): Uint8Array {
  if (length <= 55) return Uint8Array.of(base + length)
  const digits: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256)
  return Uint8Array.of(base + 55 + digits.length, ...digits)
}
