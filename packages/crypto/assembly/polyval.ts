/**
 * POLYVAL (RFC 8452 §3) without tables. A carry-less product comes from integer products of numbers with holes: with every
 * fourth bit kept, at most 16 ones add up in a place, whose carries stay in the holes but for the highest bit, which falls off.
 * The high half of a product is the low half of the product of the reversed factors (T. Pornin, BearSSL, "GHASH").
 */
import { AUTH_KEY, SUM } from "./memory"

const M0: u64 = 0x1111_1111_1111_1111
const M1: u64 = 0x2222_2222_2222_2222
const M2: u64 = 0x4444_4444_4444_4444
const M3: u64 = 0x8888_8888_8888_8888

/** Low 64 bits of the carry-less product. */
function multiply(a: u64, b: u64): u64 {
  const a0 = a & M0, a1 = a & M1, a2 = a & M2, a3 = a & M3
  const b0 = b & M0, b1 = b & M1, b2 = b & M2, b3 = b & M3
  return (
    (((a0 * b0) ^ (a1 * b3) ^ (a2 * b2) ^ (a3 * b1)) & M0) |
    (((a0 * b1) ^ (a1 * b0) ^ (a2 * b3) ^ (a3 * b2)) & M1) |
    (((a0 * b2) ^ (a1 * b1) ^ (a2 * b0) ^ (a3 * b3)) & M2) |
    (((a0 * b3) ^ (a1 * b2) ^ (a2 * b1) ^ (a3 * b0)) & M3)
  )
}

// @ts-ignore: decorator
@inline function swapBits(value: u64, shift: u64, mask: u64): u64 {
  return ((value >> shift) & mask) | ((value & mask) << shift)
}

function reverse(value: u64): u64 {
  const bits = swapBits(value, 1, 0x5555_5555_5555_5555)
  const pairs = swapBits(bits, 2, 0x3333_3333_3333_3333)
  return bswap<u64>(swapBits(pairs, 4, 0x0f0f_0f0f_0f0f_0f0f))
}

/** Adds whole blocks to the sum: sum = (sum + block) * key * x^-128 for each. */
export function update(at: usize, blocks: usize): void {
  const h0 = load<u64>(AUTH_KEY), h1 = load<u64>(AUTH_KEY, 8)
  const r0 = reverse(h0), r1 = reverse(h1)
  let s0 = load<u64>(SUM), s1 = load<u64>(SUM, 8)
  for (const end = at + 16 * blocks; at < end; at += 16) {
    s0 ^= load<u64>(at)
    s1 ^= load<u64>(at, 8)
    const q0 = reverse(s0), q1 = reverse(s1)
    // Karatsuba: low, high and middle product, each as its low and high 64 bits.
    const low = multiply(s0, h0), lowTop = reverse(multiply(q0, r0)) >> 1
    const high = multiply(s1, h1), highTop = reverse(multiply(q1, r1)) >> 1
    const middle = multiply(s0 ^ s1, h0 ^ h1) ^ low ^ high
    const middleTop = (reverse(multiply(q0 ^ q1, r0 ^ r1)) >> 1) ^ lowTop ^ highTop
    const v0 = low, v1 = lowTop ^ middle ^ fold1(low)
    const v2 = high ^ middleTop ^ fold2(v0)
    s0 = v2 ^ fold1(v1)
    s1 = highTop ^ fold2(v1)
  }
  store<u64>(SUM, s0)
  store<u64>(SUM, s1, 8)
}

/** A word times x^128 + x^127 + x^126 + x^121 + 1 ends the word: what that adds to the next one, and to the one behind it. */
// @ts-ignore: decorator
@inline function fold1(word: u64): u64 {
  return (word << 63) ^ (word << 62) ^ (word << 57)
}
// @ts-ignore: decorator
@inline function fold2(word: u64): u64 {
  return word ^ (word >> 1) ^ (word >> 2) ^ (word >> 7)
}
