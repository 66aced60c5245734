import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { signDigest } from "@enigma-discovery/crypto"
import { BATCH_TYPE, type Batch, toHex } from "@enigma-discovery/protocol"
import { keccak256, TypedDataEncoder, toUtf8Bytes } from "ethers"
import {
  batchDigest,
  batchListHashes,
  batchSigner,
  callbackFailedRoot,
  checkConservation,
  checkReceipt,
  enigmaDomainSeparator,
  merkleProof,
  readProven,
  receiptLeaf,
  receiptRingClaim,
  receiptRootClaim,
  receiptsRoot,
  SLOT,
} from "../src/index.ts"
import { refuses } from "./support/checks.ts"
import { contract, domain, fill, signer } from "./support/fixtures.ts"
import { receiptOf, protocolVectors as v } from "./support/vectors.ts"

const b = v.at("batch")
const batch: Batch = {
  contract: b.at("secretContract").hex,
  epoch: b.at("epoch").int,
  fromIndex: b.at("fromIndex").int,
  toIndex: b.at("toIndex").int,
  link: b.at("link").hex,
  cumLockedGrains: b.at("cumLockedGrains").big,
  previousHead: b.at("previousHead").hex,
  newHead: b.at("newHead").hex,
  fallbackHead: b.at("fallbackHead").hex,
  receiptsRoot: b.at("receiptsRoot").hex,
  feeGrains: b.at("feeGrains").big,
  forfeitedGrains: b.at("forfeitedGrains").big,
  refunds: b.at("refunds").list.map((r) => ({ user: r.at("user").hex, amountGrains: r.at("amountGrains").big })),
  payouts: b.at("payouts").list.map((p) => ({
    token: p.at("token").hex,
    to: p.at("to").hex,
    amount: p.at("amount").big,
    fallbackTo: p.at("fallbackTo").hex,
  })),
  missing: b.at("missing").list.map((i) => i.int),
  callbacks: b
    .at("callbacks")
    .list.map((c) => ({ target: c.at("target").hex, gasLimit: c.at("gasLimit").big, data: c.at("data").hex })),
  validUntilBlock: b.at("validUntilBlock").big,
}
const vectorDomain = { chainId: v.at("chainId").big, enigma: v.at("enigma").hex }
const receipts = v.at("receipts").list.map((entry) => receiptOf(entry.at("receipt")))
const vectorContract = v.at("contract").hex

describe("receipts", () => {
  it("hash to the vectors", () => {
    const leaves = v.at("receipts").list.map((entry) => entry.at("leaf").text)
    assert.deepEqual(
      receipts.map((receipt) => toHex(receiptLeaf(vectorContract, receipt))),
      leaves,
    )
    assert.equal(toHex(callbackFailedRoot(vectorContract, batch.receiptsRoot)), v.at("callbackFailedRoot").text)
  })

  const root = receiptsRoot(contract, receipts)
  const proofOf = (i: number) =>
    merkleProof(
      receipts.map((receipt) => receiptLeaf(contract, receipt)),
      i,
    )

  it("are proven against the ring, with and without failed callbacks", () => {
    receipts.forEach((receipt, i) => {
      assert.deepEqual(checkReceipt(contract, receipt, proofOf(i), root, root), { callbacksOk: true })
      assert.deepEqual(checkReceipt(contract, receipt, proofOf(i), root, callbackFailedRoot(contract, root)), {
        callbacksOk: false,
      })
    })
  })

  it("are refused when anything of them, of the proof, or of the ring differs", () => {
    const [receipt] = receipts
    const check =
      (change: Partial<typeof receipt>, proof = proofOf(0), ring = root, of = contract) =>
      () =>
        checkReceipt(of, { ...receipt!, ...change }, proof, root, ring)
    check({})()
    for (const change of [
      { index: 7 },
      { taskId: fill(1, 32) },
      { status: 2 as const },
      { gasClass: 1n },
      { feeGrains: 0n },
      { outputHash: fill(1, 32) },
      { fallbackOutputHash: fill(1, 32) },
      { headAfter: fill(1, 32) },
    ]) {
      refuses("RECEIPT_MISMATCH", check(change))
    }
    refuses("RECEIPT_MISMATCH", check({}, proofOf(1)))
    refuses("RECEIPT_MISMATCH", check({}, proofOf(0), fill(0, 32)))
    refuses("RECEIPT_MISMATCH", check({}, proofOf(0), root, fill(0x23, 20)))
    refuses("RECEIPT_MISMATCH", () => checkReceipt(contract, receipt!, [], receiptLeaf(contract, receipt!), root))
  })

  it("ring entries are read at their place", () => {
    const words = new Map([
      [SLOT.receiptRoot(contract, 3), 33n],
      [SLOT.receiptRoot(contract, 31), 44n],
    ])
    const view = { word: (slot: bigint) => words.get(slot) ?? 0n }
    assert.equal(BigInt(toHex(readProven(receiptRootClaim(contract, 35), view))), 33n)
    const ring = readProven(receiptRingClaim(contract), view).map((entry) => BigInt(toHex(entry)))
    assert.equal(ring.length, 32)
    assert.deepEqual([ring[3], ring[31], ring[0]], [33n, 44n, 0n])
  })
})

