import assert from "node:assert/strict"
import { describe, it } from "node:test"
import fc from "fast-check"
import * as p from "../src/index.ts"

const rejects = (code: string, f: () => unknown) => assert.throws(f, (e) => p.protocolErrors.is(e) && e.code === code)

describe("padding", () => {
  it("comes back, and its size tells only the class", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), (content) => {
        const padded = p.pad(content, "x")
        assert.deepEqual(p.unpad(padded, "x"), content)
        assert.equal(
          padded.length,
          p.SIZE_CLASSES_BYTES.find((s) => s >= content.length + 4),
        )
      }),
    )
  })
  it("has one form: least class, zero padding, length inside", () => {
    const padded = p.pad(new Uint8Array([1, 2, 3]), "x")
    const dirty = padded.slice()
    dirty[200] = 1
    rejects("NOT_CANONICAL", () => p.unpad(dirty, "x"))
    const larger = new Uint8Array(1_024)
    larger.set(padded)
    rejects("NOT_CANONICAL", () => p.unpad(larger, "x"))
    const long = padded.slice()
    new DataView(long.buffer).setUint32(0, 253)
    rejects("NOT_CANONICAL", () => p.unpad(long, "x"))
    rejects("NOT_CANONICAL", () => p.unpad(padded.slice(0, 255), "x"))
    rejects("TOO_LARGE", () => p.pad(new Uint8Array(262_141), "x"))
    assert.equal(p.pad(new Uint8Array(262_140), "x").length, 262_144)
  })
})

describe("sealed messages", () => {
  const key = new Uint8Array(32).fill(5)
  it("an envelope has a size class's length, nothing else", () => {
    const raw = p.encodeEnvelope({ keyEpoch: 3, ephemeralKey: key, ciphertext: new Uint8Array(256 + 16) })
    assert.equal(raw.length, p.ENVELOPE_HEADER_BYTES + 272)
    assert.deepEqual(p.decodeEnvelope(raw).ephemeralKey, key)
    rejects("NOT_CANONICAL", () => p.decodeEnvelope(raw.slice(0, -1)))
    rejects("NOT_CANONICAL", () => p.decodeEnvelope(p.concatBytes(raw, new Uint8Array(1))))
    rejects("TOO_LARGE", () => p.decodeEnvelope(new Uint8Array(p.MAX_ENVELOPE_BYTES + 1)))
  })
  it("a delta keeps its header apart from its ciphertext", () => {
    const header: p.DeltaHeader = {
      version: 1,
      kind: 1,
      keyEpoch: 2,
      index: 7,
      previousHead: key,
      taskId: key,
      wrapped: { keyEpoch: 1, sealed: new Uint8Array(48) },
      publicEntries: [{ key: new Uint8Array([1]), value: undefined, isPublic: true }],
    }
    const raw = p.encode(p.DeltaCodec, { header, ciphertext: new Uint8Array(272) })
    const back = p.decodeDelta(raw)
    assert.deepEqual(back.header, header)
    assert.deepEqual(p.encode(p.DeltaHeaderCodec, back.header), raw.slice(0, raw.length - 4 - 272))
  })
})

describe("task states", () => {
  it("terminal states end, all others go on, and only along the listed ways", () => {
    const names = Object.keys(p.TASK_STATES) as p.TaskState[]
    for (const from of names) {
      assert.equal(p.TASK_STATES[from].terminal, p.TASK_STATES[from].next.length === 0)
      for (const to of names)
        assert.equal(p.mayMove(from, to), (p.TASK_STATES[from].next as readonly string[]).includes(to))
    }
    assert.ok(!p.mayMove("committed", "recorded"))
    assert.deepEqual(p.RECEIPT_STATUSES, [1, 2, 3, 4, 5, 6, 7, 8])
    assert.equal(p.receiptStatusName(6), "NotDeployed")
    assert.equal(p.receiptStatusName(0), undefined)
  })
  it("a gas class never exceeds the limit and never falls below what was used", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1n << 40n }), fc.bigInt({ min: 0n, max: 1n << 40n }), (a, b) => {
        const [used, limit] = a < b ? [a, b] : [b, a]
        const c = p.gasClass(used, limit)
        assert.ok(c <= limit && c >= used)
        assert.ok(c === limit || ((c & (c - 1n)) === 0n && (c < 2n * used || c === p.MIN_GAS_CLASS)))
      }),
    )
  })
})
