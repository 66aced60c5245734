/** Which deltas a successor is given: no more than lead from the head it has, nor anything before the last checkpoint. */
import assert from "node:assert/strict"
import { beforeEach, describe, it } from "node:test"
import { keccak256 } from "@enigma-discovery/crypto"
import {
  type BatchData,
  DELTA_KIND,
  DeltaCodec,
  encode,
  RECEIPT_STATUS,
  type Receipt,
} from "@enigma-discovery/protocol"
import { nextHead, receiptsRoot } from "@enigma-discovery/verify"
import type { ChainIndex } from "../src/chain/chain-index.ts"
import { silentLogger } from "../src/log.ts"
import type { Requester } from "../src/p2p/requests.ts"
import type { Directory } from "../src/peers/directory.ts"
import { memoryStore } from "../src/store/memory-store.ts"
import { type BatchRow, createTables } from "../src/store/tables.ts"
import { type BatchKeeper, createBatchKeeper } from "../src/tasks/batch-keeper.ts"

const contract = new Uint8Array(20).fill(0xc0)
const code = new Uint8Array(10).fill(1)
const zero = new Uint8Array(32)

const sealed = (index: number, taskId: Uint8Array, previousHead: Uint8Array, kind: 1 | 2) =>
  encode(DeltaCodec, {
    header: { version: 1, kind, keyEpoch: 1, index, previousHead, taskId, wrapped: undefined, publicEntries: [] },
    ciphertext: new Uint8Array(272).fill(index),
  })

/** A batch of two successes on a head; the first is followed by a checkpoint of so many links. */
function batchOf(fromIndex: number, previousHead: Uint8Array, links: number): BatchData {
  const deltas: Uint8Array[] = []
  const receipts: Receipt[] = []
  let head = previousHead
  const add = (delta: Uint8Array) => {
    deltas.push(delta)
    head = nextHead(head, delta)
  }
  for (const index of [fromIndex, fromIndex + 1]) {
    const taskId = new Uint8Array(32).fill(index + 1)
    add(sealed(index, taskId, head, DELTA_KIND.delta))
    const base = head
    for (let i = 0; i < links && index === fromIndex; i++) add(sealed(i, base, head, DELTA_KIND.checkpoint))
    const [gasClass, feeGrains, outputHash] = [1_024n, 1n, zero]
    const status = RECEIPT_STATUS.Success
    receipts.push({ index, taskId, status, gasClass, feeGrains, outputHash, fallbackOutputHash: zero, headAfter: head })
  }
  const ofDeployment = fromIndex === 0 ? code : undefined
  const place = { contract, epoch: 1, fromIndex, toIndex: fromIndex + 2, previousHead, newHead: head }
  return { ...place, receipts, deltas, outputs: [], code: ofDeployment }
}

const rowOf = ({ receipts, fromIndex, toIndex, newHead }: BatchData): BatchRow => ({
  ...{ contract, fromIndex, toIndex, workerId: 1, receiptsRoot: receiptsRoot(contract, receipts), head: newHead },
  ...{ callbacksFailed: false, settled: false, transactionHash: zero, blockNumber: 1n },
})

describe("the deltas that lead to the committed head", () => {
  /** Batches of records 0-1, 2-3, 4-5, 6-7; checkpoints of two links in the second and of one in the third. */
  let chain: readonly BatchData[]
  let keeper: BatchKeeper
  let asked: number
  let forget: (position: number) => Promise<void>

  beforeEach(async () => {
    const made: BatchData[] = []
    for (const links of [0, 2, 1, 0]) made.push(batchOf(made.length * 2, made.at(-1)?.newHead ?? zero, links))
    chain = made
    const rows = made.map(rowOf)
    const tables = createTables(memoryStore())
    const key = (position: number) => {
      const { fromIndex: index, receiptsRoot: root } = rows[position]!
      return { contract, index, receiptsRoot: root }
    }
    for (const [i, data] of made.entries()) await tables.batchData.put(key(i), data)
    forget = (position) => tables.batchData.delete(key(position))
    const index = {
      contract: async () => ({ codeHash: keccak256(code) }),
      batches: async (_: Uint8Array, from: number, limit: number) =>
        rows.filter(({ fromIndex }) => fromIndex >= from).slice(0, limit),
      batchOf: async (_: Uint8Array, at: number) => rows.find((row) => at >= row.fromIndex && at < row.toIndex),
    } as unknown as ChainIndex
    asked = 0
    const withRole = () => {
      asked++
      return []
    }
    const directory = { withRole } as unknown as Directory
    keeper = createBatchKeeper({ tables, index, directory, requester: {} as Requester, log: silentLogger })
  })

  it("begin with the last checkpoint, for a successor that has nothing", async () => {
    const deltas = await keeper.deltasSince(contract, zero)
    assert.deepEqual(deltas, [...chain[2]!.deltas.slice(1), ...chain[3]!.deltas])
  })

  it("need nothing from before it: that may be lost", async () => {
    for (const position of [0, 1]) await forget(position)
    const deltas = await keeper.deltasSince(contract, zero)
    assert.deepEqual(deltas, [...chain[2]!.deltas.slice(1), ...chain[3]!.deltas])
    assert.equal(asked, 0, "and no peer is asked for it")
    await forget(2)
    assert.equal(await keeper.deltasSince(contract, zero), undefined, "what it does need is missed")
    assert.equal(asked, 1)
  })

  it("are only what follows the head that is there already", async () => {
    assert.deepEqual(await keeper.deltasSince(contract, chain[2]!.newHead), chain[3]!.deltas)
    assert.deepEqual(await keeper.deltasSince(contract, chain[3]!.newHead), [])
    const fromSecond = await keeper.deltasSince(contract, chain[1]!.newHead)
    assert.deepEqual(fromSecond, [...chain[2]!.deltas.slice(1), ...chain[3]!.deltas])
  })
})
