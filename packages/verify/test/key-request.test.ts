import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { KEY_PURPOSE, type KeyRequest, prfMessage, type QueuedRecord, WORKER_STATUS } from "@enigma-discovery/protocol"
import {
  assignmentClaim,
  drawClaim,
  foldRecords,
  genesisLink,
  keyRequestClaim,
  readFetched,
  readProven,
} from "../src/index.ts"
import { refuses, type VerifyCode } from "./support/checks.ts"
import { EnigmaModel, seedOf } from "./support/enigma-model.ts"
import { address, config, contract, domain, fill, record } from "./support/fixtures.ts"

const NOW_S = 1_700_000_500n
const EPOCH = 6
const genesis = genesisLink(domain.chainId, domain.enigma, contract)

/** Epoch 6 in force (epoch e opened at block 40e + 3); three workers; records 0 and 1 committed, 2 and 3 waiting since epoch 4. */
function world() {
  const model = new EnigmaModel()
  model.setWeights([5n, 3n, 9n].map((weight, i) => ({ epoch: 1, workerId: i + 1, weight })))
  model.setEpochs(
    EPOCH,
    [1, 2, 3, 4, 5, 6].map((epoch) => [epoch, BigInt(40 * epoch + 3), seedOf(`seed ${epoch}`)] as const),
  )
  for (const id of [1, 2, 3]) {
    model.setWorker(id, {
      signer: address(id),
      operator: address(0x50 + id),
      encryptionKey: fill(0xe0 + id, 32),
      expiryS: NOW_S + 1n,
    })
  }
  let cumLockedGrains = 0n
  const records: QueuedRecord[] = [50n, 90n, 165n, 210n].map((blockNumber) => {
    cumLockedGrains += 310_000n
    return { record: record({ blockNumber }), cumLockedGrains }
  })
  const placed = foldRecords({ index: 0, previousLink: genesis, previousCumGrains: 0n }, records)
  model.setQueue(contract, {
    submitted: 4,
    committed: 2,
    cumLocked: cumLockedGrains,
    cumCommitted: 620_000n,
    drawEpoch: 3,
  })
  model.setLink(contract, 3, placed[3]!.taskId)
  const drawn = readProven(drawClaim({ seed: seedOf(`seed ${EPOCH}`), contract, epoch: EPOCH, treeDepth: 1 }), model)
  const wanted: KeyRequest["wanted"] = [
    { purpose: KEY_PURPOSE.io, epoch: 3 },
    { purpose: KEY_PURPOSE.io, epoch: 6 },
    { purpose: KEY_PURPOSE.state, epoch: 6 },
    { purpose: KEY_PURPOSE.state, epoch: 3 },
  ]
  const request: KeyRequest = { version: 1, workerId: drawn, contract, epoch: EPOCH, wanted }
  const bundle = { request, records: records.slice(2), previousLink: placed[1]!.taskId }
  return { model, drawn, bundle, records, placed }
}

const grant = (model: EnigmaModel, bundle: Parameters<typeof keyRequestClaim>[1], nowS = NOW_S) =>
  readProven(keyRequestClaim(config, bundle, nowS), model)

