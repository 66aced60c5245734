import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { bigintToBytes, bytesToBigint, treeNodeKey } from "@enigma-discovery/protocol"
import fc from "fast-check"
import { erc7201Base, readEpochState, readQueueCounters, readWorker, SLOT, slotBytes, wordBytes } from "../src/index.ts"
import { contract } from "./support/fixtures.ts"
import { protocolVectors } from "./support/vectors.ts"

describe("storage slots", () => {
  const v = protocolVectors.at("storage")

  it("match the vectors", () => {
    const queue = v.at("queue", "contract").hex
    assert.equal(erc7201Base("enigma.storage.Enigma"), v.at("base").big)
    assert.equal(SLOT.epochState(), v.at("epochState").big)
    assert.deepEqual(
      SLOT.epoch(65),
      v.at("epoch65").list.map((slot) => slot.big),
    )
    assert.equal(SLOT.queueCounters(queue), v.at("queue", "counters").big)
    assert.equal(SLOT.queueHead(queue), v.at("queue", "head").big)
    assert.equal(SLOT.link(queue, 33), v.at("queue", "link33").big)
    assert.equal(SLOT.receiptRoot(queue, 34), v.at("queue", "receiptRoot34").big)
    assert.deepEqual(
      SLOT.worker(5),
      v.at("worker5").list.map((slot) => slot.big),
    )
    const key = treeNodeKey(v.at("node", "level").int, v.at("node", "position").int)
    assert.equal(key, v.at("node", "key").big)
    assert.deepEqual(
      SLOT.node(key),
      v.at("node", "slots").list.map((slot) => slot.big),
    )
  })

  it("follows the example of ERC-7201", () => {
    assert.equal(erc7201Base("example.main"), 0x183a6125c38840424c4a85fa12bab2ab606c4b6d0e7cc73c0c06ba5300eab500n)
  })

  it("wrap around their rings and never meet", () => {
    assert.deepEqual(SLOT.epoch(3), SLOT.epoch(67))
    assert.equal(SLOT.link(contract, 5), SLOT.link(contract, 37))
    assert.equal(SLOT.receiptRoot(contract, 0), SLOT.receiptRoot(contract, 32))
    const all = [
      SLOT.queueCounters(contract),
      SLOT.queueHead(contract),
      ...Array.from({ length: 32 }, (_, i) => [SLOT.link(contract, i), SLOT.receiptRoot(contract, i)]).flat(),
      ...SLOT.worker(1),
      ...SLOT.worker(2),
      ...SLOT.node(1n),
      ...SLOT.epoch(1),
      SLOT.epochState(),
    ]
    assert.equal(new Set(all).size, all.length)
  })
})

describe("storage words", () => {
  it("are read by their bits", () => {
    const bits = (...fields: [bigint, bigint][]) => fields.reduce((word, [at, value]) => word | (value << at), 0n)
    assert.deepEqual(
      readEpochState(bits([0n, 7n], [32n, 1000n], [80n, 960n], [128n, 12n], [152n, 2n], [160n, 11n], [192n, 5n])),
      {
        epoch: 7,
        openedAtBlock: 1000n,
        scheduledStartBlock: 960n,
        workerCount: 12,
        treeDepth: 2,
        activeCount: 11,
        treasuryGrains: 5n,
      },
    )
    assert.deepEqual(
      readQueueCounters(
        bits([0n, 9n], [32n, 4n], [64n, 900n], [128n, 400n], [192n, 6n], [224n, 3n], [248n, 31n], [253n, 5n]),
      ),
      {
        submitted: 9,
        committed: 4,
        cumLockedGrains: 900n,
        cumCommittedGrains: 400n,
        drawEpoch: 6,
        drawnWorker: 3,
        batchSequence: 31,
        flags: 5,
      },
    )
    const worker = readWorker(
      4,
      bits([0n, 0xabcn], [160n, 1_700_000_000n], [192n, 2n], [200n, 99n]),
      0xdefn | (7n << 160n),
      0x123n,
    )
    assert.deepEqual(worker, {
      workerId: 4,
      signer: bigintToBytes(0xabcn, 20),
      attestationExpiryS: 1_700_000_000n,
      status: 2,
      earningsGrains: 99n,
      operator: bigintToBytes(0xdefn, 20),
      encryptionKey: bigintToBytes(0x123n, 32),
    })
  })

  it("of any content are read without a throw, every bit in one field", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 256n - 1n), (word) => {
        const q = readQueueCounters(word)
        const back =
          BigInt(q.submitted) |
          (BigInt(q.committed) << 32n) |
          (q.cumLockedGrains << 64n) |
          (q.cumCommittedGrains << 128n) |
          (BigInt(q.drawEpoch) << 192n) |
          (BigInt(q.drawnWorker) << 224n) |
          (BigInt(q.batchSequence) << 248n) |
          (BigInt(q.flags) << 253n)
        assert.equal(back, word)
        assert.equal(bytesToBigint(wordBytes(word)), word)
        assert.equal(bytesToBigint(slotBytes(word)), word)
        readEpochState(word)
        readWorker(1, word, word, word)
      }),
    )
  })
})
