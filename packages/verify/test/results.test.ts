import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { keccak256, signDigest } from "@enigma-discovery/crypto"
import {
  type BatchData,
  DELTA_KIND,
  DeltaCodec,
  encode,
  protocolErrors,
  RECEIPT_STATUS,
  type Receipt,
  type TaskResult,
  toHex,
} from "@enigma-discovery/protocol"
import {
  checkBatchData,
  checkTaskResult,
  merkleProofs,
  nextHead,
  receiptsRoot,
  requireSigner,
  resultDigest,
  rootAbove,
  storageDigest,
} from "../src/index.ts"
import { refuses } from "./support/checks.ts"
import { contract, domain, fill, signer } from "./support/fixtures.ts"
import { receiptOf, protocolVectors as v } from "./support/vectors.ts"

const worker = signer("worker")
const zero = fill(0, 32)
const code = fill(0xc0, 100)
const codeHash = keccak256(code)

function delta(
  index: number,
  taskId: Uint8Array,
  previousHead: Uint8Array,
  kind: 1 | 2 = DELTA_KIND.delta,
): Uint8Array {
  const header = { version: 1, kind, keyEpoch: 9, index, previousHead, taskId, wrapped: undefined, publicEntries: [] }
  return encode(DeltaCodec, { header, ciphertext: fill(index + 1, 272) })
}

/** Record 0 deploys, 1 fails, 2 succeeds and is followed by a checkpoint of two links, 3 succeeds with callbacks. */
function batchData(number = (i: number) => i): BatchData & { readonly checkpoint: readonly Uint8Array[] } {
  const taskId = (i: number) => fill(0x70 + i, 32)
  const outputs = [0, 1, 2].map((i) => fill(0xb0 + i, 274))
  const receipts: Receipt[] = []
  const deltas: Uint8Array[] = []
  let head = zero
  const checkpoint: Uint8Array[] = []
  const link = (sealed: Uint8Array) => {
    deltas.push(sealed)
    head = nextHead(head, sealed)
  }
  const add = (status: Receipt["status"], outputHash: Uint8Array, fallbackOutputHash = zero, links = 0) => {
    const index = receipts.length
    if (status === RECEIPT_STATUS.Success) link(delta(index, taskId(index), head))
    const base = head
    for (let i = 0; i < links; i++) {
      checkpoint.push(delta(number(i), base, head, DELTA_KIND.checkpoint))
      link(checkpoint[i]!)
    }
    receipts.push({
      index,
      taskId: taskId(index),
      status,
      gasClass: 1_024n,
      feeGrains: 5n,
      outputHash,
      fallbackOutputHash,
      headAfter: head,
    })
  }
  add(RECEIPT_STATUS.Success, keccak256(outputs[0]!))
  add(RECEIPT_STATUS.Failed, keccak256(outputs[1]!))
  add(RECEIPT_STATUS.Success, keccak256(outputs[2]!), zero, 2)
  add(RECEIPT_STATUS.Success, fill(1, 32), fill(2, 32))
  return {
    contract,
    epoch: 9,
    fromIndex: 0,
    toIndex: 4,
    previousHead: zero,
    newHead: head,
    receipts,
    deltas,
    outputs,
    code,
    checkpoint,
  }
}

