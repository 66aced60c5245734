import assert from "node:assert/strict"
import { beforeEach, describe, it } from "node:test"
import { keccak256 } from "@enigma-discovery/crypto"
import { encodeEnvelope, SIZE_CLASSES_BYTES } from "@enigma-discovery/protocol"
import { memoryStore } from "../src/store/memory-store.ts"
import { createTables, type Tables } from "../src/store/tables.ts"
import { type EnvelopePool, openEnvelopePool } from "../src/tasks/envelope-pool.ts"

const contract = new Uint8Array(20).fill(0xc0)
const sender = new Uint8Array(20).fill(0xa1)
/** A well-formed envelope; nobody here can tell what is in it. */
const envelope = (n: number, size = SIZE_CLASSES_BYTES[0]): Uint8Array =>
  encodeEnvelope({
    keyEpoch: 1,
    ephemeralKey: new Uint8Array(32).fill(n),
    ciphertext: new Uint8Array(size + 16).fill(n),
  })
const SIZE = envelope(0).length

describe("envelope pool", () => {
  let tables: Tables
  let now = 0
  let pool: EnvelopePool
  const bounds = { perSource: 3, perSourceBytes: 10 * SIZE, totalBytes: 5 * SIZE, keepMs: 1_000 }
  const open = () => openEnvelopePool(tables, () => now, bounds)
  beforeEach(async () => {
    now = 0
    tables = createTables(memoryStore())
    pool = await open()
  })
  const add = (source: string, n: number) => pool.add(source, contract, sender, envelope(n))
  const has = (n: number) => pool.has(keccak256(envelope(n)))

  it("keeps what is well-formed, once", async () => {
    assert.equal(await add("a", 1), "added")
    assert.equal(await add("b", 1), "known")
    assert.deepEqual(await pool.get(keccak256(envelope(1))), envelope(1))
    for (const bad of [
      new Uint8Array(0),
      envelope(1).slice(1),
      new Uint8Array([...envelope(1), 0]),
      new Uint8Array(999),
    ])
      assert.equal(await pool.add("a", contract, sender, bad), "malformed")
    assert.equal(pool.stats().envelopes, 1)
  })

  it("lets a flood drive out only the flooder's own", async () => {
    await add("honest", 1)
    for (let n = 10; n < 30; n++) await add("flooder", n)
    assert.ok(has(1))
    assert.deepEqual([has(26), has(27), has(28), has(29)], [false, true, true, true])
  })

  it("bounds all sources together, the oldest going first", async () => {
    for (let n = 0; n < 8; n++) await add(`source ${n}`, n)
    assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 7].map(has), [false, false, false, true, true, true, true, true])
  })

  it("never drops what a record names, until it is resolved", async () => {
    await add("a", 1)
    pool.pin(keccak256(envelope(1)))
    for (let n = 10; n < 40; n++) await add("a", n)
    now = 1_000_000
    await add("b", 50)
    assert.ok(has(1))
    pool.unpin(keccak256(envelope(1)))
    now = 2_000_000
    await add("b", 51)
    assert.ok(!has(1))
  })

  it("takes the inputs of a record from anybody, whatever he has sent before", async () => {
    pool.pin(keccak256(envelope(99)))
    for (let n = 10; n < 13; n++) await add("a", n)
    assert.equal(await add("a", 99), "added")
    assert.deepEqual([10, 11, 12].map(has), [true, true, true])
  })

  it("has on disk what it acknowledged", async () => {
    await add("a", 1)
    const again = await open()
    assert.deepEqual(await again.get(keccak256(envelope(1))), envelope(1))
    assert.ok(again.has(keccak256(envelope(1))))
    assert.deepEqual(await again.ofContract(contract), [{ sender, envelope: envelope(1) }])
  })
})
