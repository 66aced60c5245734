import assert from "node:assert/strict"
import { describe, it } from "node:test"
import type { BuiltBatch } from "../src/core/batch.ts"
import { SignedPositions } from "../src/core/signed-positions.ts"
import { addressOf } from "./support/names.ts"
import { lab, TestNetwork } from "./support/network.ts"
import { refuses } from "./support/refuses.ts"

const hash = (byte: number): Uint8Array => new Uint8Array(32).fill(byte)

function built(change: Partial<BuiltBatch["batch"]> = {}): BuiltBatch {
  const batch = {
    contract: addressOf("contract"),
    epoch: 3,
    fromIndex: 5,
    toIndex: 7,
    link: hash(1),
    cumLockedGrains: 10n,
    previousHead: hash(2),
    newHead: hash(3),
    fallbackHead: hash(0),
    receiptsRoot: hash(4),
    feeGrains: 10n,
    forfeitedGrains: 0n,
    refunds: [],
    payouts: [],
    missing: [],
    callbacks: [],
    validUntilBlock: 19n,
    ...change,
  }
  return { batch, data: {} as BuiltBatch["data"] }
}

describe("a signed position", () => {
  it("takes the same content again with a later last block, and no other content", async () => {
    const positions = new SignedPositions()
    const signature = new Uint8Array(65)
    positions.keep(built(), signature)
    positions.keep(built({ validUntilBlock: 39n }), signature)
    for (const change of [
      { toIndex: 8 },
      { link: hash(9) },
      { previousHead: hash(9) },
      { newHead: hash(9) },
      { fallbackHead: hash(9) },
      { receiptsRoot: hash(9) },
    ])
      await refuses("ENCLAVE_BATCH_ALREADY_SIGNED", () => positions.keep(built(change), signature))
    assert.equal(positions.at(3, 5)!.signed.batch.validUntilBlock, 39n)
    positions.keep(built({ fromIndex: 7, toIndex: 8 }), signature)
    positions.keep(built({ epoch: 4, toIndex: 9 }), signature)
  })

  it("is not signed with what was prepared for another one", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const [first, second] = network.record({ calldata: lab.count() }, { calldata: lab.count() })
    await network.execute(1, [first!])
    const { signed } = await network.sign(1)
    network.enigma.commit(signed)
    await network.execute(1, [second!])
    await refuses("ENCLAVE_NOTHING_PREPARED", () => network.worker(1).signBatch(network.contract, []))
    await network.stop()
  })

  it("is forgotten with the epoch, for contracts that the proof does not list, too", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const [task] = network.record({ calldata: lab.count() })
    await network.execute(1, [task!])
    network.openEpoch(1)
    await network.worker(1).advance(network.enigma.chain.proof(), 1, [], [2])
    const status = await network.worker(1).queue(network.contract)
    assert.deepEqual([status.drawn, status.hasKeys, status.executed], [false, false, 0])
    await refuses("ENCLAVE_NOT_DRAWN", () => network.worker(1).prepareBatch(network.contract))
    await network.stop()
  })
})
