/// <reference path="./decorators.d.ts" />
/**
 * What an editor knows of `@enigma-discovery/sdk-as/assembly`; the compiler does not read it. To TypeScript a u256 is a
 * bigint, so that its operators resolve. (Shifts take an i32, for which TypeScript has no such operator: write `shl` and
 * `shr`.) As with AssemblyScript's own numbers, other integer types are all one to it; the compiler tells them apart.
 */

/** A byte string: Solidity's `bytes`. */
export type Bytes = StaticArray<u8>

/** Unsigned 256-bit integer, Solidity's `uint256`. Arithmetic is checked: what does not fit reverts. */
export type u256 = bigint
export declare const u256: {
  /** From the lowest 64 bits to the highest. */
  new (a?: u64, b?: u64, c?: u64, d?: u64): u256
  readonly zero: u256
  readonly one: u256
  readonly max: u256
  from(value: u64): u256
}
export type u72 = u256
export type u80 = u256
export type u88 = u256
export type u96 = u256
export type u104 = u256
export type u112 = u256
export type u120 = u256
export type u128 = u256
export type u136 = u256
export type u144 = u256
export type u152 = u256
export type u160 = u256
export type u168 = u256
export type u176 = u256
export type u184 = u256
export type u192 = u256
export type u200 = u256
export type u208 = u256
export type u216 = u256
export type u224 = u256
export type u232 = u256
export type u240 = u256
export type u248 = u256

declare global {
  interface BigInt {
    /** Of a u256: its 64-bit words, from the lowest. */
    readonly a: u64
    readonly b: u64
    readonly c: u64
    readonly d: u64
    readonly isZero: bool
    /** Reverts when it does not fit. */
    toU64(): u64
    wrappingAdd(other: u256): u256
    wrappingSub(other: u256): u256
    wrappingMul(other: u256): u256
    shl(bits: i32): u256
    shr(bits: i32): u256
    /** Digits in base 10. */
    toString(): string
  }
}

/** 20 bytes, compared by content. */
export declare class Address {
  static readonly zero: Address
  readonly isZero: bool
  toBytes(): Bytes
  static loadWord(pointer: usize): Address
}

/** 32 bytes: Solidity's `bytes32`, compared by content. */
export declare class Hash {
  toBytes(): Bytes
  static loadWord(pointer: usize): Hash
}

export declare namespace abi {
  /** `abi.encode(value)`. */
  function encode<T>(value: T): Bytes
  /** Decodes what `encode` made; reverts with "bad calldata". */
  function decode<T>(bytes: Bytes): T
}

/** The task that is running. */
export declare namespace task {
  /** Who recorded it; in a query, who asks. */
  function sender(): Address
  /** Its id: its link in the contract's queue. */
  function id(): Hash
  /** Token sent with it: an ERC-20's address, or zero for ETH. */
  function token(): Address
  /** Amount sent with it, in the token's smallest unit. */
  function amount(): u256
}
/** This contract. */
export declare namespace self {
  /** The address its callbacks come from. */
  function address(): Address
}
/** The block of the task's record: the same whenever the task is executed. */
export declare namespace block {
  function number(): u64
  /** Seconds since 1970. */
  function timestamp(): u64
}

/** Secret randomness of the task: fresh on every call, the same when the task is executed again. Not there in queries. */
export declare namespace random {
  function bytes(size: i32): Bytes
  function word(): u256
  /** Evenly distributed in 0 .. bound - 1; bound must not be 0. */
  function below(bound: u64): u64
}

export declare namespace crypto {
  function keccak256(data: Bytes): Hash
  function sha256(data: Bytes): Hash
  /** Address that signed the hash; reverts with "bad signature". @param signature r | s | v, 65 bytes */
  function recover(hash: Hash, signature: Bytes): Address
  function isSignedBy(who: Address, hash: Hash, signature: Bytes): bool
  /** @param signature r | s, 64 bytes @param publicKey 33 or 65 bytes */
  function verifySecp256k1(hash: Hash, signature: Bytes, publicKey: Bytes): bool
  /** @param signature 64 bytes @param publicKey 32 bytes */
  function verifyEd25519(message: Bytes, signature: Bytes, publicKey: Bytes): bool
  /** AES-256-GCM under a key of the contract's own: nonce | ciphertext | tag. Not there in queries. */
  function encrypt(key: Hash, plaintext: Bytes, aad?: Bytes): Bytes
  /** Opens what `encrypt` made with the same key and additional data, or null. */
  function decrypt(key: Hash, box: Bytes, aad?: Bytes): Bytes | null
}

export declare namespace ethereum {
  /** Adds a call from this contract's address, made when the task is committed. @param data selector and arguments */
  function call(target: Address, data: Bytes): void
}
/** Base of Solidity contracts declared with `@ethereum`, whose methods the compiler fills in. */
export declare class EthereumContract {
  readonly address: Address
  constructor(address: Address)
}

/** Adds an event of raw bytes to the output of the task. At most 64 events of 4,096 bytes. */
export declare function emit(data: Bytes): void
/** Ends the call and undoes everything it did; the caller alone gets the message. */
export declare function revert(message: string): void
/** Reverts with the message unless the condition holds. */
export declare function require(condition: bool, message: string): void

/** One variable of the state. What was never set is 0, false, "", empty, or the zero address. */
export declare class Value<V> {
  constructor(name: string, isPublic?: bool)
  get(): V
  set(value: V): void
  exists(): bool
  remove(): void
}
/** Variables by key. */
export declare class Mapping<K, V> {
  constructor(name: string, isPublic?: bool)
  get(key: K): V
  set(key: K, value: V): void
  has(key: K): bool
  remove(key: K): void
  /** Walks the entries that are set, in the order of the keys' encoding. */
  entries(): Cursor<K, V>
  keys(): K[]
}
/** Variables by two keys. */
export declare class Mapping2<K, L, V> {
  constructor(name: string, isPublic?: bool)
  get(first: K, second: L): V
  set(first: K, second: L, value: V): void
  has(first: K, second: L): bool
  remove(first: K, second: L): void
  /** Walks what is set under a first key. */
  entries(first: K): Cursor<L, V>
  keys(first: K): L[]
}
/** A walk over a mapping: `while (all.next())` with `all.key` and `all.value`. */
export declare class Cursor<K, V> {
  next(): bool
  readonly key: K
  readonly value: V
  keys(): K[]
}
/** A growing list; each item is an entry of its own. Wrong indices revert with "index out of range". */
export declare class List<V> {
  constructor(name: string, isPublic?: bool)
  readonly length: u32
  get(index: u32): V
  set(index: u32, value: V): void
  push(value: V): void
  pop(): V
}