describe("key request", () => {
  it("is granted to the drawn, attested worker, with messages built from proven fields", () => {
    const { model, bundle, drawn } = world()
    const { encryptionKey, messages } = grant(model, bundle)
    assert.deepEqual(encryptionKey, fill(0xe0 + drawn, 32))
    const message = (purpose: "io" | "state", epoch: number) =>
      prfMessage(purpose, domain.chainId, domain.enigma, contract, epoch)
    assert.deepEqual(messages, [message("io", 3), message("io", 6), message("state", 6), message("state", 3)])
  })

  it("tells a host which slots to prove: those and no others suffice", async () => {
    const { model, bundle } = world()
    const { slots, value } = await readFetched(keyRequestClaim(config, bundle, NOW_S), async (asked) =>
      asked.map((slot) => model.word(slot)),
    )
    const proven = {
      word: (slot: bigint) => (slots.includes(slot) ? model.word(slot) : assert.fail("slot outside the proof")),
    }
    assert.deepEqual(readProven(keyRequestClaim(config, bundle, NOW_S), proven), value)
  })

  it("is refused for every key that is not due", () => {
    const { model, bundle } = world()
    const wants = (purpose: 1 | 2, epoch: number) => ({
      ...bundle,
      request: { ...bundle.request, wanted: [{ purpose, epoch }] },
    })
    for (const epoch of [3, 4, 5, 6]) assert.equal(grant(model, wants(1, epoch)).messages.length, 1)
    for (const epoch of [0, 1, 2, 7, 4_294_967_295]) refuses("KEY_NOT_DUE", () => grant(model, wants(1, epoch)))
    for (const epoch of [3, 6]) assert.equal(grant(model, wants(2, epoch)).messages.length, 1)
    for (const epoch of [0, 2, 4, 5, 7]) refuses("KEY_NOT_DUE", () => grant(model, wants(2, epoch)))
    const mixed = {
      ...bundle,
      request: { ...bundle.request, wanted: [...bundle.request.wanted, { purpose: 1 as const, epoch: 2 }] },
    }
    refuses("KEY_NOT_DUE", () => grant(model, mixed))
  })

  it("without waiting records reaches back to one epoch before the present one only", () => {
    const { model, bundle } = world()
    const idle = { ...bundle, records: [] }
    const wants = (epoch: number) => ({
      ...idle,
      request: { ...bundle.request, wanted: [{ purpose: KEY_PURPOSE.io, epoch }] },
    })
    assert.equal(grant(model, wants(5)).messages.length, 1)
    assert.equal(grant(model, wants(6)).messages.length, 1)
    refuses("KEY_NOT_DUE", () => grant(model, wants(4)))
  })

  it("can't reach back by records that are not those of the queue", () => {
    const { model, bundle, records, placed } = world()
    const older = bundle.records.map((entry, i) =>
      i === 0 ? { ...entry, record: { ...entry.record, blockNumber: 50n } } : entry,
    )
    refuses("LINK_MISMATCH", () => grant(model, { ...bundle, records: older }))
    refuses("RECORD", () => grant(model, { ...bundle, records, previousLink: genesis }))
    refuses("LINK_MISMATCH", () => grant(model, { ...bundle, previousLink: placed[0]!.taskId }))
  })

  it("is refused to everyone else", () => {
    const { drawn } = world()
    const cases: readonly [VerifyCode, (w: ReturnType<typeof world>) => void][] = [
      ["NOT_DRAWN", (w) => Object.assign(w.bundle.request, { workerId: (drawn % 3) + 1 })],
      ["NOT_DRAWN", (w) => Object.assign(w.bundle.request, { workerId: 0 })],
      ["WRONG_EPOCH", (w) => Object.assign(w.bundle.request, { epoch: 5 })],
      ["WRONG_EPOCH", (w) => Object.assign(w.bundle.request, { epoch: 7 })],
      ["WORKER_BANNED", (w) => w.model.setWorker(drawn, { ...someone, status: WORKER_STATUS.Banned })],
      ["NOT_REGISTERED", (w) => w.model.setWorker(drawn, { ...someone, status: WORKER_STATUS.None })],
      ["ATTESTATION_EXPIRED", (w) => w.model.setWorker(drawn, { ...someone, expiryS: NOW_S })],
      ["EPOCH_GONE", (w) => w.model.setEpochs(EPOCH, [[EPOCH + 64, 1n]])],
    ]
    const someone = { signer: address(9), operator: address(8), encryptionKey: fill(7, 32), expiryS: NOW_S + 1n }
    for (const [code, spoil] of cases) {
      const w = world()
      spoil(w)
      refuses(code, () => grant(w.model, w.bundle))
    }
  })

  it("before the first epoch finds nobody drawn", () => {
    const { bundle } = world()
    refuses("EPOCH_GONE", () => grant(new EnigmaModel(), { ...bundle, request: { ...bundle.request, epoch: 0 } }))
  })
})

describe("assignment", () => {
  it("names the drawn worker; jailed and logged-out ones finish their epoch", () => {
    const { model, drawn } = world()
    const someone = { signer: address(9), operator: address(8), encryptionKey: fill(7, 32), expiryS: NOW_S + 1n }
    for (const status of [WORKER_STATUS.Registered, WORKER_STATUS.LoggedIn, WORKER_STATUS.Jailed]) {
      model.setWorker(drawn, { ...someone, status })
      const { worker, state, seed } = readProven(assignmentClaim(contract, NOW_S), model)
      assert.equal(worker.workerId, drawn)
      assert.deepEqual(worker.signer, address(9))
      assert.equal(state.epoch, EPOCH)
      assert.deepEqual(seed, seedOf(`seed ${EPOCH}`))
    }
  })
})
