import assert from "node:assert/strict"
import { beforeEach, describe, it } from "node:test"
import { toHex } from "@enigma-discovery/protocol"
import { foldRecords, genesisLink } from "@enigma-discovery/verify"
import { type ChainIndex, type IndexChange, openChainIndex } from "../src/chain/chain-index.ts"
import { nodeErrors } from "../src/errors.ts"
import type { ByteStore } from "../src/store/byte-store.ts"
import { memoryStore } from "../src/store/memory-store.ts"
import { createTables } from "../src/store/tables.ts"
import {
  addressOf,
  bytes32,
  committed,
  DOMAIN,
  deployed,
  opened,
  recorded,
  syntheticChain,
} from "./support/synthetic-chain.ts"

const C = addressOf(0xc0)
const D = addressOf(0xd0)

describe("chain index", () => {
  let store: ByteStore
  let index: ChainIndex
  let chain: ReturnType<typeof syntheticChain>
  const open = () => openChainIndex(createTables(store), DOMAIN)
  beforeEach(async () => {
    store = memoryStore()
    index = await open()
    chain = syntheticChain()
  })

  it("keeps records with the links that the chain would compute", async () => {
    await index.apply(chain.block(1, [deployed(C), recorded(C, 0)]))
    await index.apply(chain.block(2, [recorded(C, 1), recorded(D, 0), recorded(C, 2)]))
    const rows = await index.records(C, 0, 10)
    const start = { index: 0, previousLink: genesisLink(DOMAIN.chainId, DOMAIN.enigma, C), previousCumGrains: 0n }
    const placed = foldRecords(start, rows)
    assert.deepEqual(
      rows.map((row) => toHex(row.taskId)),
      placed.map((p) => toHex(p.taskId)),
    )
    assert.deepEqual(await index.linkBefore(C, 2), rows[1]!.taskId)
    assert.deepEqual(await index.linkBefore(C, 0), start.previousLink)
    assert.equal((await index.tail(C)).submitted, 3)
    assert.equal((await index.tail(D)).submitted, 1)
    assert.equal((await index.contract(C))?.blockNumber, 1n)
  })

  it("finds the batch of a record", async () => {
    await index.apply(
      chain.block(
        1,
        [0, 1, 2, 3, 4].map((i) => recorded(C, i)),
      ),
    )
    await index.apply(chain.block(2, [committed(C, 0, 1), committed(C, 1, 4, { head: bytes32(61) })]))
    assert.deepEqual([(await index.batchOf(C, 0))?.toIndex, (await index.batchOf(C, 3))?.fromIndex], [1, 1])
    assert.equal(await index.batchOf(C, 4), undefined)
    assert.deepEqual((await index.tail(C)).head, bytes32(61))
  })

  it("goes on after a restart where it stood", async () => {
    await index.apply(chain.block(1, [recorded(C, 0), opened(1, 0)]))
    await index.apply(chain.block(2, [recorded(C, 1), committed(C, 0, 1)]))
    const before = await index.tail(C)
    const again = await open()
    assert.deepEqual(await again.tail(C), before)
    assert.deepEqual(again.cursor(), index.cursor())
    assert.equal((await again.newestEpoch())?.epoch, 1)
    await again.apply(chain.block(3, [recorded(C, 2)]))
    assert.equal((await again.tail(C)).submitted, 3)
  })

  it("undoes what a re-org took back, and takes the other branch", async () => {
    await index.apply(chain.block(1, [deployed(C), recorded(C, 0)]))
    await index.apply(chain.block(2, [recorded(C, 1), committed(C, 0, 1), opened(1, 2), deployed(D)]))
    const link = (await index.record(C, 0))!.taskId
    const changes: IndexChange[] = []
    index.onChange((change) => changes.push(change))
    await index.apply(chain.rollback(1))
    assert.equal(changes[0]?.isRollback, true)
    const { submitted, committed: done, link: tip } = await index.tail(C)
    assert.deepEqual([submitted, done, toHex(tip)], [1, 0, toHex(link)])
    assert.equal(await index.contract(D), undefined)
    assert.equal(await index.newestEpoch(), undefined)
    await index.apply(chain.block(2, [recorded(C, 1, bytes32(9))], 1))
    assert.deepEqual((await index.record(C, 1))?.record.inputsHash, bytes32(9))
  })

  it("loses and doubles nothing when a write fails", async () => {
    await index.apply(chain.block(1, [recorded(C, 0)]))
    const update = chain.block(2, [recorded(C, 1), committed(C, 0, 1)])
    const { write } = store
    let told = 0
    index.onChange(() => told++)
    store.write = () => Promise.reject(new Error("disk full"))
    await assert.rejects(index.apply(update))
    assert.equal((await index.tail(C)).submitted, 1)
    assert.equal(told, 0, "nobody hears of what is not on disk")
    store.write = write
    await index.apply(update)
    assert.deepEqual([(await index.tail(C)).submitted, (await index.tail(C)).committed], [2, 1])
  })

  it("refuses to go on over a gap", async () => {
    await assert.rejects(index.apply(chain.block(1, [recorded(C, 3)])), (error) => nodeErrors.is(error, "INDEX_GAP"))
    assert.equal((await index.tail(C)).submitted, 0)
  })

  it("keeps the head where records were settled without a worker", async () => {
    await index.apply(chain.block(1, [recorded(C, 0), recorded(C, 1), committed(C, 0, 1)]))
    const settled = { name: "RecordsSettled", args: [toHex(C), 1, 2, toHex(addressOf(1)), 0n] }
    await index.apply(chain.block(2, [settled]))
    const { committed: done, head } = await index.tail(C)
    assert.deepEqual([done, head], [2, bytes32(60)])
    assert.equal((await index.batchOf(C, 1))?.settled, true)
  })
})
