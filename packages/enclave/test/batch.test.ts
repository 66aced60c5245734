import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { signDigest } from "@enigma-discovery/crypto"
import { DUST_GRAINS, type StorageReceipt, WORKER_STATUS } from "@enigma-discovery/protocol"
import { batchSigner, storageDigest } from "@enigma-discovery/verify"
import fc from "fast-check"
import { buildBatch } from "../src/core/batch.ts"
import { chargeOf } from "../src/core/fees.ts"
import { executedTask } from "./support/executed-task.ts"
import { namedKey } from "./support/fake-chain.ts"
import { BASE_FEE_GRAINS } from "./support/fake-enigma.ts"
import { addressOf } from "./support/names.ts"
import { lab, TestNetwork } from "./support/network.ts"
import { refuses } from "./support/refuses.ts"

describe("a batch", () => {
  it("hands out exactly what its records locked, whatever became of them (property)", () => {
    const task = fc.record({
      sender: fc.integer({ min: 0, max: 3 }),
      status: fc.constantFrom(1, 2, 4, 5, 6, 7, 8),
      gasLimit: fc.bigInt(0n, 1n << 30n),
      gasPrice: fc.bigInt(0n, 300n),
      callbackGas: fc.bigInt(0n, 1_000_000n),
      callbackPrice: fc.bigInt(0n, 50n),
      baseFee: fc.bigInt(0n, 100_000n),
      usedShare: fc.integer({ min: 0, max: 100 }),
      callbacks: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(task, { minLength: 1, maxLength: 12 }), fc.nat(1_000_000), (specs, committed) => {
        const cumCommittedGrains = BigInt(committed)
        const tasks = specs.map((_spec, i) => executedTask(specs.slice(0, i + 1), cumCommittedGrains, i))
        const { batch } = buildBatch(setting(cumCommittedGrains), tasks)
        const refunds = batch.refunds.reduce((sum, { amountGrains }) => sum + amountGrains, 0n)
        const locked = batch.cumLockedGrains - cumCommittedGrains
        assert.equal(batch.feeGrains + batch.forfeitedGrains + refunds, locked)
        assert.ok(batch.refunds.every(({ amountGrains }) => amountGrains >= DUST_GRAINS))
        const charged = tasks.reduce((sum, { receipt }) => sum + receipt.feeGrains, 0n)
        assert.ok(batch.feeGrains >= charged && batch.feeGrains < charged + 4n * DUST_GRAINS)
        for (const { receipt, placed } of tasks) assert.ok(receipt.feeGrains <= placed.lockedGrains)
      }),
      { numRuns: 300 },
    )
  })

  it("charges by PROTOCOL §3.2", () => {
    const record = { gasLimit: 10_000n, gasPriceGrains: 3n, callbackGas: 100n, callbackPriceGrains: 7n }
    const charge = (status: Parameters<typeof chargeOf>[1], used: bigint, calls = false) =>
      Object.values(chargeOf({ record, baseFeeGrains: 50n }, status, used, calls))
    assert.deepEqual(charge(1, 0n), [1_024n, 3_122n, 0n])
    assert.deepEqual(charge(1, 1_025n), [2_048n, 6_194n, 0n])
    assert.deepEqual(charge(1, 9_000n, true), [10_000n, 30_750n, 0n])
    assert.deepEqual(charge(2, 10_000n), [10_000n, 30_050n, 0n])
    assert.deepEqual(charge(7, 10_000n), [10_000n, 0n, 30_050n])
    for (const status of [5, 6] as const) assert.deepEqual(charge(status, 0n), [0n, 50n, 0n])
    assert.deepEqual(charge(4, 0n), [0n, 0n, 50n])
    assert.deepEqual(charge(8, 0n), [0n, 0n, 0n])
  })

  it("is signed by the enclave, refunds per sender and pays tokens to whom they are due", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const token = addressOf("token")
    const nobody = new Uint8Array(20)
    const tasks = network.record(
      { by: "alice", calldata: lab.count(), fields: { token, amount: 5n } },
      { by: "bob", calldata: lab.revert("no"), fields: { token, amount: 7n } },
      { by: "alice", calldata: lab.count() },
    )
    const results = await network.execute(1, tasks)
    const { signed } = await network.sign(1)
    const { batch } = signed
    assert.deepEqual(batchSigner(network.config, signed), network.identities.get(1)!.signer)
    assert.deepEqual(
      batch.refunds.map(({ user }) => user),
      [network.user("alice").address, network.user("bob").address],
    )
    const spent = (i: number) => results[i]!.receipt.feeGrains
    const locked = BASE_FEE_GRAINS + 4_000_000n
    assert.deepEqual(
      batch.refunds.map(({ amountGrains }) => amountGrains),
      [2n * locked - spent(0) - spent(2), locked - spent(1)],
    )
    assert.deepEqual(batch.payouts, [
      { token, to: network.contract, amount: 5n, fallbackTo: nobody },
      { token, to: network.user("bob").address, amount: 7n, fallbackTo: nobody },
    ])
    network.enigma.commit(signed)
    await network.stop()
  })

  it("gives a payment back to its sender should the callbacks of its task fail", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const token = addressOf("token")
    const call = lab.callback(addressOf("callee"), Uint8Array.of(1))
    const fields = { token, amount: 5n, callbackGas: 50_000n, callbackPriceGrains: 1n }
    await network.execute(1, network.record({ by: "alice", calldata: call, fields }))
    const { batch } = (await network.sign(1)).signed
    assert.equal(batch.callbacks.length, 1)
    assert.deepEqual(batch.payouts, [
      { token, to: network.contract, amount: 5n, fallbackTo: network.user("alice").address },
    ])
    await network.stop()
  })

  it("is valid until the block before the next scheduled start", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const [task] = network.record({ calldata: lab.count() })
    await network.execute(1, [task!])
    const { signed } = await network.sign(1)
    assert.equal(signed.batch.validUntilBlock, 19n)
    const prepared = (await network.worker(1).prepareBatch(network.contract))!
    network.enigma.chain.mine(30)
    await network.advance(1)
    // The earlier signature can't be used any more; the same content is signed anew.
    const again = await network.sign(1)
    assert.equal(again.signed.batch.validUntilBlock, 39n)
    assert.deepEqual({ ...again.signed.batch, validUntilBlock: 19n }, signed.batch)
    assert.deepEqual(again.prepared.data, prepared.data)
    network.enigma.commit(again.signed)
    await network.stop()
  })

  it("is refused a signature when it could no longer be committed", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const [task] = network.record({ calldata: lab.count() })
    await network.execute(1, [task!])
    const prepared = (await network.worker(1).prepareBatch(network.contract))!
    const receipts = await network.receipts(1, prepared)
    network.enigma.chain.mine(30)
    await network.advance(1)
    await refuses("ENCLAVE_BATCH_EXPIRED", () => network.worker(1).signBatch(network.contract, receipts))
    await network.stop()
  })

  it("is one content at one position: what was executed later waits for the next", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const [first, second] = network.record({ calldata: lab.count() }, { calldata: lab.count() })
    await network.execute(1, [first!])
    const { signed } = await network.sign(1)
    await network.execute(1, [second!])
    const prepared = (await network.worker(1).prepareBatch(network.contract))!
    assert.equal(prepared.data.toIndex, 2, "the signed one, not a longer one")
    assert.deepEqual(await network.worker(1).signBatch(network.contract, []), signed, "asking again gives the same")
    network.enigma.commit(signed)
    await network.advance(1)
    assert.equal((await network.worker(1).queue(network.contract)).executed, 1)
    const next = await network.sign(1)
    assert.deepEqual([next.signed.batch.fromIndex, next.signed.batch.toIndex], [2, 3])
    network.enigma.commit(next.signed)
    await network.stop()
  })

  it("needs storage receipts of enough other registered workers", async () => {
    const network = await (await TestNetwork.ready({ workers: 3, config: { storageReceipts: 2 } })).deployed()
    const [task] = network.record({ calldata: lab.count() })
    await network.execute(1, [task!])
    const prepared = (await network.worker(1).prepareBatch(network.contract))!
    const good = await network.receipts(1, prepared)
    const sign = (receipts: readonly StorageReceipt[]) => network.worker(1).signBatch(network.contract, receipts)
    const digest = storageDigest(network.config, prepared.data, prepared.receiptsRoot)
    const own = await network.worker(1).attestStorage(prepared.data)
    const stranger = { workerId: 9, signature: signDigest(digest, namedKey("stranger")) }
    for (const [name, receipts] of Object.entries({
      none: [],
      one: good.slice(0, 1),
      "one twice": [good[0]!, good[0]!],
      "one twice under two names": [good[0]!, { ...good[0]!, workerId: 3 }],
      "its own": [good[0]!, own],
      "its own under a name": [good[0]!, { ...own, workerId: 3 }],
      "a stranger's": [good[0]!, stranger],
      altered: [good[0]!, { ...good[1]!, signature: good[1]!.signature.map((b, i) => (i === 3 ? b ^ 1 : b)) }],
    })) {
      await refuses("ENCLAVE_STORAGE_RECEIPTS_MISSING", async () => {
        await sign(receipts)
        assert.fail(name)
      })
    }
    // A host that lists its own worker among the others gains nothing.
    await network.worker(1).advance(network.enigma.chain.proof(), 1, [network.contract], [1, 2, 3])
    await refuses("ENCLAVE_STORAGE_RECEIPTS_MISSING", () => sign([good[0]!, own]))
    network.enigma.register(3, network.identities.get(3)!, 10n, WORKER_STATUS.Banned)
    network.enigma.chain.mine()
    await network.advance(1)
    // Two are left active: the other one's receipt is enough, the banned one's is none.
    await refuses("ENCLAVE_STORAGE_RECEIPTS_MISSING", () => sign([good[1]!]))
    await sign([good[0]!])
    await network.stop()
  })

  it("of a lone worker needs none", async () => {
    const network = await (await TestNetwork.ready({ workers: 1, config: { storageReceipts: 2 } })).deployed()
    const [task] = network.record({ calldata: lab.count() })
    await network.execute(1, [task!])
    await network.worker(1).prepareBatch(network.contract)
    await network.worker(1).signBatch(network.contract, [])
    await network.stop()
  })

  it("is not signed by a worker that is not drawn, nor without being prepared", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    await refuses("ENCLAVE_NOTHING_PREPARED", () => network.worker(1).signBatch(network.contract, []))
    assert.equal(await network.worker(1).prepareBatch(network.contract), undefined)
    const [task] = network.record({ calldata: lab.count() })
    await network.execute(1, [task!])
    const prepared = (await network.worker(1).prepareBatch(network.contract))!
    const receipts = await network.receipts(1, prepared)
    await refuses("ENCLAVE_NOT_DRAWN", () => network.worker(2).signBatch(network.contract, receipts))
    network.openEpoch(2)
    await network.advance(1)
    await refuses("ENCLAVE_NOT_DRAWN", () => network.worker(1).signBatch(network.contract, receipts))
    network.openEpoch(1)
    await network.equip(1)
    await refuses("ENCLAVE_NOTHING_PREPARED", () => network.worker(1).signBatch(network.contract, receipts))
    await network.stop()
  })

  it("is stored only as a whole: a neighbour's enclave refuses what does not fit together", async () => {
    const network = await TestNetwork.ready()
    const deployment = network.deploy()
    await network.execute(1, [deployment])
    const { data } = (await network.worker(1).prepareBatch(network.contract))!
    await network.advance(2)
    const attest = (changed: Partial<typeof data>, origin: typeof network.origin | undefined = network.origin) =>
      network.worker(2).attestStorage({ ...data, ...changed }, origin)
    await refuses("VERIFY_BATCH_DATA", () => attest({ code: undefined }))
    await refuses("VERIFY_BATCH_DATA", () => attest({ deltas: [] }))
    await refuses("VERIFY_BATCH_DATA", () => attest({ outputs: [] }))
    await refuses("VERIFY_BATCH_DATA", () => attest({ newHead: new Uint8Array(32) }))
    await refuses("VERIFY_BATCH_DATA", () => attest({ code: data.code!.slice(1) }))
    await refuses("ENCLAVE_CODE_MISMATCH", () => network.worker(2).attestStorage(data))
    await refuses("ENCLAVE_CODE_MISMATCH", () => attest({}, { ...network.origin, deployer: addressOf("mallory") }))
    await attest({})
    await network.stop()
  })
})

const setting = (cumCommittedGrains: bigint) => ({
  contract: addressOf("contract"),
  epoch: 3,
  anchor: { committed: 5, head: new Uint8Array(32) },
  cumCommittedGrains,
  code: undefined,
  provenBlock: 100n,
  epochLengthBlocks: 20n,
})
