import { abi, Bytes } from "./abi"
import * as host from "./host"
import { revert } from "./revert"

/**
 * The contract's encrypted state (PROTOCOL §11.4). Fields of the contract's class with these types are made by the
 * compiler; elsewhere they are made with a name: `new Value<u64>("seen")`. No two may share a name.
 */

const MAX_KEY_BYTES: usize = 256
const SCRATCH: usize = 1024
let scratch: usize = 0

/** name | 0 | room for `size` bytes: the start of a key of a map, its length in `keySize`. */
let keySize: usize = 0
function startKey(name: string, size: usize): usize {
  const length = <usize>name.length
  const key = heap.alloc(3 * length + 1 + size)
  keySize = String.UTF8.encodeUnsafe(changetype<usize>(name), name.length, key) + size
  return key
}

function mapKey<K>(name: string, key: K): usize {
  const encoded = abi.encode<K>(key)
  const size = <usize>encoded.length
  const at = startKey(name, size + 1)
  store<u8>(at + keySize - size - 1, 0)
  memory.copy(at + keySize - size, changetype<usize>(encoded), size)
  return at
}

function map2Key<K, L>(name: string, first: K, second: L): usize {
  const encoded = abi.encode<L>(second)
  const size = <usize>encoded.length
  const prefix = mapKey<K>(name, first)
  const prefixSize = keySize
  const at = heap.alloc(prefixSize + size)
  memory.copy(at, prefix, prefixSize)
  memory.copy(at + prefixSize, changetype<usize>(encoded), size)
  keySize = prefixSize + size
  return at
}

/** The value under a key: read once into a buffer kept for this, a second time only when it is larger than that. */
function readKey(key: usize, size: usize): Bytes | null {
  if (scratch == 0) scratch = heap.alloc(SCRATCH)
  const length = host.state_read(key, <u32>size, scratch, <u32>SCRATCH)
  if (length < 0) return null
  const out = new StaticArray<u8>(length)
  if (<usize>length > SCRATCH) host.state_read(key, <u32>size, changetype<usize>(out), <u32>length)
  else memory.copy(changetype<usize>(out), scratch, <usize>length)
  return out
}

function writeKey<V>(key: usize, size: usize, value: V, isPublic: bool): void {
  const encoded = abi.encode<V>(value)
  const pointer = changetype<usize>(encoded)
  if (isPublic) host.state_write_public(key, <u32>size, pointer, <u32>encoded.length)
  else host.state_write(key, <u32>size, pointer, <u32>encoded.length)
}

/** The value types have when nothing was written: 0, false, "", no bytes, an empty list, the zero address. */
function emptyValue<V>(): V {
  if (isInteger<V>()) return <V>0
  if (isString<V>()) return changetype<V>("")
  if (isArray<V>()) return instantiate<V>(0)
  if (idof<V>() == idof<StaticArray<u8>>()) return changetype<V>(new StaticArray<u8>(0))
  return instantiate<V>()
}

/** One variable: `registry: Value<Address>`. */
@final
export class Value<V> {
  /** @param isPublic the entry stands in clear in the contract's deltas for everyone to read */
  constructor(
    private name: string,
    private isPublic: bool = false,
  ) {}
  get(): V {
    const key = startKey(this.name, 0)
    const bytes = readKey(key, keySize)
    return bytes === null ? emptyValue<V>() : abi.decode<V>(bytes)
  }
  set(value: V): void {
    const key = startKey(this.name, 0)
    writeKey<V>(key, keySize, value, this.isPublic)
  }
  exists(): bool {
    const key = startKey(this.name, 0)
    return host.state_read(key, <u32>keySize, 0, 0) >= 0
  }
  remove(): void {
    const key = startKey(this.name, 0)
    host.state_remove(key, <u32>keySize)
  }
}

