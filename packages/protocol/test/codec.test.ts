import assert from "node:assert/strict"
import { describe, it } from "node:test"
import fc from "fast-check"
import * as p from "../src/index.ts"

const sample = p.struct("sample", {
  version: p.version("sample", 1),
  n: p.u64,
  name: p.text(16),
  flag: p.bool,
  items: p.list(p.bytes(8), 4),
  maybe: p.option(p.u16),
  either: p.union("either", { left: { kind: 1, body: p.u8 }, right: { kind: 2, body: p.hash } }),
})
const plain = { noNullPrototype: true } as const
const arbitrary = fc.record(
  {
    version: fc.constant(1),
    n: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
    name: fc.string({ maxLength: 4 }),
    flag: fc.boolean(),
    items: fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 4 }),
    maybe: fc.option(fc.integer({ min: 0, max: 65_535 }), { nil: undefined }),
    either: fc.oneof(
      fc.record({ type: fc.constant("left" as const), body: fc.integer({ min: 0, max: 255 }) }, plain),
      fc.record({ type: fc.constant("right" as const), body: fc.uint8Array({ minLength: 32, maxLength: 32 }) }, plain),
    ),
  },
  plain,
)
const rejects = (code: string, f: () => unknown) => assert.throws(f, (e) => p.protocolErrors.is(e) && e.code === code)

describe("codec", () => {
  it("reads what it wrote", () => {
    fc.assert(
      fc.property(arbitrary, (value) => {
        const bytes = p.encode(sample, value)
        const back = p.decode(sample, bytes, 10_000)
        assert.deepEqual(back, value)
        assert.ok(Object.isFrozen(back))
      }),
    )
  })

  it("has one encoding a value: whatever decodes encodes to the same bytes", () => {
    fc.assert(
      fc.property(arbitrary, fc.nat(), fc.integer({ min: 0, max: 255 }), (value, at, byte) => {
        const bytes = p.encode(sample, value)
        bytes[at % bytes.length] = byte
        let back: p.Decoded<typeof sample>
        try {
          back = p.decode(sample, bytes, 10_000)
        } catch (e) {
          assert.ok(p.protocolErrors.is(e), String(e))
          return
        }
        assert.deepEqual(p.encode(sample, back), bytes)
      }),
      { numRuns: 2_000 },
    )
  })

  it("refuses every prefix and every extension", () => {
    const bytes = p.encode(sample, {
      version: 1,
      n: 7n,
      name: "x",
      flag: true,
      items: [new Uint8Array(3)],
      maybe: 5,
      either: { type: "left", body: 3 },
    })
    for (let n = 0; n < bytes.length; n++)
      assert.throws(() => p.decode(sample, bytes.slice(0, n), 10_000), p.protocolErrors.is)
    rejects("TRAILING_BYTES", () => p.decode(sample, p.concatBytes(bytes, new Uint8Array(1)), 10_000))
    rejects("TOO_LARGE", () => p.decode(sample, bytes, bytes.length - 1))
  })

  it("reads no item of a list whose count the bytes cannot hold", () => {
    let reads = 0
    const read: p.Codec<number>["read"] = (reader) => {
      reads++
      return p.u8.read(reader)
    }
    const counted: p.Codec<number> = { ...p.u8, read }
    const items = p.list(counted, 1_000)
    rejects("TOO_SHORT", () => p.decode(items, new Uint8Array([0, 0, 3, 232, 1, 1, 1]), 100))
    assert.equal(reads, 0)
  })

  it("bounds lengths before it allocates", () => {
    const huge = new Uint8Array([255, 255, 255, 255])
    rejects("TOO_LARGE", () => p.decode(p.bytes(1_000), huge, 10_000))
    rejects("OUT_OF_RANGE", () => p.decode(p.list(p.u8, 1_000), huge, 10_000))
    rejects("TOO_SHORT", () => p.decode(p.list(p.u8, 0xffffffff), huge, 10_000))
  })

  it("refuses other bools, versions, kinds and ill-formed text", () => {
    rejects("NOT_CANONICAL", () => p.decode(p.bool, new Uint8Array([2]), 1))
    rejects("UNKNOWN_VERSION", () => p.decode(p.version("v", 1), new Uint8Array([2]), 1))
    rejects("UNKNOWN_KIND", () => p.decode(p.oneOf("k", [1, 2]), new Uint8Array([3]), 1))
    rejects("UNKNOWN_KIND", () => p.decode(p.union("u", { a: { kind: 1, body: p.u8 } }), new Uint8Array([9, 0]), 2))
    rejects("NOT_CANONICAL", () => p.decode(p.text(4), new Uint8Array([0, 0, 0, 1, 0xff]), 5))
  })

  it("copies what it decodes", () => {
    const bytes = p.encode(p.bytes(4), new Uint8Array([1, 2, 3]))
    const back = p.decode(p.bytes(4), bytes, 10)
    bytes.fill(9)
    assert.deepEqual(back, new Uint8Array([1, 2, 3]))
    const buffer = Buffer.from(p.encode(p.bytes(4), new Uint8Array([1, 2, 3])))
    const fromBuffer = p.decode(p.bytes(4), buffer, 10)
    buffer.fill(9)
    assert.deepEqual(fromBuffer, new Uint8Array([1, 2, 3]))
  })

  it("every message of the network decodes random bytes to a value or a typed error", () => {
    const codecs = [
      p.GossipCodec,
      p.ChainProofCodec,
      p.BatchDataCodec,
      ...Object.values(p.REQUESTS).flatMap((r) => [r.request, r.response]),
    ]
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: codecs.length - 1 }), (bytes, i) => {
        const codec = codecs[i] as p.Codec<unknown>
        try {
          const value = p.decode(codec, bytes, 300)
          assert.deepEqual(p.encode(codec, value), bytes)
        } catch (e) {
          assert.ok(p.protocolErrors.is(e), String(e))
        }
      }),
      { numRuns: 3_000 },
    )
  })
})