describe("batch data", () => {
  it("that fits its receipts gives their root", () => {
    const data = batchData()
    assert.deepEqual(checkBatchData(data, codeHash), receiptsRoot(contract, data.receipts))
  })

  it("is refused for whatever is missing, changed, moved or too much", () => {
    const good = batchData()
    type Link = Uint8Array
    const [d0, d2, c0, c1, d3] = good.deltas as [Link, Link, Link, Link, Link]
    const receipt = (i: number, change: Partial<Receipt>) =>
      good.receipts.map((r, j) => (i === j ? { ...r, ...change } : r))
    const spoilt: Record<string, Partial<BatchData>> = {
      "no receipts": { receipts: [], toIndex: 0 },
      "too few receipts": { receipts: good.receipts.slice(0, 3) },
      "receipts out of order": { receipts: [good.receipts[1]!, good.receipts[0]!, ...good.receipts.slice(2)] },
      "receipts of other records": { fromIndex: 1, toIndex: 5 },
      "a delta left out": { deltas: [d0, c0, c1, d3] },
      "deltas swapped": { deltas: [d2, d0, c0, c1, d3] },
      "a delta altered": { deltas: [d0, d2.map((b, i) => (i === d2.length - 1 ? b ^ 1 : b)), c0, c1, d3] },
      "a delta twice": { deltas: [d0, d2, c0, c1, d3, d3] },
      "the checkpoint left out": { deltas: [d0, d2, d3] },
      "a checkpoint's link left out": { deltas: [d0, d2, c0, d3] },
      "a checkpoint's links swapped": { deltas: [d0, d2, c1, c0, d3] },
      "the checkpoint after another task": { deltas: [d0, c0, c1, d2, d3] },
      "a checkpoint too many": { deltas: [d0, d2, c0, c1, d3, c0] },
      "no deltas": { deltas: [] },
      "another previous head": { previousHead: fill(1, 32) },
      "another new head": { newHead: fill(1, 32) },
      "a failed task that moves the head": { receipts: receipt(1, { headAfter: fill(1, 32) }) },
      "a success called failed": { receipts: receipt(2, { status: RECEIPT_STATUS.Failed }) },
      "a failure called success": { receipts: receipt(1, { status: RECEIPT_STATUS.Success }) },
      "a delta of another task": { receipts: receipt(2, { taskId: fill(1, 32) }) },
      "an output left out": { outputs: good.outputs.slice(1) },
      "an output altered": { outputs: [good.outputs[0]!, fill(1, 274), good.outputs[2]!] },
      "outputs swapped": { outputs: [good.outputs[1]!, good.outputs[0]!, good.outputs[2]!] },
      "an output of the task with callbacks": { outputs: [...good.outputs, fill(1, 274)] },
      "no code": { code: undefined },
      "other code": { code: fill(1, 9) },
    }
    for (const [what, change] of Object.entries(spoilt)) {
      try {
        refuses("BATCH_DATA", () => checkBatchData({ ...good, ...change }, codeHash))
      } catch (error) {
        throw new Error(what, { cause: error })
      }
    }
    assert.throws(
      () => checkBatchData({ ...good, deltas: [fill(1, 9), d2, c0, c1, d3] }, codeHash),
      (e) => protocolErrors.is(e),
    )
  })

  it("is refused when the links of a checkpoint are not numbered from 0 on", () => {
    for (const number of [(i: number) => i + 1, () => 0])
      refuses("BATCH_DATA", () => checkBatchData(batchData(number), codeHash))
  })

  it("carries code only where record 0 is resolved", () => {
    const head = fill(9, 32)
    const failed = {
      index: 5,
      taskId: fill(5, 32),
      status: RECEIPT_STATUS.Failed,
      gasClass: 1n,
      feeGrains: 1n,
      outputHash: zero,
      fallbackOutputHash: zero,
      headAfter: head,
    }
    const data: BatchData = {
      contract,
      epoch: 9,
      fromIndex: 5,
      toIndex: 6,
      previousHead: head,
      newHead: head,
      receipts: [failed],
      deltas: [],
      outputs: [],
      code: undefined,
    }
    checkBatchData(data, codeHash)
    refuses("BATCH_DATA", () => checkBatchData({ ...data, code }, codeHash))
    const deployment = { ...data, fromIndex: 0, toIndex: 1, receipts: [{ ...failed, index: 0 }] }
    checkBatchData(deployment, codeHash) // a deployment that failed has no code to keep
  })
})

