import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { signDigest } from "@enigma-discovery/crypto"
import { ChainProofCodec, decode, encode, KEY_PURPOSE, MAX_PIPE_FRAME_BYTES } from "@enigma-discovery/protocol"
import {
  assignmentClaim,
  foldRecords,
  genesisLink,
  hostTrust,
  keyRequestClaim,
  openChainProof,
  parseBlockHeader,
  queueClaim,
  readFetched,
  readProven,
  SLOT,
  verifyErrors,
  witnessDigest,
  witnessTrust,
} from "../src/index.ts"
import { refuses } from "./support/checks.ts"
import { EnigmaModel, seedOf } from "./support/enigma-model.ts"
import { address, config, contract, domain, enigma, fill, record, witnesses } from "./support/fixtures.ts"
import { type LocalChain, startLocalChain } from "./support/local-chain.ts"

const EXPIRY_S = 4_000_000_000n
const genesis = genesisLink(domain.chainId, domain.enigma, contract)
const trust = witnessTrust(config)

/** Twelve workers, epoch 3 in force, one record waiting: the words a real Enigma would hold. */
function state() {
  const model = new EnigmaModel()
  model.setWeights(Array.from({ length: 12 }, (_, i) => ({ epoch: 0, workerId: i + 1, weight: BigInt(10 + i) })))
  model.setEpochs(3, [
    [1, 40n, seedOf("1")],
    [2, 80n, seedOf("2")],
    [3, 120n, seedOf("3")],
  ])
  for (let id = 1; id <= 12; id++) {
    model.setWorker(id, {
      signer: address(id),
      operator: address(0x50 + id),
      encryptionKey: fill(0xe0 + id, 32),
      expiryS: EXPIRY_S,
    })
  }
  const records = [{ record: record({ blockNumber: 90n }), cumLockedGrains: 310_000n }]
  const [first] = foldRecords({ index: 0, previousLink: genesis, previousCumGrains: 0n }, records)
  model.setQueue(contract, { submitted: 1, committed: 0, cumLocked: 310_000n, cumCommitted: 0n })
  model.setLink(contract, 0, first!.taskId)
  return { model, records }
}

describe("chain view", () => {
  let chain: LocalChain
  const { model, records } = state()
  before(async () => {
    chain = await startLocalChain()
    await chain.setWords(enigma, model.words)
    await chain.request("hardhat_setNonce", "0x00000000000000000000000000000000000000e1", "0x1")
    await chain.mine()
  })
  after(() => chain.close())

  const prove = async (slots: readonly bigint[], signers = witnesses.slice(0, 2), confirmations = 2) => {
    const { header, nodes } = await chain.prove(enigma, slots)
    const digest = witnessDigest(config.chainId, parseBlockHeader(header), confirmations)
    return { header, nodes, confirmations, signatures: signers.map(({ key }) => signDigest(digest, key)) }
  }

  it("a host reads a claim by RPC, proves its slots, and an enclave reads the same from the proof", async () => {
    const claim = () => assignmentClaim(contract, 1_700_000_000n)
    const fetched = await readFetched(claim(), (slots) => chain.words(enigma, slots))
    const sent = encode(ChainProofCodec, await prove(fetched.slots))
    const view = openChainProof(decode(ChainProofCodec, sent, MAX_PIPE_FRAME_BYTES), enigma, trust)
    assert.deepEqual(readProven(claim(), view), fetched.value)
    assert.equal(view.confirmations, 2)
    assert.equal(view.header.number, BigInt((await chain.block("latest")).number as string))
  })

  it("carries a whole key request", async () => {
    const { worker } = readProven(assignmentClaim(contract, 0n), model)
    const wanted = [
      { purpose: KEY_PURPOSE.io, epoch: 1 },
      { purpose: KEY_PURPOSE.state, epoch: 3 },
    ] as const
    const request = { version: 1, workerId: worker.workerId, contract, epoch: 3, wanted }
    const bundle = { request, records, previousLink: genesis }
    const now = 1_700_000_000n
    const { slots } = await readFetched(keyRequestClaim(config, bundle, now), (asked) => chain.words(enigma, asked))
    const view = openChainProof(await prove(slots), enigma, trust)
    const granted = readProven(keyRequestClaim(config, bundle, now), view)
    assert.deepEqual(granted.encryptionKey, worker.encryptionKey)
    assert.equal(granted.messages.length, 2)
    refuses("ATTESTATION_EXPIRED", () => readProven(keyRequestClaim(config, bundle, EXPIRY_S), view))
    // A proof that leaves out a slot is no proof of zero.
    const partial = openChainProof(await prove(slots.filter((slot) => slot !== SLOT.link(contract, 0))), enigma, trust)
    assert.throws(
      () => readProven(keyRequestClaim(config, bundle, now), partial),
      (e) => verifyErrors.is(e),
    )
  })

  it("proves every word of the model, and zero elsewhere", async () => {
    const slots = [...model.words.keys(), SLOT.queueCounters(address(0x99)), SLOT.worker(40)[0]]
    const view = openChainProof(await prove(slots), enigma, hostTrust)
    for (const slot of slots) assert.equal(view.word(slot), model.word(slot))
    assert.equal(
      readProven(
        queueClaim(address(0x99)),
        openChainProof(await prove([SLOT.queueCounters(address(0x99)), SLOT.queueHead(address(0x99))]), enigma, trust),
      ).submitted,
      0,
    )
  })

  it("refuses unsigned, half-signed and altered headers, forged nodes, and another address", async () => {
    const proof = await prove([SLOT.epochState()])
    refuses("HEADER_UNTRUSTED", () => openChainProof({ ...proof, signatures: [] }, enigma, trust))
    refuses("HEADER_UNTRUSTED", () =>
      openChainProof({ ...proof, signatures: proof.signatures.slice(1) }, enigma, trust),
    )
    refuses("HEADER_UNTRUSTED", () => openChainProof({ ...proof, confirmations: 3 }, enigma, trust))
    const at = proof.header.length - 100
    const altered = proof.header.map((b, i) => (i === at ? b ^ 1 : b))
    refuses("HEADER_UNTRUSTED", () => openChainProof({ ...proof, header: altered }, enigma, trust))
    refuses("NO_ACCOUNT", () => openChainProof({ ...proof, nodes: [...proof.nodes, ...proofOfNobody] }, nobody, trust))
    refuses("PROOF_INCOMPLETE", () => openChainProof({ ...proof, nodes: [] }, enigma, trust))
    refuses("PROOF_INCOMPLETE", () =>
      openChainProof(
        { ...proof, nodes: proof.nodes.map((node) => node.map((b, i) => (i === 9 ? b ^ 1 : b))) },
        enigma,
        trust,
      ),
    )
  })

  it("shows each block as it was: an older proof stays old", async () => {
    const old = await prove([SLOT.epochState()])
    await chain.setWords(enigma, new Map([[SLOT.epochState(), 9n]]))
    await chain.mine()
    const fresh = await prove([SLOT.epochState()])
    const views = [old, fresh].map((proof) => openChainProof(proof, enigma, trust))
    assert.equal(views[0]!.word(SLOT.epochState()), model.word(SLOT.epochState()))
    assert.equal(views[1]!.word(SLOT.epochState()), 9n)
    assert.ok(views[1]!.header.number > views[0]!.header.number)
    await chain.setWords(enigma, new Map([[SLOT.epochState(), model.word(SLOT.epochState())]]))
    await chain.mine()
  })

  const nobody = address(0x77)
  let proofOfNobody: readonly Uint8Array[] = []
  before(async () => {
    proofOfNobody = (await chain.prove(nobody, [])).nodes
  })
})
