import { revert } from "./revert"

/** Carry out of a + b + carryIn, and borrow out of a - b - borrowIn, of the last 64-bit step. */
let carry: u64 = 0

// @ts-ignore: decorator
@inline
function addStep(a: u64, b: u64): u64 {
  const sum = a + b
  const out = sum + carry
  carry = u64(sum < a) | u64(out < sum)
  return out
}

// @ts-ignore: decorator
@inline
function subStep(a: u64, b: u64): u64 {
  const difference = a - b
  const out = difference - carry
  carry = u64(a < b) | u64(difference < carry)
  return out
}

/** High half of a 64 x 64 bit product. */
function mulHigh(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff
  const aHigh = a >> 32
  const bLow = b & 0xffffffff
  const bHigh = b >> 32
  const middle = aHigh * bLow + ((aLow * bLow) >> 32)
  const middle2 = aLow * bHigh + (middle & 0xffffffff)
  return aHigh * bHigh + (middle >> 32) + (middle2 >> 32)
}

/**
 * Unsigned 256-bit integer, Solidity's `uint256`. Arithmetic is checked: what does not fit reverts with "arithmetic
 * overflow", division by zero with "division by zero". Values do not change; every operation makes a new one.
 */
@final
export class u256 {
  /** From the lowest 64 bits to the highest. */
  a: u64
  b: u64
  c: u64
  d: u64
  constructor(a: u64 = 0, b: u64 = 0, c: u64 = 0, d: u64 = 0) {
    this.a = a
    this.b = b
    this.c = c
    this.d = d
  }

  static get zero(): u256 {
    return new u256()
  }
  static get one(): u256 {
    return new u256(1)
  }
  static get max(): u256 {
    return new u256(u64.MAX_VALUE, u64.MAX_VALUE, u64.MAX_VALUE, u64.MAX_VALUE)
  }
  // @ts-ignore: decorator
  @inline
  static from(value: u64): u256 {
    return new u256(value)
  }

  get isZero(): bool {
    return (this.a | this.b | this.c | this.d) == 0
  }
  /** As u64; reverts when it does not fit. */
  toU64(): u64 {
    if ((this.b | this.c | this.d) != 0) revert("arithmetic overflow")
    return this.a
  }

  // @ts-ignore: decorator
  @operator("==")
  equals(other: u256): bool {
    return ((this.a ^ other.a) | (this.b ^ other.b) | (this.c ^ other.c) | (this.d ^ other.d)) == 0
  }
  // @ts-ignore: decorator
  @operator("!=")
  differs(other: u256): bool {
    return !this.equals(other)
  }
  // @ts-ignore: decorator
  @operator("<")
  less(other: u256): bool {
    if (this.d != other.d) return this.d < other.d
    if (this.c != other.c) return this.c < other.c
    if (this.b != other.b) return this.b < other.b
    return this.a < other.a
  }
  // @ts-ignore: decorator
  @operator(">")
  greater(other: u256): bool {
    return other.less(this)
  }
  // @ts-ignore: decorator
  @operator("<=")
  atMost(other: u256): bool {
    return !other.less(this)
  }
  // @ts-ignore: decorator
  @operator(">=")
  atLeast(other: u256): bool {
    return !this.less(other)
  }

  /** a + b mod 2^256. */
  wrappingAdd(other: u256): u256 {
    carry = 0
    const a = addStep(this.a, other.a)
    const b = addStep(this.b, other.b)
    const c = addStep(this.c, other.c)
    return new u256(a, b, c, addStep(this.d, other.d))
  }
  /** a - b mod 2^256. */
  wrappingSub(other: u256): u256 {
    carry = 0
    const a = subStep(this.a, other.a)
    const b = subStep(this.b, other.b)
    const c = subStep(this.c, other.c)
    return new u256(a, b, c, subStep(this.d, other.d))
  }
  /** a * b mod 2^256. */
  wrappingMul(other: u256): u256 {
    return multiply(this, other, false)
  }

  // @ts-ignore: decorator
  @operator("+")
  add(other: u256): u256 {
    const sum = this.wrappingAdd(other)
    if (carry != 0) revert("arithmetic overflow")
    return sum
  }
  // @ts-ignore: decorator
  @operator("-")
  sub(other: u256): u256 {
    const difference = this.wrappingSub(other)
    if (carry != 0) revert("arithmetic overflow")
    return difference
  }
  // @ts-ignore: decorator
  @operator("*")
  mul(other: u256): u256 {
    return multiply(this, other, true)
  }
  // @ts-ignore: decorator
  @operator("/")
  div(other: u256): u256 {
    return divide(this, other)
  }
  // @ts-ignore: decorator
  @operator("%")
  rem(other: u256): u256 {
    divide(this, other)
    return remainder!
  }

