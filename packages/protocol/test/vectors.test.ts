import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { describe, it } from "node:test"
import { getBytes, keccak256, toUtf8Bytes } from "ethers"
import * as p from "../src/index.ts"

const v = JSON.parse(readFileSync(new URL("../../testing/vectors/protocol.json", import.meta.url), "utf8"))
const b = (hex: string) => getBytes(hex)
const h = (preimage: Uint8Array) => keccak256(preimage)
const chainId = BigInt(v.chainId)
const enigma = b(v.enigma)
const contract = b(v.contract)

type Json = Record<string, string | number>
const big = (x: string | number | undefined) => BigInt(x ?? fail())
const fail = (): never => {
  throw new Error("vector misses a field")
}
const hex = (x: string | number | undefined) => b(String(x ?? fail()))

const toRecord = (r: Json): p.TaskRecord => ({
  sender: hex(r.sender),
  inputsHash: hex(r.inputsHash),
  gasLimit: big(r.gasLimit),
  gasPriceGrains: big(r.gasPriceGrains),
  callbackGas: big(r.callbackGas),
  callbackPriceGrains: big(r.callbackPriceGrains),
  flags: Number(r.flags),
  token: hex(r.token),
  amount: big(r.amount),
  blockNumber: big(r.blockNumber),
  timestampS: big(r.timestampS),
})
const toReceipt = (r: Json): p.Receipt => ({
  index: Number(r.index),
  taskId: hex(r.taskId),
  status: Number(r.status) as p.ReceiptStatus,
  gasClass: big(r.gasClass),
  feeGrains: big(r.feeGrains),
  outputHash: hex(r.outputHash),
  fallbackOutputHash: hex(r.fallbackOutputHash),
  headAfter: hex(r.headAfter),
})

