/** Whom a worker asks to store a batch before its enclave signs it. */
import assert from "node:assert/strict"
import { describe, it } from "node:test"
import type { PreparedBatch } from "@enigma-discovery/enclave/host"
import type { StorageReceipt } from "@enigma-discovery/protocol"
import { commitBatch } from "../src/worker/commit.ts"
import type { WorkerContext } from "../src/worker/context.ts"

const SELF = 1
const receipt = { workerId: 2 } as unknown as StorageReceipt
const prepared = { data: { contract: new Uint8Array(20), fromIndex: 0 }, receiptsRoot: new Uint8Array(32) }

/** The signature is as far as it goes. @returns what the enclave was given, and how often peers were asked who they are */
async function receiptsGiven(storageReceipts: number, known: readonly number[], afterRefresh: readonly number[]) {
  let workers = known
  let refreshed = 0
  let given: readonly StorageReceipt[] | undefined
  const signed = new Error("signed")
  const context = {
    batches: { offer: async () => true },
    directory: {
      withRole: () => workers.map((workerId) => ({ peer: workerId, worker: { workerId } })),
      refresh: async () => {
        refreshed++
        workers = afterRefresh
      },
    },
    requester: { ask: async () => receipt },
    enclave: {
      signBatch: async (_contract: Uint8Array, receipts: readonly StorageReceipt[]) => {
        given = receipts
        throw signed
      },
    },
    network: { storageReceipts },
    self: { workerId: SELF },
    log: { debug: () => {} },
  } as unknown as WorkerContext
  await assert.rejects(commitBatch(context, prepared as unknown as PreparedBatch), signed)
  return { receipts: given?.length, refreshed }
}

describe("the neighbours that store a batch", () => {
  it("include one that had not told yet what it is", async () => {
    assert.deepEqual(await receiptsGiven(1, [], [2]), { receipts: 1, refreshed: 1 })
    assert.deepEqual(await receiptsGiven(2, [SELF, 2], [SELF, 2, 3]), { receipts: 2, refreshed: 1 })
  })

  it("are not asked again who they are when there are enough, or none is needed", async () => {
    assert.deepEqual(await receiptsGiven(1, [SELF, 2], []), { receipts: 1, refreshed: 0 })
    assert.deepEqual(await receiptsGiven(0, [], [2]), { receipts: 0, refreshed: 0 })
  })
})
