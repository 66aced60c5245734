import { abi, Address, Bytes, crypto, emit, Hash, List, Mapping, random, require, revert, u256, Value } from "@enigma-discovery/sdk-as/assembly"

/** The library, method by method. */
@contract
export class Library {
  bytesOf: Mapping<Bytes, Bytes>
  words: Mapping<u256, u256>
  numbers: List<i32>
  texts: Value<string[]>

  @call
  arithmetic(kind: u8, a: u256, b: u256): u256 {
    if (kind == 0) return a + b
    if (kind == 1) return a - b
    if (kind == 2) return a * b
    if (kind == 3) return a / b
    if (kind == 4) return a % b
    if (kind == 5) return a & b
    if (kind == 6) return a | b
    if (kind == 7) return a ^ b
    if (kind == 8) return a.wrappingAdd(b)
    if (kind == 9) return a.wrappingSub(b)
    if (kind == 10) return a.wrappingMul(b)
    if (kind == 11) return ~a
    revert("no such kind")
    return a
  }
  @call
  shift(left: bool, a: u256, bits: i32): u256 {
    return left ? a.shl(bits) : a.shr(bits)
  }
  @call
  compare(a: u256, b: u256): bool[] {
    return [a < b, a <= b, a > b, a >= b, a == b, a != b]
  }
  @call
  text(a: u256): string {
    return a.toString()
  }
  @call
  small(a: u256): u64 {
    return a.toU64()
  }

  @call echoWords(a: bool, b: u8, c: i8, d: u16, e: i16, f: u32, g: i32): i64[] {
    return [i64(a), b, c, d, e, f, g]
  }
  @call echoU64(a: u64): u64 { return a }
  @call echoI64(a: i64): i64 { return a }
  @call echoText(a: string): string { return a }
  @call echoBytes(a: Bytes): Bytes { return a }
  @call echoNested(a: string[][]): string[][] { return a }
  @call echoMixed(a: Bytes[], b: Address, c: Hash[], d: string): Bytes[] {
    require(c.length < 100 && !b.isZero && d.length >= 0, "odd")
    return a
  }
  @call echoHashes(a: Hash[]): Hash[] { return a }
  @call echoAddresses(a: Address[]): Address[] { return a }

  @call setBytes(key: Bytes, value: Bytes): bool {
    const was = this.bytesOf.has(key)
    this.bytesOf.set(key, value)
    return was
  }
  @call removeBytes(key: Bytes): void { this.bytesOf.remove(key) }
  @view getBytes(key: Bytes): Bytes { return this.bytesOf.get(key) }

  @call setWord(key: u256, value: u256): void { this.words.set(key, value) }
  /** Removes what is odd on the way. */
  @call walkWords(): u256[] {
    const out: u256[] = []
    const all = this.words.entries()
    while (all.next()) {
      if ((all.value.a & 1) == 1) this.words.remove(all.key)
      else out.push(all.key)
    }
    return out
  }
  @view wordKeys(): u256[] { return this.words.keys() }

  @call push(value: i32): u32 { this.numbers.push(value); return this.numbers.length }
  @call pop(): i32 { return this.numbers.pop() }
  @call put(index: u32, value: i32): void { this.numbers.set(index, value) }
  @view at(index: u32): i32 { return this.numbers.get(index) }
  @call setTexts(all: string[]): string[] { this.texts.set(all); return this.texts.get() }
  @call dropTexts(): bool { this.texts.remove(); return this.texts.exists() }

  @view hashes(data: Bytes): Hash[] { return [crypto.keccak256(data), crypto.sha256(data)] }
  @view recover(hash: Hash, signature: Bytes): Address { return crypto.recover(hash, signature) }
  @view isSignedBy(who: Address, hash: Hash, signature: Bytes): bool { return crypto.isSignedBy(who, hash, signature) }
  @view verify(hash: Hash, signature: Bytes, key: Bytes): bool { return crypto.verifySecp256k1(hash, signature, key) }
  @view verifyEd(message: Bytes, signature: Bytes, key: Bytes): bool { return crypto.verifyEd25519(message, signature, key) }
  @call seal(key: Hash, text: Bytes, aad: Bytes): Bytes { return crypto.encrypt(key, text, aad) }
  @view open(key: Hash, box: Bytes, aad: Bytes): Bytes {
    const text = crypto.decrypt(key, box, aad)
    if (text === null) revert("does not open")
    return text!
  }
  @call randoms(bound: u64, count: u32): u64[] {
    const out: u64[] = []
    for (let i: u32 = 0; i < count; i++) out.push(random.below(bound))
    return out
  }
  @call randomBytes(size: i32): Bytes { return random.bytes(size) }
  @call raw(data: Bytes): void { emit(data) }
  @view encoded(a: string[]): Bytes { return abi.encode(a) }
}
