import { abi, Bytes } from "./abi"
import * as host from "./host"
import { revert } from "./revert"

/**
 * The contract's encrypted state. Keys are the UTF-8 name of a variable, for maps and lists followed by a zero byte and the
 * ABI words of the key; values are ABI-encoded. So a name may not hold a zero character, and two variables may not share
 * a name (the compiler checks both for literals).
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

/** One variable: `const registry = new Value<Address>("registry")`. */
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

/** Variables by key: `const balances = new Mapping<Address, u256>("balances")`. What was never set is the empty value. */
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
  /** The keys that are set, in the order of their encoding; costs gas for each. */
  keys(): K[] {
    const out: K[] = []
    const prefix = startKey(this.name, 1)
    const prefixSize = keySize
    store<u8>(prefix + prefixSize - 1, 0)
    let after = heap.alloc(MAX_KEY_BYTES)
    let size = host.state_next(prefix, <u32>prefixSize, 0, 0, after, <u32>MAX_KEY_BYTES)
    while (size >= 0) {
      out.push(new abi.Reader(after + prefixSize, <usize>size - prefixSize).take<K>())
      const next = heap.alloc(MAX_KEY_BYTES)
      size = host.state_next(prefix, <u32>prefixSize, after, <u32>size, next, <u32>MAX_KEY_BYTES)
      after = next
    }
    return out
  }
}

/** A growing list: `const bids = new List<u256>("bids")`. Each item is an entry of its own, so a change costs one item. */
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