describe("packed callbacks", () => {
  const callback = fc.record(
    {
      target: fc.uint8Array({ minLength: 20, maxLength: 20 }),
      gasLimit: fc.bigInt({ min: 0n, max: (1n << 32n) - 1n }),
      data: fc.uint8Array({ maxLength: 100 }),
    },
    plain,
  )
  it("read back, and are the only bytes that read so", () => {
    fc.assert(
      fc.property(fc.array(callback, { maxLength: p.MAX_CALLBACKS }), (callbacks) => {
        const packed = p.packCallbacks(callbacks)
        assert.equal(
          packed.length,
          callbacks.reduce((sum, { data }) => sum + 32 + data.length, 0),
        )
        assert.deepEqual(p.unpackCallbacks(packed), callbacks)
      }),
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          assert.deepEqual(p.packCallbacks(p.unpackCallbacks(bytes)), bytes)
        } catch (e) {
          assert.ok(p.protocolErrors.is(e), String(e))
        }
      }),
    )
  })
  it("are the reader's own, also when they come from a Buffer that changes later", () => {
    const packed = p.packCallbacks([{ target: new Uint8Array(20).fill(7), gasLimit: 1n, data: Uint8Array.of(1, 2) }])
    const buffer = Buffer.from(packed)
    const read = p.unpackCallbacks(buffer)
    buffer.fill(0xff)
    assert.deepEqual(read, p.unpackCallbacks(packed))
  })
  it("are whole ones, within their limits", () => {
    const one = { target: new Uint8Array(20), gasLimit: 1n, data: new Uint8Array(3) }
    const packed = p.packCallbacks([one])
    rejects("NOT_CANONICAL", () => p.unpackCallbacks(packed.subarray(0, -1)))
    rejects("NOT_CANONICAL", () => p.unpackCallbacks(packed.subarray(0, 31)))
    rejects("NOT_CANONICAL", () => p.unpackCallbacks(p.concatBytes(packed, new Uint8Array(1))))
    rejects("OUT_OF_RANGE", () => p.packCallbacks([{ ...one, gasLimit: 1n << 32n }]))
    const many = (count: number) => p.packCallbacks(Array.from({ length: count }, () => one))
    assert.equal(p.unpackCallbacks(many(p.MAX_CALLBACKS)).length, p.MAX_CALLBACKS)
    rejects("TOO_LARGE", () => p.unpackCallbacks(many(p.MAX_CALLBACKS + 1)))
    const large = (size: number) => p.packCallbacks([{ ...one, data: new Uint8Array(size) }])
    assert.equal(p.unpackCallbacks(large(p.MAX_CALLBACK_DATA_BYTES)).length, 1)
    rejects("TOO_LARGE", () => p.unpackCallbacks(large(p.MAX_CALLBACK_DATA_BYTES + 1)))
  })
})

describe("bytes", () => {
  it("hexadecimal goes both ways and refuses the rest", () => {
    fc.assert(fc.property(fc.uint8Array(), (b) => assert.deepEqual(p.fromHex(p.toHex(b)), b)))
    for (const bad of ["", "0", "0x1", "0xgg", "12", "0X12"]) rejects("BAD_HEX", () => p.fromHex(bad))
    rejects("BAD_LENGTH", () => p.fromHex("0x1234", 3))
  })
  it("words refuse lengths that would be ambiguous", () => {
    for (const n of [0, 1, 19, 21, 31, 33, 64]) rejects("BAD_LENGTH", () => p.words(new Uint8Array(n)))
    rejects("OUT_OF_RANGE", () => p.words(-1n))
    rejects("OUT_OF_RANGE", () => p.words(1n << 256n))
    assert.deepEqual(p.words(new Uint8Array(20).fill(7)), p.concatBytes(new Uint8Array(12), new Uint8Array(20).fill(7)))
  })
  it("orders byte strings as a sorted map does", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        const expected = p.toHex(a) < p.toHex(b) ? -1 : p.toHex(a) > p.toHex(b) ? 1 : 0
        assert.equal(Math.sign(p.compareBytes(a, b)), expected)
        assert.equal(p.equalBytes(a, b), expected === 0)
      }),
    )
  })
})