describe("batches", () => {
  it("digest to the vector, and as another EIP-712 implementation does", () => {
    const hashes = batchListHashes(batch)
    for (const name of ["refundsHash", "payoutsHash", "missingHash", "callbacksHash"] as const) {
      assert.equal(toHex(hashes[name]), b.at(name).text, name)
    }
    assert.equal(toHex(enigmaDomainSeparator(vectorDomain)), b.at("domainSeparator").text)
    assert.equal(toHex(batchDigest(vectorDomain, batch)), b.at("digest").text)
    const fields = BATCH_TYPE.slice("Batch(".length, -1)
      .split(",")
      .map((field) => field.split(" "))
    const { refunds: _r, payouts: _p, missing: _m, callbacks: _c, contract: secretContract, ...scalars } = batch
    const theirs = TypedDataEncoder.hash(
      { name: "Enigma", version: "1", chainId: vectorDomain.chainId, verifyingContract: toHex(vectorDomain.enigma) },
      { Batch: fields.map(([type, name]) => ({ type: type!, name: name! })) },
      { secretContract: toHex(secretContract), ...scalars, ...hashes },
    )
    assert.equal(toHex(batchDigest(vectorDomain, batch)), theirs)
    assert.equal(
      new TypedDataEncoder({ Batch: fields.map(([type, name]) => ({ type: type!, name: name! })) }).encodeType("Batch"),
      BATCH_TYPE,
    )
    assert.notEqual(keccak256(toUtf8Bytes(BATCH_TYPE)), undefined)
  })

  it("are bound to chain, Enigma, and every field", () => {
    const digests = [
      batchDigest(vectorDomain, batch),
      batchDigest({ ...vectorDomain, chainId: 1n }, batch),
      batchDigest({ ...vectorDomain, enigma: fill(1, 20) }, batch),
      ...(Object.keys(batch) as (keyof Batch)[]).map((name) =>
        batchDigest(vectorDomain, { ...batch, [name]: another(batch[name]) }),
      ),
    ].map(toHex)
    assert.equal(new Set(digests).size, digests.length)
  })

  it("name their signer", () => {
    const worker = signer("worker")
    const signature = signDigest(batchDigest(domain, batch), worker.key)
    assert.deepEqual(batchSigner(domain, { batch, signature }), worker.address)
    assert.notDeepEqual(batchSigner({ ...domain, chainId: 5n }, { batch, signature }), worker.address)
  })

  it("hand out exactly what was locked", () => {
    const refunds = batch.refunds.reduce((sum, { amountGrains }) => sum + amountGrains, 0n)
    const committed = batch.cumLockedGrains - batch.feeGrains - batch.forfeitedGrains - refunds
    checkConservation(batch, committed)
    refuses("CONSERVATION", () => checkConservation(batch, committed + 1n))
    refuses("CONSERVATION", () => checkConservation({ ...batch, feeGrains: batch.feeGrains + 1n }, committed))
    refuses("CONSERVATION", () => checkConservation({ ...batch, forfeitedGrains: 0n }, committed))
    const wrapped = { ...batch, cumLockedGrains: 5n, feeGrains: 10n, forfeitedGrains: 0n, refunds: [] }
    checkConservation(wrapped, 2n ** 64n - 5n)
  })
})

function another(value: Batch[keyof Batch]): unknown {
  if (value instanceof Uint8Array) return value.map((byte) => byte ^ 1)
  if (typeof value === "bigint") return value + 1n
  if (typeof value === "number") return value + 1
  return value.slice(1)
}
