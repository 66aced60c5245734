import { revert } from "./revert"
import { u256 } from "./u256"
import { Address, Hash } from "./word"

/** A byte string: Solidity's `bytes`. */
export type Bytes = StaticArray<u8>

/**
 * Solidity's contract ABI (docs.soliditylang.org, "Contract ABI Specification"): a value is one 32-byte word, or, when its
 * size is not known beforehand, a word that says where it stands behind the others.
 *
 * Types: bool, u8 to u64, i8 to i64, u256, Address, Hash (bytes32), Bytes, string and arrays of these. Decoding is
 * strict: stray bits and ranges outside the data revert with "bad calldata".
 */
export namespace abi {
  /** Has the type a size that depends on the value? */
  // @ts-ignore: decorator
  @inline
  export function isDynamic<T>(): bool {
    return isString<T>() || isArray<T>() || isBytes<T>()
  }

  /** Bytes a value takes behind the words of its neighbours; 0 for a value of one word. */
  export function tailSize<T>(value: T): usize {
    if (isString<T>()) return 32 + padded(<usize>String.UTF8.byteLength(changetype<string>(value)))
    if (isBytes<T>()) return 32 + padded(<usize>changetype<Bytes>(value).length)
    if (isArray<T>()) {
      let size: usize = 32
      const count = value.length
      for (let i = 0; i < count; i++) size += 32 + tailSize<valueof<T>>(unchecked(value[i]))
      return size
    }
    return 0
  }

  /** Encodes one value as `abi.encode(value)`. */
  export function encode<T>(value: T): Bytes {
    const writer = new Writer(32, tailSize<T>(value))
    writer.put<T>(value)
    return writer.bytes
  }

  /** Decodes what `encode` made. */
  export function decode<T>(bytes: Bytes): T {
    return new Reader(changetype<usize>(bytes), <usize>bytes.length).take<T>()
  }

  /** Writes values one after the other: their words, then what stands behind. The sizes must be known. */
  @final
  export class Writer {
    bytes: Bytes
    private base: usize
    private head: usize
    private tail: usize
    /** @param lead bytes before the first word, for a selector */
    constructor(headSize: usize, tailSize: usize, lead: usize = 0) {
      const bytes = new StaticArray<u8>(<i32>(lead + headSize + tailSize))
      this.bytes = bytes
      this.base = changetype<usize>(bytes) + lead
      this.head = this.base
      this.tail = this.base + headSize
    }
    put<T>(value: T): void {
      const head = this.head
      this.head = head + 32
      if (!isDynamic<T>()) {
        storeWord<T>(head, value)
        return
      }
      storeWord<u32>(head, <u32>(this.tail - this.base))
      this.putTail<T>(value)
    }
    private putTail<T>(value: T): void {
      const at = this.tail
      if (isString<T>()) {
        const text = changetype<string>(value)
        const size = String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, at + 32)
        storeWord<u32>(at, <u32>size)
        this.tail = at + 32 + padded(size)
      } else if (isBytes<T>()) {
        const size = <usize>changetype<Bytes>(value).length
        storeWord<u32>(at, <u32>size)
        memory.copy(at + 32, changetype<usize>(value), size)
        this.tail = at + 32 + padded(size)
      } else if (isArray<T>()) {
        const count = value.length
        storeWord<u32>(at, count)
        // Items of an array are encoded as a tuple of its own, behind the count.
        const base = this.base
        const head = this.head
        this.base = at + 32
        this.head = at + 32
        this.tail = at + 32 + (<usize>count << 5)
        for (let i = 0; i < count; i++) this.put<valueof<T>>(unchecked(value[i]))
        this.base = base
        this.head = head
      }
    }
  }

  /** Reads values one after the other. */
  @final
  export class Reader {
    private base: usize
    private end: usize
    private head: usize
    constructor(pointer: usize, size: usize) {
      this.base = pointer
      this.head = pointer
      this.end = pointer + size
    }
    /** A place inside the data with room for `size` bytes behind it. */
    private at(offset: usize, size: usize): usize {
      const at = this.base + offset
      if (at < this.base || at > this.end || size > this.end - at) revert("bad calldata")
      return at
    }
    take<T>(): T {
      const head = this.at(this.head - this.base, 32)
      this.head = head + 32
      if (!isDynamic<T>()) return loadWord<T>(head)
      return this.takeTail<T>(<usize>loadWord<u32>(head))
    }
    private takeTail<T>(offset: usize): T {
      const at = this.at(offset, 32)
      const size = <usize>loadWord<u32>(at)
      if (isString<T>()) return changetype<T>(String.UTF8.decodeUnsafe(this.at(offset + 32, size), size))
      if (isBytes<T>()) {
        const from = this.at(offset + 32, size)
        const bytes = new StaticArray<u8>(<i32>size)
        memory.copy(changetype<usize>(bytes), from, size)
        return changetype<T>(bytes)
      }
      if (size > (this.end - at) >> 5) revert("bad calldata")
      const out = instantiate<T>(<i32>size)
      const base = this.base
      const head = this.head
      this.base = at + 32
      this.head = at + 32
      for (let i = 0; i < <i32>size; i++) unchecked((out[i] = this.take<valueof<T>>()))
      this.base = base
      this.head = head
      return out
    }
  }

  // @ts-ignore: decorator
  @inline
  function isBytes<T>(): bool {
    return isReference<T>() && idof<T>() == idof<StaticArray<u8>>()
  }

  // @ts-ignore: decorator
  @inline
  function padded(size: usize): usize {
    return (size + 31) & ~31
  }

  /** A value of one word, big-endian. The 32 bytes at the pointer are zero. */
  export function storeWord<T>(pointer: usize, value: T): void {
    if (isInteger<T>()) {
      if (isSigned<T>() && value < 0) {
        store<i64>(pointer, -1)
        store<i64>(pointer, -1, 8)
        store<i64>(pointer, -1, 16)
      }
      store<u64>(pointer, bswap(<u64>value), 24)
    } else value.storeWord(pointer)
  }

  export function loadWord<T>(pointer: usize): T {
    if (isInteger<T>()) {
      const low = bswap(load<u64>(pointer, 24))
      const value = <T>low
      const high = isSigned<T>() ? <u64>(<i64>low >> 63) : 0
      const stray = (load<u64>(pointer) ^ high) | (load<u64>(pointer, 8) ^ high) | (load<u64>(pointer, 16) ^ high)
      if (stray != 0 || <u64>value != low || (isBoolean<T>() && low > 1)) revert("bad calldata")
      return value
    }
    // The wrong branches of the other classes are not compiled.
    if (idof<T>() == idof<u256>()) return changetype<T>(u256.loadWord(pointer))
    if (idof<T>() == idof<Address>()) return changetype<T>(Address.loadWord(pointer))
    return changetype<T>(Hash.loadWord(pointer))
  }
}
