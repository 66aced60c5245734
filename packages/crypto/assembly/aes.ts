/**
 * AES-256 (FIPS 197) of 8 blocks at a time without tables, so that neither time nor caches tell anything of key or text. Bits
 * are sliced: plane i is one vector with bit i of each byte. Within a block, bytes stay in their places, so that ShiftRows is
 * one shuffle a plane (E. Käsper, P. Schwabe, "Faster and Timing-Attack Resistant AES-GCM", CHES 2009).
 */
import { BLOCKS, PLANES, ROUND_PLANES, SCHEDULE } from "./memory"

const ROUNDS: usize = 14
const VECTOR: usize = 16
const KEY_WORDS: usize = 8

// @ts-ignore: decorator
@inline function plane(i: usize): v128 {
  return v128.load(PLANES + i * VECTOR)
}
// @ts-ignore: decorator
@inline function setPlane(i: usize, value: v128): void {
  v128.store(PLANES + i * VECTOR, value)
}
// @ts-ignore: decorator
@inline function x(a: v128, b: v128): v128 {
  return v128.xor(a, b)
}
// @ts-ignore: decorator
@inline function n(a: v128, b: v128): v128 {
  return v128.and(a, b)
}

/**
 * SubBytes on all planes: the circuit of 113 gates (J. Boyar, R. Peralta, eprint.iacr.org/2009/191, with its names for the
 * wires).
 */
function subBytes(): void {
  const x0 = plane(7), x1 = plane(6), x2 = plane(5), x3 = plane(4)
  const x4 = plane(3), x5 = plane(2), x6 = plane(1), x7 = plane(0)
  const y14 = x(x3, x5), y13 = x(x0, x6), y9 = x(x0, x3), y8 = x(x0, x5)
  const t0 = x(x1, x2)
  const y1 = x(t0, x7), y4 = x(y1, x3), y12 = x(y13, y14), y2 = x(y1, x0), y5 = x(y1, x6), y3 = x(y5, y8)
  const t1 = x(x4, y12)
  const y15 = x(t1, x5), y20 = x(t1, x1), y6 = x(y15, x7), y10 = x(y15, t0), y11 = x(y20, y9), y7 = x(x7, y11)
  const y17 = x(y10, y11), y19 = x(y10, y8), y16 = x(t0, y11), y21 = x(y13, y16), y18 = x(x0, y16)
  const t2 = n(y12, y15), t3 = n(y3, y6), t4 = x(t3, t2), t5 = n(y4, x7), t6 = x(t5, t2), t7 = n(y13, y16)
  const t8 = n(y5, y1), t9 = x(t8, t7), t10 = n(y2, y7), t11 = x(t10, t7), t12 = n(y9, y11), t13 = n(y14, y17)
  const t14 = x(t13, t12), t15 = n(y8, y10), t16 = x(t15, t12), t17 = x(t4, t14), t18 = x(t6, t16), t19 = x(t9, t14)
  const t20 = x(t11, t16), t21 = x(t17, y20), t22 = x(t18, y19), t23 = x(t19, y21), t24 = x(t20, y18)
  const t25 = x(t21, t22), t26 = n(t21, t23), t27 = x(t24, t26), t28 = n(t25, t27), t29 = x(t28, t22)
  const t30 = x(t23, t24), t31 = x(t22, t26), t32 = n(t31, t30), t33 = x(t32, t24), t34 = x(t23, t33)
  const t35 = x(t27, t33), t36 = n(t24, t35), t37 = x(t36, t34), t38 = x(t27, t36), t39 = n(t29, t38)
  const t40 = x(t25, t39), t41 = x(t40, t37), t42 = x(t29, t33), t43 = x(t29, t40), t44 = x(t33, t37), t45 = x(t42, t41)
  const z0 = n(t44, y15), z1 = n(t37, y6), z2 = n(t33, x7), z3 = n(t43, y16), z4 = n(t40, y1), z5 = n(t29, y7)
  const z6 = n(t42, y11), z7 = n(t45, y17), z8 = n(t41, y10), z9 = n(t44, y12), z10 = n(t37, y3), z11 = n(t33, y4)
  const z12 = n(t43, y13), z13 = n(t40, y5), z14 = n(t29, y2), z15 = n(t42, y9), z16 = n(t45, y14), z17 = n(t41, y8)
  const t46 = x(z15, z16), t47 = x(z10, z11), t48 = x(z5, z13), t49 = x(z9, z10), t50 = x(z2, z12), t51 = x(z2, z5)
  const t52 = x(z7, z8), t53 = x(z0, z3), t54 = x(z6, z7), t55 = x(z16, z17), t56 = x(z12, t48), t57 = x(t50, t53)
  const t58 = x(z4, t46), t59 = x(z3, t54), t60 = x(t46, t57), t61 = x(z14, t57), t62 = x(t52, t58), t63 = x(t49, t58)
  const t64 = x(z4, t59), t65 = x(t61, t62), t66 = x(z1, t63), t67 = x(t64, t65), s3 = x(t53, t66)
  setPlane(7, x(t59, t63))
  setPlane(6, v128.not(x(t64, s3)))
  setPlane(5, v128.not(x(t55, t67)))
  setPlane(4, s3)
  setPlane(3, x(t51, t66))
  setPlane(2, x(t47, t65))
  setPlane(1, v128.not(x(t56, t62)))
  setPlane(0, v128.not(x(t48, t60)))
}