describe("task result", () => {
  const good = batchData()
  const resultOf = (i: number, change: Partial<TaskResult> = {}): TaskResult => {
    const receipt = good.receipts[i]!
    const previousHead = i === 0 ? zero : good.receipts[i - 1]!.headAfter
    const body = { contract, epoch: 9, previousHead, receipt }
    return {
      ...body,
      workerId: 1,
      signature: signDigest(resultDigest(domain, body), worker.key),
      proof: [],
      delta: [good.deltas[0], undefined, good.deltas[1], good.deltas[4]][i],
      checkpointHashes: i === 2 ? good.checkpoint.map(keccak256) : [],
      output: good.outputs[i],
      ...change,
    }
  }
  const check = (result: TaskResult, by = worker.address) => checkTaskResult(domain, result, by)

  it("is accepted with and without what travels along", () => {
    for (const i of [0, 1, 2, 3]) check(resultOf(i))
    check(resultOf(2, { delta: undefined, output: undefined }))
  })

  it("shares its signature with those of the same run: each brings its proof", () => {
    const run = [0, 1, 2, 3].map((i) => resultOf(i))
    for (const count of [2, 3, 4]) {
      const { root, proofs } = merkleProofs(run.slice(0, count).map((result) => resultDigest(domain, result)))
      const signature = signDigest(root, worker.key)
      const signed = run.slice(0, count).map((result, i) => ({ ...result, signature, proof: proofs[i]! }))
      for (const result of signed) check(result)
      refuses("WRONG_SIGNER", () => check({ ...signed[0]!, proof: [] }))
      refuses("WRONG_SIGNER", () => check({ ...signed[0]!, proof: [...proofs[0]!, root] }))
      refuses("WRONG_SIGNER", () => check({ ...signed[0]!, proof: proofs[1]! }))
    }
  })

  it("before a checkpoint names its links, whose order the head fixes", () => {
    const { checkpointHashes } = resultOf(2)
    refuses("BATCH_DATA", () => check(resultOf(2, { checkpointHashes: [] })))
    refuses("BATCH_DATA", () => check(resultOf(2, { checkpointHashes: checkpointHashes.toReversed() })))
    refuses("BATCH_DATA", () => check(resultOf(0, { checkpointHashes })))
  })

  it("of a task with callbacks may bring either output, once it is released", () => {
    const outputs = [fill(0x31, 274), fill(0x32, 274)] as const
    const receipt = {
      ...good.receipts[3]!,
      outputHash: keccak256(outputs[0]),
      fallbackOutputHash: keccak256(outputs[1]),
    }
    const body = { contract, epoch: 9, previousHead: good.receipts[2]!.headAfter, receipt }
    const result = { ...resultOf(3), ...body, signature: signDigest(resultDigest(domain, body), worker.key) }
    for (const output of outputs) check({ ...result, output })
    refuses("BATCH_DATA", () => check({ ...result, output: fill(0x33, 274) }))
  })

  it("is refused from another enclave, for another network, contract, epoch or receipt", () => {
    const result = resultOf(2)
    refuses("WRONG_SIGNER", () => check(result, signer("other").address))
    refuses("WRONG_SIGNER", () => check({ ...result, epoch: 8 }))
    refuses("WRONG_SIGNER", () => check({ ...result, contract: fill(1, 20) }))
    refuses("WRONG_SIGNER", () => check({ ...result, previousHead: fill(1, 32) }))
    refuses("WRONG_SIGNER", () => check({ ...result, receipt: { ...result.receipt, feeGrains: 6n } }))
    refuses("WRONG_SIGNER", () => check({ ...result, signature: fill(0, 65) }))
    refuses("WRONG_SIGNER", () => checkTaskResult({ ...domain, chainId: 1n }, result, worker.address))
  })

  it("is refused with a delta or output that its receipt does not name", () => {
    refuses("BATCH_DATA", () => check(resultOf(2, { delta: good.deltas[0]! })))
    refuses("BATCH_DATA", () => check(resultOf(1, { delta: good.deltas[1]! })))
    refuses("BATCH_DATA", () => check(resultOf(2, { output: good.outputs[0]! })))
    const receipt = { ...good.receipts[1]!, headAfter: fill(1, 32) }
    const body = { contract, epoch: 9, previousHead: good.receipts[0]!.headAfter, receipt }
    const moved = { ...resultOf(1), ...body, signature: signDigest(resultDigest(domain, body), worker.key) }
    refuses("BATCH_DATA", () => check(moved))
  })
})

describe("digests", () => {
  const vectorDomain = { chainId: v.at("chainId").big, enigma: v.at("enigma").hex }
  const vectorContract = v.at("contract").hex

  it("match the vectors", () => {
    const r = v.at("result")
    const receipt = receiptOf(v.at("receipts").list[2]!.at("receipt"))
    const result = {
      contract: vectorContract,
      epoch: r.at("epoch").int,
      previousHead: r.at("previousHead").hex,
      receipt,
    }
    const leaf = resultDigest(vectorDomain, result)
    assert.equal(toHex(leaf), r.at("digest").text)
    const proof = r.at("proof").list.map((node) => node.hex)
    assert.equal(toHex(rootAbove(leaf, proof)), r.at("root").text)
    const s = v.at("storageReceipt")
    const data = {
      contract: vectorContract,
      fromIndex: s.at("fromIndex").int,
      toIndex: s.at("toIndex").int,
      newHead: s.at("newHead").hex,
    }
    assert.equal(toHex(storageDigest(vectorDomain, data, s.at("receiptsRoot").hex)), s.at("digest").text)
  })

  it("requireSigner takes exactly the right signature", () => {
    const digest = fill(5, 32)
    const signature = signDigest(digest, worker.key)
    requireSigner("thing", digest, signature, worker.address)
    refuses("WRONG_SIGNER", () => requireSigner("thing", fill(6, 32), signature, worker.address))
    refuses("WRONG_SIGNER", () => requireSigner("thing", digest, signature.subarray(1), worker.address))
    refuses("WRONG_SIGNER", () => requireSigner("thing", digest, signature, fill(0, 20)))
  })
})
