import { abi } from "./abi"
import * as host from "./host"
import { revert } from "./revert"
import { u256 } from "./u256"

/** What the bodies that the compiler writes use: of events, errors and calls of Ethereum. Global; not for contracts. */
// @ts-ignore: decorator
@global
@final
export class __Declared {
  /** Calldata, or a custom error: a selector, then ABI words. */
  static call(selector: u32, headSize: usize, tailSize: usize): abi.Writer {
    const writer = new abi.Writer(headSize, tailSize, 4)
    store<u32>(changetype<usize>(writer.bytes), bswap(selector))
    return writer
  }
  /** An event: the hash of its signature, then ABI words. @param t0 the hash's first 8 bytes as a number */
  static event(t0: u64, t1: u64, t2: u64, t3: u64, headSize: usize, tailSize: usize): abi.Writer {
    const writer = new abi.Writer(headSize, tailSize, 32)
    const at = changetype<usize>(writer.bytes)
    store<u64>(at, bswap(t0))
    store<u64>(at, bswap(t1), 8)
    store<u64>(at, bswap(t2), 16)
    store<u64>(at, bswap(t3), 24)
    return writer
  }
  static tail<T>(value: T): usize {
    return abi.tailSize<T>(value)
  }
  static emit(data: abi.Writer): void {
    host.emit_event(changetype<usize>(data.bytes), <u32>data.bytes.length)
  }
  /** Reverts with a custom error: its bytes as 0x and lower-case hexadecimal. */
  static fail(data: abi.Writer): void {
    const size = <usize>data.bytes.length
    const from = changetype<usize>(data.bytes)
    const text = heap.alloc(2 + 2 * size)
    store<u16>(text, 0x7830)
    for (let i: usize = 0; i < size; i++) {
      const byte = load<u8>(from + i)
      store<u8>(text + 2 * i, digit(byte >> 4), 2)
      store<u8>(text + 2 * i, digit(byte & 15), 3)
    }
    host.revert(text, <u32>(2 + 2 * size))
    unreachable()
  }
  /** An argument of a type that is kept in more bits than it has. */
  static given(value: u256, bits: i32): u256 {
    if (!fits(value, bits)) revert("bad calldata")
    return value
  }
  static fitting(value: u256, bits: i32): u256 {
    if (!fits(value, bits)) revert("arithmetic overflow")
    return value
  }
}

// @ts-ignore: decorator
@inline
function digit(value: u8): u8 {
  return value + (value < 10 ? 48 : 87)
}

function fits(value: u256, bits: i32): bool {
  return value.shr(bits).isZero
}