describe("vectors/protocol.json", () => {
  it("tags are the hashes of their names, all of them distinct", () => {
    for (const [key, name] of Object.entries(p.TAG_NAMES)) {
      assert.equal(p.toHex(p.TAG[key as p.TagName]), keccak256(toUtf8Bytes(name)), name)
      assert.equal(v.tags[name.slice("enigma/1/".length)], keccak256(toUtf8Bytes(name)), name)
    }
    assert.equal(Object.keys(v.tags).length, Object.keys(p.TAG).length)
    assert.equal(new Set(Object.values(v.tags)).size, Object.keys(p.TAG).length)
  })

  it("leaves and links", () => {
    let link = b(h(p.genesisLinkPreimage(chainId, enigma, contract)))
    assert.equal(p.toHex(link), v.genesisLink)
    v.records.forEach((r: { record: Json; leaf: string; cumLockedGrains: string; link: string }, i: number) => {
      const record = toRecord(r.record)
      assert.equal(h(p.leafPreimage(record)), r.leaf)
      const lock = big(r.cumLockedGrains) - (i === 0 ? 0n : big(v.records[i - 1].cumLockedGrains))
      assert.equal(lock - p.gasLockGrains(record), big(v.baseFeeGrains))
      link = b(h(p.linkPreimage(link, b(r.leaf), i, big(r.cumLockedGrains))))
      assert.equal(p.toHex(link), r.link)
    })
  })

  it("account salt, receipt leaves, heads and ring entries", () => {
    const a = v.account
    assert.equal(h(p.accountSaltPreimage(b(a.deployer), b(a.codeHash), b(a.userSalt))), a.salt)
    for (const r of v.receipts) assert.equal(h(p.receiptLeafPreimage(contract, toReceipt(r.receipt))), r.leaf)
    assert.equal(h(p.headPreimage(b(v.head.previousHead), b(v.head.deltaHash))), v.head.head)
    assert.equal(h(p.callbackFailedRootPreimage(contract, b(v.batch.receiptsRoot))), v.callbackFailedRoot)
  })

  it("batch digest, by its parts", () => {
    const j = v.batch
    const batch: p.Batch = {
      contract,
      epoch: j.epoch,
      fromIndex: j.fromIndex,
      toIndex: j.toIndex,
      link: b(j.link),
      cumLockedGrains: big(j.cumLockedGrains),
      previousHead: b(j.previousHead),
      newHead: b(j.newHead),
      fallbackHead: b(j.fallbackHead),
      receiptsRoot: b(j.receiptsRoot),
      feeGrains: big(j.feeGrains),
      forfeitedGrains: big(j.forfeitedGrains),
      validUntilBlock: big(j.validUntilBlock),
      missing: j.missing,
      refunds: j.refunds.map((r: Json) => ({ user: hex(r.user), amountGrains: big(r.amountGrains) })),
      payouts: j.payouts.map((r: Json) => ({
        token: hex(r.token),
        to: hex(r.to),
        amount: big(r.amount),
        fallbackTo: hex(r.fallbackTo),
      })),
      callbacks: j.callbacks.map((r: Json) => ({
        target: hex(r.target),
        gasLimit: big(r.gasLimit),
        data: hex(r.data),
      })),
    }
    assert.equal(h(p.refundsPreimage(batch.refunds)), j.refundsHash)
    assert.equal(h(p.payoutsPreimage(batch.payouts)), j.payoutsHash)
    assert.equal(h(p.missingPreimage(batch.missing)), j.missingHash)
    const dataHashes = batch.callbacks.map((c) => b(h(c.data)))
    assert.equal(h(p.callbacksPreimage(batch.callbacks, dataHashes)), j.callbacksHash)
    assert.equal(p.toHex(p.packCallbacks(batch.callbacks)), j.packedCallbacks)
    assert.deepEqual(p.unpackCallbacks(b(j.packedCallbacks)), batch.callbacks)
    const lists = {
      refundsHash: b(j.refundsHash),
      payoutsHash: b(j.payoutsHash),
      missingHash: b(j.missingHash),
      callbacksHash: b(j.callbacksHash),
    }
    const structHash = h(p.batchStructPreimage(b(keccak256(toUtf8Bytes(p.BATCH_TYPE))), batch, lists))
    assert.equal(h(p.concatBytes(b("0x1901"), b(j.domainSeparator), b(structHash))), j.digest)
    const sent = p.encode(p.BatchCodec, batch)
    assert.deepEqual(p.decode(p.BatchCodec, sent, sent.length), batch)
  })

  it("epochs, keys and trust", () => {
    assert.equal(p.toHex(p.beaconMessage(chainId, enigma, v.beacon.epoch, b(v.beacon.blockHash))), v.beacon.message)
    for (const d of v.draws) assert.equal(h(p.drawPreimage(b(d.seed), b(d.contract), d.k)), d.value)
    assert.equal(p.toHex(p.prfMessage("io", chainId, enigma, contract, 9)), v.prf.io)
    assert.equal(p.toHex(p.prfMessage("state", chainId, enigma, contract, 9)), v.prf.state)
    const c = v.trust.config
    const config: p.NetworkConfig = {
      version: 1,
      chainId: big(c.chainId),
      enigma: b(c.enigma),
      epochLengthBlocks: c.epochLengthBlocks,
      expiryBlocks: c.expiryBlocks,
      inputsGraceBlocks: c.inputsGraceBlocks,
      depth: c.depth,
      storageReceipts: c.storageReceipts,
      witnessThreshold: c.witnessThreshold,
      witnesses: c.witnesses.map(b),
      keyThreshold: c.keyThreshold,
      keyManagers: c.keyManagers,
      beaconKey: b(c.beaconKey),
      contractKey: b(c.contractKey),
      keyManagerMeasurement: b(c.keyManagerMeasurement),
    }
    const trust = h(
      p.trustPreimage(config, b(h(config.beaconKey)), b(h(config.contractKey)), b(h(p.witnessesPreimage(config)))),
    )
    assert.equal(trust, v.trust.trustHash)
    const r = v.report
    assert.equal(
      h(p.reportPreimage(chainId, enigma, r.role, b(r.operator), b(r.signer), b(r.encryptionKey), b(trust))),
      r.reportData,
    )
    const q = v.quote
    assert.equal(
      h(
        p.quotePreimage({
          measurement: b(q.measurement),
          securityVersion: q.securityVersion,
          issuedAtS: big(q.issuedAtS),
          reportData: b(q.reportData),
        }),
      ),
      q.digest,
    )
    assert.equal(h(p.witnessPreimage(chainId, 400n, b(v.witness.blockHash), 2)), v.witness.digest)
    assert.equal(
      h(p.keyStatementPreimage(chainId, enigma, contract, 9, b(v.keyStatement.ioPublicKey))),
      v.keyStatement.digest,
    )
  })

  it("results, storage receipts and sealing contexts", () => {
    const s = v.storageReceipt
    assert.equal(
      h(p.storagePreimage(chainId, enigma, contract, s.fromIndex, s.toIndex, b(s.newHead), b(s.receiptsRoot))),
      s.digest,
    )
    assert.equal(
      h(p.resultPreimage(chainId, enigma, contract, 9, b(v.result.previousHead), b(v.result.receiptLeaf))),
      v.result.digest,
    )
    const e = v.envelopeAad
    assert.equal(
      h(
        p.envelopeAadPreimage({
          chainId,
          enigma,
          contract,
          sender: b(e.sender),
          keyEpoch: e.keyEpoch,
          codeHash: b(e.codeHash),
        }),
      ),
      e.aad,
    )
    assert.equal(h(p.outputAadPreimage(chainId, enigma, contract, b(v.outputAad.taskId), 1)), v.outputAad.aad)
    for (const { taskId, nonce, ...place } of [v.deltaNonce, v.checkpointNonce])
      assert.equal(h(p.deltaNoncePreimage(contract, { ...place, taskId: b(taskId) })).slice(0, 26), nonce)
    const header = p.decode(p.DeltaHeaderCodec, b(v.deltaAad.header), 1_000)
    assert.deepEqual([header.kind, header.keyEpoch, header.index], [p.DELTA_KIND.delta, 9, 1])
    const encoded = p.encode(p.DeltaHeaderCodec, header)
    assert.equal(h(p.deltaAadPreimage(chainId, enigma, contract, encoded)), v.deltaAad.aad)
    assert.equal(
      p.toHex(p.keyWrapPreimage(chainId, enigma, contract, v.keyWrap.epoch, v.keyWrap.previousEpoch)),
      v.keyWrap.aad,
    )
    for (const [used, limit, charged] of v.gasClasses)
      assert.equal(p.gasClass(BigInt(used), BigInt(limit)), BigInt(charged))
  })
})
