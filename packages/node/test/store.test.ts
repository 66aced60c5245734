import assert from "node:assert/strict"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, describe, it } from "node:test"
import { bytes, compareBytes, encode, toHex, u32 } from "@enigma-discovery/protocol"
import fc from "fast-check"
import { nodeErrors } from "../src/errors.ts"
import type { ByteStore } from "../src/store/byte-store.ts"
import { openLevelStore } from "../src/store/level-store.ts"
import { memoryStore } from "../src/store/memory-store.ts"
import { repository } from "../src/store/repository.ts"

const of = (...values: number[]) => Uint8Array.of(...values)

/** What any byte store must do. */
function conformance(name: string, open: () => Promise<ByteStore>): void {
  describe(`byte store: ${name}`, () => {
    let store: ByteStore
    before(async () => {
      store = await open()
    })
    after(() => store.close())
    const everything = { from: of(), to: of(255, 255, 255) }

    it("gives what was put, nothing for what was not, and copies", async () => {
      const value = of(1, 2, 3)
      await store.write([{ type: "put", key: of(1), value }])
      value[0] = 9
      const got = await store.get(of(1))
      assert.deepEqual(got, of(1, 2, 3))
      got![1] = 9
      assert.deepEqual(await store.get(of(1)), of(1, 2, 3))
      assert.equal(await store.get(of(2)), undefined)
      await store.write([{ type: "del", key: of(1) }])
      assert.equal(await store.get(of(1)), undefined)
    })

    it("is a sorted map, whatever happens to it", async () => {
      const key = fc.uint8Array({ minLength: 1, maxLength: 3, max: 3 })
      const op = fc.oneof(
        fc.record({ type: fc.constant("put" as const), key, value: fc.uint8Array({ maxLength: 4 }) }),
        fc.record({ type: fc.constant("del" as const), key }),
      )
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(op, { maxLength: 5 }), { maxLength: 10 }),
          key,
          key,
          async (batches, a, b) => {
            await store.write((await store.keys(everything)).map((k) => ({ type: "del", key: k })))
            const model = new Map<string, [Uint8Array, Uint8Array]>()
            for (const ops of batches) {
              await store.write(ops)
              for (const one of ops)
                if (one.type === "put") model.set(toHex(one.key), [one.key, one.value])
                else model.delete(toHex(one.key))
            }
            const [from, to] = compareBytes(a, b) <= 0 ? [a, b] : [b, a]
            const want = [...model.values()]
              .filter(([k]) => compareBytes(k, from) >= 0 && compareBytes(k, to) < 0)
              .sort(([x], [y]) => compareBytes(x, y))
            assert.deepEqual(await store.entries({ from, to }), want)
            const backwards = await store.keys({ from, to, reverse: true, limit: 2 })
            assert.deepEqual(
              backwards,
              want
                .map(([k]) => k)
                .reverse()
                .slice(0, 2),
            )
          },
        ),
        { numRuns: 50 },
      )
    })

    it("holds repositories that do not see each other", async () => {
      const a = repository(store, "result", (n: number) => encode(u32, n), bytes(10))
      const b = repository(store, "record", (n: number) => encode(u32, n), bytes(10))
      await store.write([a.putOp(1, of(1)), a.putOp(300, of(3)), b.putOp(1, of(9)), a.putOp(2, of(2))])
      assert.deepEqual(await a.list(), [of(1), of(2), of(3)])
      assert.deepEqual(await a.list(of(0, 0, 0)), [of(1), of(2)])
      assert.deepEqual(await a.list(of(), { from: encode(u32, 2), limit: 1 }), [of(2)])
      assert.deepEqual(await a.list(of(), { reverse: true, limit: 1 }), [of(3)])
      assert.deepEqual(await b.list(), [of(9)])
      await a.delete(1)
      assert.equal(await a.get(1), undefined)
    })

    it("says when a value is damaged", async () => {
      const a = repository(store, "code", (n: number) => encode(u32, n), bytes(10))
      await store.write([{ type: "put", key: of(2, 0, 0, 0, 1), value: of(0, 0, 0, 5, 1) }])
      await assert.rejects(a.get(1), (error) => nodeErrors.is(error, "STORE_DAMAGED"))
    })
  })
}

conformance("memory", async () => memoryStore())

const directory = mkdtempSync(join(tmpdir(), "enigma-store-"))
after(() => rmSync(directory, { recursive: true, force: true }))
conformance("LevelDB", () => openLevelStore(join(directory, "a")))

describe("LevelDB", () => {
  it("keeps what was written, and lets nobody else in meanwhile", async () => {
    const path = join(directory, "b")
    const store = await openLevelStore(path)
    await store.write([{ type: "put", key: of(1), value: of(2) }])
    await assert.rejects(openLevelStore(path), (error) => nodeErrors.is(error, "STORE_UNUSABLE"))
    await store.close()
    const again = await openLevelStore(path)
    assert.deepEqual(await again.get(of(1)), of(2))
    await again.close()
  })
})