/** Variables by key: `balances: Mapping<Address, u256>`. What was never set is the empty value. */
@final
export class Mapping<K, V> {
  /** @param isPublic the entries, keys and values, stand in clear in the contract's deltas for everyone to read */
  constructor(
    private name: string,
    private isPublic: bool = false,
  ) {}
  get(key: K): V {
    const at = mapKey<K>(this.name, key)
    const bytes = readKey(at, keySize)
    return bytes === null ? emptyValue<V>() : abi.decode<V>(bytes)
  }
  set(key: K, value: V): void {
    const at = mapKey<K>(this.name, key)
    writeKey<V>(at, keySize, value, this.isPublic)
  }
  has(key: K): bool {
    const at = mapKey<K>(this.name, key)
    return host.state_read(at, <u32>keySize, 0, 0) >= 0
  }
  remove(key: K): void {
    const at = mapKey<K>(this.name, key)
    host.state_remove(at, <u32>keySize)
  }
  /** Walks the entries that are set, in the order of the keys' encoding. */
  entries(): Cursor<K, V> {
    const prefix = startKey(this.name, 1)
    store<u8>(prefix + keySize - 1, 0)
    return new Cursor<K, V>(prefix, keySize)
  }
  /** The keys that are set, in the order of their encoding; costs gas for each. */
  keys(): K[] {
    return this.entries().keys()
  }
}

/** Variables by two keys: `allowances: Mapping2<Address, Address, u256>`. */
@final
export class Mapping2<K, L, V> {
  /** @param isPublic the entries, keys and values, stand in clear in the contract's deltas for everyone to read */
  constructor(
    private name: string,
    private isPublic: bool = false,
  ) {}
  get(first: K, second: L): V {
    const at = map2Key<K, L>(this.name, first, second)
    const bytes = readKey(at, keySize)
    return bytes === null ? emptyValue<V>() : abi.decode<V>(bytes)
  }
  set(first: K, second: L, value: V): void {
    const at = map2Key<K, L>(this.name, first, second)
    writeKey<V>(at, keySize, value, this.isPublic)
  }
  has(first: K, second: L): bool {
    const at = map2Key<K, L>(this.name, first, second)
    return host.state_read(at, <u32>keySize, 0, 0) >= 0
  }
  remove(first: K, second: L): void {
    const at = map2Key<K, L>(this.name, first, second)
    host.state_remove(at, <u32>keySize)
  }
  /** Walks what is set under a first key, in the order of the second keys' encoding. */
  entries(first: K): Cursor<L, V> {
    const prefix = mapKey<K>(this.name, first)
    return new Cursor<L, V>(prefix, keySize)
  }
  /** The second keys that are set under a first one. */
  keys(first: K): L[] {
    return this.entries(first).keys()
  }
}

/**
 * A walk over a mapping: `const all = balances.entries()`, then `while (all.next())` with `all.key` and `all.value`.
 * Entries may be changed on the way; the one it stands on may be removed.
 */
@final
export class Cursor<K, V> {
  private at: usize = 0
  private atSize: usize = 0
  constructor(
    private prefix: usize,
    private prefixSize: usize,
  ) {}
  /** Moves on; false at the end. */
  next(): bool {
    const out = heap.alloc(MAX_KEY_BYTES)
    const size = host.state_next(
      this.prefix, <u32>this.prefixSize, this.at, <u32>this.atSize, out, <u32>MAX_KEY_BYTES,
    )
    if (size < 0) return false
    this.at = out
    this.atSize = <usize>size
    return true
  }
  get key(): K {
    return new abi.Reader(this.at + this.prefixSize, this.atSize - this.prefixSize).take<K>()
  }
  get value(): V {
    return abi.decode<V>(readKey(this.at, this.atSize)!)
  }
  /** The keys from here on. */
  keys(): K[] {
    const out: K[] = []
    while (this.next()) out.push(this.key)
    return out
  }
}

/** A growing list: `bids: List<u256>`. Each item is an entry of its own, so a change costs one item. */
@final
export class List<V> {
  private size: Value<u32>
  private items: Mapping<u32, V>
  constructor(name: string, isPublic: bool = false) {
    this.size = new Value<u32>(name, isPublic)
    this.items = new Mapping<u32, V>(name, isPublic)
  }
  get length(): u32 {
    return this.size.get()
  }
  /** Reverts with "index out of range". */
  get(index: u32): V {
    this.check(index)
    return this.items.get(index)
  }
  set(index: u32, value: V): void {
    this.check(index)
    this.items.set(index, value)
  }
  push(value: V): void {
    const length = this.size.get()
    this.items.set(length, value)
    this.size.set(length + 1)
  }
  pop(): V {
    const last = this.size.get() - 1
    const value = this.get(last)
    this.items.remove(last)
    this.size.set(last)
    return value
  }
  private check(index: u32): void {
    if (index >= this.size.get()) revert("index out of range")
  }
}
