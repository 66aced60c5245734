import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { MAX_LOCK_GRAINS, type QueuedRecord, toHex } from "@enigma-discovery/protocol"
import fc from "fast-check"
import {
  foldRecords,
  genesisLink,
  leafHash,
  linkClaim,
  queueClaim,
  readProven,
  waitingRecordsClaim,
} from "../src/index.ts"
import { refuses } from "./support/checks.ts"
import { EnigmaModel } from "./support/enigma-model.ts"
import { contract, domain, fill, record } from "./support/fixtures.ts"
import { protocolVectors, recordOf } from "./support/vectors.ts"

const genesis = genesisLink(domain.chainId, domain.enigma, contract)
const start = { index: 0, previousLink: genesis, previousCumGrains: 0n }
const BASE_FEE = 10_000n

/** Records that each lock base fee and gas, as the chain would write them. */
function queueOf(count: number, firstCum = 0n): readonly QueuedRecord[] {
  let cumLockedGrains = firstCum
  return Array.from({ length: count }, (_, i) => {
    const entry = record({ inputsHash: fill(i + 1, 32), blockNumber: BigInt(100 + i) })
    cumLockedGrains = BigInt.asUintN(64, cumLockedGrains + entry.gasLimit * entry.gasPriceGrains + BASE_FEE)
    return { record: entry, cumLockedGrains }
  })
}

describe("records", () => {
  it("hash and fold to the vectors", () => {
    const v = protocolVectors
    const entries = v.at("records").list
    const first = genesisLink(v.at("chainId").big, v.at("enigma").hex, v.at("contract").hex)
    assert.equal(toHex(first), v.at("genesisLink").text)
    for (const entry of entries) assert.equal(toHex(leafHash(recordOf(entry.at("record")))), entry.at("leaf").text)
    const placed = foldRecords(
      { index: 0, previousLink: first, previousCumGrains: 0n },
      entries.map((entry) => ({
        record: recordOf(entry.at("record")),
        cumLockedGrains: entry.at("cumLockedGrains").big,
      })),
    )
    assert.deepEqual(
      placed.map(({ taskId }) => toHex(taskId)),
      entries.map((entry) => entry.at("link").text),
    )
    for (const { baseFeeGrains } of placed) assert.equal(baseFeeGrains, v.at("baseFeeGrains").big)
  })

  it("fold in stretches as in one", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(), (count, at) => {
        const records = queueOf(count)
        const whole = foldRecords(start, records)
        const cut = at % count
        const head = foldRecords(start, records.slice(0, cut))
        const last = head.at(-1)
        const from = last ? { index: cut, previousLink: last.taskId, previousCumGrains: last.cumLockedGrains } : start
        assert.deepEqual([...head, ...foldRecords(from, records.slice(cut))], whole)
      }),
      { numRuns: 30 },
    )
  })

  it("get another task id when anything about them or before them changes", () => {
    const records = queueOf(2)
    const last = (list: readonly QueuedRecord[], from = start) => toHex(foldRecords(from, list).at(-1)!.taskId)
    const good = last(records)
    const [a, b] = records as [QueuedRecord, QueuedRecord]
    const changed = [
      last([{ ...a, record: { ...a.record, inputsHash: fill(9, 32) } }, b]),
      last([a, { ...b, record: { ...b.record, sender: fill(9, 20) } }]),
      last([a, { ...b, record: { ...b.record, flags: 1 } }]),
      last([a, { ...b, cumLockedGrains: b.cumLockedGrains + 1n }]),
      last(records, { ...start, index: 1 }),
      last(records, { ...start, previousLink: fill(1, 32) }),
    ]
    assert.equal(new Set([good, ...changed]).size, changed.length + 1)
  })

  it("carry sums that wrap at 2^64", () => {
    const near = 2n ** 64n - 5n
    const [placed] = foldRecords({ ...start, previousCumGrains: near }, queueOf(1, near))
    assert.equal(placed!.lockedGrains, 310_000n)
    assert.equal(placed!.baseFeeGrains, BASE_FEE)
  })

  it("are refused when their lock can't be", () => {
    const [first] = queueOf(1)
    const withCum = (cumLockedGrains: bigint) => () => foldRecords(start, [{ ...first!, cumLockedGrains }])
    refuses("RECORD", withCum(299_999n)) // less than the gas costs
    refuses("RECORD", withCum(MAX_LOCK_GRAINS + 1n))
    assert.equal(withCum(300_000n)()[0]!.baseFeeGrains, 0n)
    assert.equal(withCum(MAX_LOCK_GRAINS)()[0]!.lockedGrains, MAX_LOCK_GRAINS)
    refuses("RECORD", () => foldRecords({ ...start, previousCumGrains: 1n }, [{ ...first!, cumLockedGrains: 0n }]))
  })
})

describe("waiting records", () => {
  const records = queueOf(6)
  const placed = foldRecords(start, records)
  const model = new EnigmaModel()
  model.setQueue(contract, {
    submitted: 6,
    committed: 2,
    cumLocked: placed[5]!.cumLockedGrains,
    cumCommitted: placed[1]!.cumLockedGrains,
  })
  model.setLink(contract, 3, placed[3]!.taskId)
  model.setLink(contract, 5, placed[5]!.taskId)
  const queue = readProven(queueClaim(contract), model)
  const previous = placed[1]!.taskId
  const read = (list: readonly QueuedRecord[], link = previous) =>
    readProven(waitingRecordsClaim(contract, queue, link, list), model)

  it("are authentic up to any link in the ring", () => {
    assert.deepEqual(read(records.slice(2)), placed.slice(2))
    assert.deepEqual(read(records.slice(2, 4)), placed.slice(2, 4))
    assert.deepEqual(read([]), [])
  })

  it("are refused when one is changed, left out, moved, or starts elsewhere", () => {
    const rest = records.slice(2)
    const changed = rest.map((entry, i) =>
      i === 1 ? { ...entry, record: { ...entry.record, sender: fill(7, 20) } } : entry,
    )
    refuses("LINK_MISMATCH", () => read(changed))
    refuses("LINK_MISMATCH", () => read([rest[0]!, rest[1]!, rest[2]!, rest[3]!], fill(3, 32)))
    refuses("LINK_MISMATCH", () =>
      read([rest[1]!, { ...rest[0]!, cumLockedGrains: rest[1]!.cumLockedGrains + 400_000n }]),
    )
    refuses("LINK_GONE", () => read(rest.slice(0, 3))) // link 4 was never stored: a group passed over it
    refuses("LINK_GONE", () => read([...rest, { ...rest[3]!, cumLockedGrains: rest[3]!.cumLockedGrains + 400_000n }])) // not submitted
  })

  it("links of other records in the same place of the ring are no links of these", () => {
    const later = new EnigmaModel()
    later.setQueue(contract, { submitted: 40, committed: 2, cumLocked: 0n, cumCommitted: placed[1]!.cumLockedGrains })
    later.setLink(contract, 35, fill(0x35, 32)) // 35 mod 32 = 3
    const claim = waitingRecordsClaim(contract, readProven(queueClaim(contract), later), previous, records.slice(2, 4))
    refuses("LINK_MISMATCH", () => readProven(claim, later))
    refuses("LINK_GONE", () => readProven(linkClaim(contract, -1, queue), model))
  })
})
