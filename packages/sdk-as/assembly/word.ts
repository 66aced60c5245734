import { revert } from "./revert"

/** Bytes that stay as they are: an address, a hash. Compared by content. */
@final
export class Address {
  // @ts-ignore: decorator
  @unsafe private x0: u64
  private x1: u64
  private x2: u32

  /** The zero address. */
  static get zero(): Address {
    return new Address()
  }
  get isZero(): bool {
    return (this.x0 | this.x1 | u64(this.x2)) == 0
  }
  // @ts-ignore: decorator
  @operator("==")
  equals(other: Address): bool {
    return ((this.x0 ^ other.x0) | (this.x1 ^ other.x1) | u64(this.x2 ^ other.x2)) == 0
  }
  // @ts-ignore: decorator
  @operator("!=")
  differs(other: Address): bool {
    return !this.equals(other)
  }
  /** The 20 bytes, in order. */
  toBytes(): StaticArray<u8> {
    const out = new StaticArray<u8>(20)
    memory.copy(changetype<usize>(out), changetype<usize>(this), 20)
    return out
  }
  /** Where the 20 bytes stand. */
  get pointer(): usize {
    return changetype<usize>(this)
  }

  static loadWord(pointer: usize): Address {
    if ((load<u64>(pointer) | u64(load<u32>(pointer, 8))) != 0) revert("bad calldata")
    const out = new Address()
    memory.copy(changetype<usize>(out), pointer + 12, 20)
    return out
  }
  storeWord(pointer: usize): void {
    memory.copy(pointer + 12, changetype<usize>(this), 20)
  }
}

/** 32 bytes: Solidity's `bytes32`. */
@final
export class Hash {
  private x0: u64
  private x1: u64
  private x2: u64
  private x3: u64

  // @ts-ignore: decorator
  @operator("==")
  equals(other: Hash): bool {
    return ((this.x0 ^ other.x0) | (this.x1 ^ other.x1) | (this.x2 ^ other.x2) | (this.x3 ^ other.x3)) == 0
  }
  // @ts-ignore: decorator
  @operator("!=")
  differs(other: Hash): bool {
    return !this.equals(other)
  }
  get pointer(): usize {
    return changetype<usize>(this)
  }
  toBytes(): StaticArray<u8> {
    const out = new StaticArray<u8>(32)
    memory.copy(changetype<usize>(out), changetype<usize>(this), 32)
    return out
  }
  static loadWord(pointer: usize): Hash {
    const out = new Hash()
    memory.copy(changetype<usize>(out), pointer, 32)
    return out
  }
  storeWord(pointer: usize): void {
    memory.copy(pointer, changetype<usize>(this), 32)
  }
}
