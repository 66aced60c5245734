import { Bytes, Mapping, Value } from "@enigma-discovery/sdk-as/assembly"

/** Counts; and holds as much as it is told to, so that counting is measured beside a state of some size. */
@contract
export class Counter {
  count: Value<u64> = new Value<u64>("count")
  ballast: Mapping<u32, Bytes> = new Mapping<u32, Bytes>("ballast")

  @call
  increment(): u64 {
    const next = this.count.get() + 1
    this.count.set(next)
    return next
  }

  @call
  fill(from: u32, entries: u32, sizeBytes: u32): void {
    const value: Bytes = new StaticArray<u8>(<i32>sizeBytes)
    for (let i: u32 = 0; i < entries; i++) this.ballast.set(from + i, value)
  }
}