/** A byte's row is its place modulo 4; row r moves r columns to the left. */
// @ts-ignore: decorator
@inline function shiftRows(a: v128): v128 {
  return v128.shuffle<u8>(a, a, 0, 5, 10, 15, 4, 9, 14, 3, 8, 13, 2, 7, 12, 1, 6, 11)
}
/** The byte one row below, within the column. */
// @ts-ignore: decorator
@inline function below(a: v128): v128 {
  return v128.shuffle<u8>(a, a, 1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12)
}
/** The byte two rows below. */
// @ts-ignore: decorator
@inline function twoBelow(a: v128): v128 {
  return v128.shuffle<u8>(a, a, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)
}

/** ShiftRows, MixColumns, AddRoundKey. With t = a + below(a): 2t + below(a) + twoBelow(t). */
function mixRound(key: usize): void {
  let carry = shiftRows(plane(7))
  carry = x(carry, below(carry)) // what doubling pushes out of bit 7 comes back as x^4 + x^3 + x + 1
  let doubled = carry
  for (let i: usize = 0; i < 8; i++) {
    const a = shiftRows(plane(i))
    const under = below(a)
    const t = x(a, under)
    setPlane(i, x(x(doubled, x(under, twoBelow(t))), v128.load(key + i * VECTOR)))
    doubled = i == 0 || i == 2 || i == 3 ? x(t, carry) : t
  }
}

function addRoundKey(key: usize): void {
  for (let i: usize = 0; i < 8; i++) setPlane(i, x(plane(i), v128.load(key + i * VECTOR)))
}

/** Swaps the bits of `b` under the mask with those of `a` under the mask shifted. */
// @ts-ignore: decorator
@inline function swap(from: usize, a: usize, b: usize, shift: i32, mask: i64): void {
  const left = v128.load(from + a * VECTOR), right = v128.load(from + b * VECTOR)
  const t = n(x(i64x2.shr_u(left, shift), right), i64x2.splat(mask))
  v128.store(from + b * VECTOR, x(right, t))
  v128.store(from + a * VECTOR, x(left, i64x2.shl(t, shift)))
}

/** 8 blocks to 8 planes and back: the same bit matrix turned, in every byte. */
function transpose(at: usize): void {
  for (let i: usize = 0; i < 8; i += 2) swap(at, i, i + 1, 1, 0x5555_5555_5555_5555)
  for (let i: usize = 0; i < 8; i += 4) {
    swap(at, i, i + 2, 2, 0x3333_3333_3333_3333)
    swap(at, i + 1, i + 3, 2, 0x3333_3333_3333_3333)
  }
  for (let i: usize = 0; i < 4; i++) swap(at, i, i + 4, 4, 0x0f0f_0f0f_0f0f_0f0f)
}

/** Encrypts the 8 blocks at BLOCKS in place. */
export function encryptBlocks(): void {
  memory.copy(PLANES, BLOCKS, 8 * VECTOR)
  transpose(PLANES)
  addRoundKey(ROUND_PLANES)
  for (let round: usize = 1; round < ROUNDS; round++) {
    subBytes()
    mixRound(ROUND_PLANES + round * 8 * VECTOR)
  }
  subBytes()
  for (let i: usize = 0; i < 8; i++) setPlane(i, shiftRows(plane(i)))
  addRoundKey(ROUND_PLANES + ROUNDS * 8 * VECTOR)
  transpose(PLANES)
  memory.copy(BLOCKS, PLANES, 8 * VECTOR)
}

// @ts-ignore: decorator
@inline function bitVector(i: usize): v128 {
  return i8x16.splat((1 as i8) << (i as i8))
}

/** Plane i of the same bytes in all blocks. */
// @ts-ignore: decorator
@inline function planeOf(bytes: v128, i: usize): v128 {
  const bit = bitVector(i)
  return i8x16.eq(n(bytes, bit), bit)
}

/** SubWord, by the same circuit. */
function subWord(word: u32): u32 {
  const bytes = i32x4.splat(word)
  for (let i: usize = 0; i < 8; i++) setPlane(i, planeOf(bytes, i))
  subBytes()
  let out = i32x4.splat(0)
  for (let i: usize = 0; i < 8; i++) out = v128.or(out, n(plane(i), bitVector(i)))
  return i32x4.extract_lane(out, 0)
}

/** KeyExpansion of the 32 bytes at `key`; words are little-endian here, so RotWord turns to the right. */
export function expandKey(key: usize): void {
  memory.copy(SCHEDULE, key, 32)
  let constant: u32 = 1
  for (let i: usize = KEY_WORDS; i < 4 * (ROUNDS + 1); i++) {
    let word = load<u32>(SCHEDULE + 4 * (i - 1))
    if (i % KEY_WORDS == 0) {
      word = subWord(rotr<u32>(word, 8)) ^ constant
      constant <<= 1
    } else if (i % KEY_WORDS == 4) word = subWord(word)
    store<u32>(SCHEDULE + 4 * i, load<u32>(SCHEDULE + 4 * (i - KEY_WORDS)) ^ word)
  }
  for (let round: usize = 0; round <= ROUNDS; round++) {
    const bytes = v128.load(SCHEDULE + round * VECTOR)
    for (let i: usize = 0; i < 8; i++) v128.store(ROUND_PLANES + (round * 8 + i) * VECTOR, planeOf(bytes, i))
  }
}