  // @ts-ignore: decorator
  @operator("&")
  and(other: u256): u256 {
    return new u256(this.a & other.a, this.b & other.b, this.c & other.c, this.d & other.d)
  }
  // @ts-ignore: decorator
  @operator("|")
  or(other: u256): u256 {
    return new u256(this.a | other.a, this.b | other.b, this.c | other.c, this.d | other.d)
  }
  // @ts-ignore: decorator
  @operator("^")
  xor(other: u256): u256 {
    return new u256(this.a ^ other.a, this.b ^ other.b, this.c ^ other.c, this.d ^ other.d)
  }
  // @ts-ignore: decorator
  @operator.prefix("~")
  not(): u256 {
    return new u256(~this.a, ~this.b, ~this.c, ~this.d)
  }
  // @ts-ignore: decorator
  @operator("<<")
  shl(bits: i32): u256 {
    if (bits < 0 || bits > 255) return new u256()
    const out = new u256()
    const words = bits >> 6
    const low = bits & 63
    for (let i = 3; i >= words; i--) {
      let word = limb(this, i - words) << low
      if (low != 0 && i > words) word |= limb(this, i - words - 1) >> (64 - low)
      setLimb(out, i, word)
    }
    return out
  }
  // @ts-ignore: decorator
  @operator(">>")
  shr(bits: i32): u256 {
    if (bits < 0 || bits > 255) return new u256()
    const out = new u256()
    const words = bits >> 6
    const low = bits & 63
    for (let i = 0; i + words < 4; i++) {
      let word = limb(this, i + words) >> low
      if (low != 0 && i + words < 3) word |= limb(this, i + words + 1) << (64 - low)
      setLimb(out, i, word)
    }
    return out
  }

  /** Digits in base 10. */
  toString(): string {
    let digits = 1
    const ten = new u256(10)
    for (let rest = divide(this, ten); !rest.isZero; rest = divide(rest, ten)) digits++
    const text = changetype<string>(__new(<usize>digits << 1, idof<string>()))
    let rest: u256 = this
    while (digits-- > 0) {
      rest = divide(rest, ten)
      store<u16>(changetype<usize>(text) + (<usize>digits << 1), 48 + u16(remainder!.a))
    }
    return text
  }

  /** The big-endian ABI word at a pointer. */
  static loadWord(pointer: usize): u256 {
    return new u256(
      bswap(load<u64>(pointer, 24)),
      bswap(load<u64>(pointer, 16)),
      bswap(load<u64>(pointer, 8)),
      bswap(load<u64>(pointer)),
    )
  }
  storeWord(pointer: usize): void {
    store<u64>(pointer, bswap(this.d))
    store<u64>(pointer, bswap(this.c), 8)
    store<u64>(pointer, bswap(this.b), 16)
    store<u64>(pointer, bswap(this.a), 24)
  }
}

// @ts-ignore: decorator
@inline
function limb(value: u256, i: i32): u64 {
  return load<u64>(changetype<usize>(value) + (<usize>i << 3))
}
// @ts-ignore: decorator
@inline
function setLimb(value: u256, i: i32, word: u64): void {
  store<u64>(changetype<usize>(value) + (<usize>i << 3), word)
}

/** Schoolbook product; what lies above 2^256 is an overflow or dropped. */
function multiply(x: u256, y: u256, checked: bool): u256 {
  const out = new u256()
  for (let i = 0; i < 4; i++) {
    const factor = limb(x, i)
    if (factor == 0) continue
    let high: u64 = 0
    for (let j = 0; j < 4; j++) {
      const other = limb(y, j)
      if (i + j > 3) {
        if (checked && (other | high) != 0) revert("arithmetic overflow")
        continue
      }
      const low = factor * other
      const sum = low + limb(out, i + j)
      const total = sum + high
      high = mulHigh(factor, other) + u64(sum < low) + u64(total < sum)
      setLimb(out, i + j, total)
    }
    if (checked && high != 0) revert("arithmetic overflow")
  }
  return out
}

/** The remainder of the last `divide`. */
let remainder: u256 | null = null

/** Binary long division; quick when both fit 64 bits. */
function divide(x: u256, y: u256): u256 {
  if (y.isZero) revert("division by zero")
  if ((x.b | x.c | x.d | y.b | y.c | y.d) == 0) {
    remainder = new u256(x.a % y.a)
    return new u256(x.a / y.a)
  }
  const quotient = new u256()
  const rest = new u256()
  for (let bit = 255; bit >= 0; bit--) {
    const overflow = rest.d >> 63
    rest.d = (rest.d << 1) | (rest.c >> 63)
    rest.c = (rest.c << 1) | (rest.b >> 63)
    rest.b = (rest.b << 1) | (rest.a >> 63)
    rest.a = (rest.a << 1) | ((limb(x, bit >> 6) >> (bit & 63)) & 1)
    if (overflow != 0 || !rest.less(y)) {
      carry = 0
      rest.a = subStep(rest.a, y.a)
      rest.b = subStep(rest.b, y.b)
      rest.c = subStep(rest.c, y.c)
      rest.d = subStep(rest.d, y.d)
      setLimb(quotient, bit >> 6, limb(quotient, bit >> 6) | ((<u64>1) << (bit & 63)))
    }
  }
  remainder = rest
  return quotient
}
