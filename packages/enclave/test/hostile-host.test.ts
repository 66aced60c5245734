import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { addressOfSigningKey } from "@enigma-discovery/crypto"
import { utf8Bytes, WORKER_STATUS } from "@enigma-discovery/protocol"
import { namedKey } from "./support/fake-chain.ts"
import { addressOf } from "./support/names.ts"
import { lab, TestNetwork } from "./support/network.ts"
import { Reader } from "./support/reader.ts"
import { refuses } from "./support/refuses.ts"

/** A host that lies about the chain. */
describe("a host", () => {
  it("can't bring a header that too few pinned witnesses signed", async () => {
    const keys = ["witness 1", "witness 2", "witness 3"].map(namedKey)
    const config = { witnesses: keys.map(addressOfSigningKey), witnessThreshold: 2 }
    const network = await TestNetwork.start({ config })
    const { chain } = network.enigma
    for (const witnesses of [[], [keys[0]!], [keys[0]!, keys[0]!], [keys[0]!, namedKey("stranger")]]) {
      await refuses("VERIFY_HEADER_UNTRUSTED", () => network.advance(1, chain.proof({ witnesses })))
    }
    const { blockNumber } = await network.advance(1, chain.proof({ witnesses: [keys[2]!, keys[0]!] }))
    assert.equal(blockNumber, chain.number)
    await network.stop()
  })

  it("can't claim more confirmations than the witness saw, nor come with fewer than the depth", async () => {
    const network = await TestNetwork.start()
    const { chain } = network.enigma
    await refuses("VERIFY_HEADER_UNTRUSTED", () =>
      network.advance(1, { ...chain.proof({ confirmations: 1 }), confirmations: 2 }),
    )
    await refuses("ENCLAVE_HEADER_SHALLOW", () => network.advance(1, chain.proof({ confirmations: 1 })))
    await network.stop()
  })

  it("can't go back to an older block, also not a deeper one", async () => {
    const network = await TestNetwork.start()
    const { chain } = network.enigma
    chain.mine(3)
    await network.advance(1)
    for (const confirmations of [2, 9]) {
      await refuses("ENCLAVE_HEADER_OLDER", () =>
        network.advance(1, chain.proof({ number: chain.number - 1n, confirmations })),
      )
    }
    await network.advance(1)
    await network.stop()
  })

  it("can't show a second block at the same height", async () => {
    const network = await TestNetwork.start()
    const { chain } = network.enigma
    chain.mine()
    await network.advance(1)
    chain.reorg(1)
    chain.mine()
    await refuses("ENCLAVE_HEADER_FORKED", () => network.advance(1))
    chain.mine()
    await network.advance(1)
    await network.stop()
  })

  it("can't leave out, swap or alter a node of the proof", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    network.record({ calldata: lab.count() })
    const proof = network.enigma.chain.proof()
    let before = await network.worker(1).queue(network.contract)
    let refused = 0
    for (const [i, node] of proof.nodes.entries()) {
      const without = { ...proof, nodes: proof.nodes.filter((_, j) => j !== i) }
      const altered = {
        ...proof,
        nodes: proof.nodes.map((n, j) => (i === j ? node.map((b, k) => (k === 5 ? b ^ 1 : b)) : n)),
      }
      for (const forged of [without, altered]) {
        const outcome = await network.advance(1, forged).then(
          (status) => status,
          (error: Error) => error,
        )
        if (outcome instanceof Error) {
          assert.equal(outcome.name, "VERIFY_PROOF_INCOMPLETE")
          assert.deepEqual(await network.worker(1).queue(network.contract), before, "all or nothing")
          refused++
        } else before = await network.worker(1).queue(network.contract) // a node nobody walks over
      }
    }
    assert.ok(refused > 20, `${refused} forgeries hit a path`)
    await network.stop()
  })

  it("can't use a proof of another chain or another contract's storage", async () => {
    const network = await TestNetwork.start()
    const other = await TestNetwork.start({ config: { chainId: 5n } })
    // The same storage, signed for another chain.
    await refuses("VERIFY_HEADER_UNTRUSTED", () => other.advance(1, network.enigma.chain.proof()))
    await Promise.all([network.stop(), other.stop()])
  })

  it("can't invent, alter, reorder or skip records", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const tasks = network.record(
      { calldata: lab.count() },
      { by: "bob", calldata: lab.count() },
      { calldata: lab.count() },
    )
    await network.advance(1)
    const queued = tasks.map((task) => task.queued)
    const link = network.enigma.linkBefore(network.contract, 1)
    const prove = (records: typeof queued, previous = link) =>
      network.worker(1).proveRecords(network.contract, previous, records)
    const byAlice = { ...queued[1]!, record: { ...queued[1]!.record, sender: addressOf("alice") } }
    const cheaper = { ...queued[1]!, cumLockedGrains: queued[1]!.cumLockedGrains - 1n }
    for (const forged of [
      [queued[0]!, byAlice, queued[2]!],
      [queued[0]!, cheaper, queued[2]!],
      [queued[1]!, queued[0]!, queued[2]!],
      [queued[0]!, queued[2]!],
      [queued[1]!, queued[2]!],
      [...queued, queued[2]!],
      queued.slice(0, 2),
    ]) {
      await refuses("ENCLAVE_QUEUE_NOT_PROVEN", () => prove(forged))
      assert.equal((await network.worker(1).queue(network.contract)).proven, 0)
    }
    await refuses("ENCLAVE_QUEUE_NOT_PROVEN", () => prove(queued, network.enigma.linkBefore(network.contract, 0)))
    const execute = (task: { queued: (typeof queued)[0]; envelope: Uint8Array | undefined }) =>
      network.worker(1).execute(network.contract, [task])
    await refuses("ENCLAVE_QUEUE_NOT_PROVEN", () => execute(tasks[0]!))
    assert.equal((await prove(queued)).proven, 3)
    await refuses("ENCLAVE_WRONG_RECORD", () => execute(tasks[1]!))
    await refuses("ENCLAVE_WRONG_RECORD", () => execute({ queued: byAlice, envelope: tasks[1]!.envelope }))
    await refuses("ENCLAVE_ENVELOPE_MISMATCH", () => execute({ queued: queued[0]!, envelope: tasks[1]!.envelope }))
    assert.equal((await execute(tasks[0]!))[0]!.receipt.status, 1)
    await network.stop()
  })

  it("can't have a task executed twice, or out of order", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const tasks = network.record({ calldata: lab.count() }, { calldata: lab.count() })
    await network.execute(1, tasks.slice(0, 1))
    const inputs = tasks.map(({ queued, envelope }) => ({ queued, envelope }))
    await refuses("ENCLAVE_WRONG_RECORD", () => network.worker(1).execute(network.contract, inputs))
    await network.worker(1).execute(network.contract, inputs.slice(1))
    await network.commit(1)
    await refuses("ENCLAVE_QUEUE_NOT_PROVEN", () => network.worker(1).execute(network.contract, inputs.slice(1)))
    await network.stop()
  })

  it("can't run code that is not in the contract's address", async () => {
    const network = await TestNetwork.ready()
    const load = (origin: Partial<typeof network.origin>, code = network.code) =>
      network.worker(2).loadCode(network.contract, { ...network.origin, ...origin }, code)
    await network.advance(2)
    const other = network.code.map((b, i) => (i === network.code.length - 1 ? b ^ 1 : b))
    await refuses("ENCLAVE_CODE_MISMATCH", () => load({}, other))
    for (const forged of [
      { deployer: addressOf("mallory") },
      { codeHash: new Uint8Array(32) },
      { userSalt: new Uint8Array(32) },
      { accountImplementation: addressOf("mallory") },
    ])
      await refuses("ENCLAVE_CODE_MISMATCH", () => load(forged))
    await load({})
    await network.stop()
  })

  it("can't act for a worker whose registration names another enclave, or who is banned", async () => {
    const network = await TestNetwork.ready()
    const clone = await network.backend.worker()
    await clone.configure(network.config)
    await clone.advance(network.enigma.chain.proof(), 1, [network.contract], [2])
    assert.equal((await clone.queue(network.contract)).drawn, false)
    await refuses("ENCLAVE_NOT_THIS_WORKER", () => clone.keyRequest(network.contract))
    network.enigma.register(1, network.identities.get(1)!, 10n, WORKER_STATUS.Banned)
    network.enigma.chain.mine()
    await network.advance(1)
    await refuses("ENCLAVE_NOT_DRAWN", () => network.worker(1).keyStatement(network.contract))
    await clone.stop()
    await network.stop()
  })

  it("can't keep the enclave on an old view once the key managers know a newer block", async () => {
    const network = await TestNetwork.ready()
    network.openEpoch(2)
    const old = network.enigma.chain.proof()
    await network.advance(2, old)
    const request = (await network.worker(2).keyRequest(network.contract))!
    network.enigma.chain.mine(3)
    await network.manager.advance(network.enigma.chain.proof())
    const { answer } = await keysOf(network, request)
    await network.worker(2).keyAnswers(network.contract, [answer])
    await refuses("ENCLAVE_VIEW_STALE", () => network.worker(2).keyStatement(network.contract))
    await refuses("ENCLAVE_HEADER_OLDER", () =>
      network.advance(2, network.enigma.chain.proof({ number: network.enigma.chain.number - 1n })),
    )
    await network.advance(2)
    await network.worker(2).keyStatement(network.contract)
    await network.stop()
  })

  it("gets an error, and the enclave lives on, for a contract never shown and before there is a view", async () => {
    const network = await TestNetwork.start()
    const stranger = addressOf("stranger")
    await refuses("ENCLAVE_NO_VIEW", () => network.worker(1).queue(stranger))
    await network.advance(1)
    await refuses("ENCLAVE_UNKNOWN_CONTRACT", () => network.worker(1).queue(stranger))
    await refuses("ENCLAVE_ALREADY_CONFIGURED", () => network.worker(1).configure(network.config))
    const fresh = await network.backend.worker()
    await refuses("ENCLAVE_NOT_CONFIGURED", () => fresh.quote(new Uint8Array(20)))
    for (const config of [
      { expiryBlocks: 10 },
      { expiryBlocks: 100_000 },
      { witnessThreshold: 0 },
      { contractKey: new Uint8Array(256) },
    ])
      await refuses("ENCLAVE_BAD_CONFIG", () => fresh.configure({ ...network.config, ...config }))
    await fresh.configure(network.config)
    await fresh.stop()
    await network.stop()
  })

  it("that re-orgs below the depth voids what was executed, and no more", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const { chain } = network.enigma
    const [task] = network.record({ calldata: lab.count() })
    await network.execute(1, [task!])
    const other = network.user("bob").seal(lab.write("k", "v"), network.ioKey.epoch, network.ioKey.ioPublicKey)
    // The same place in the queue, another record.
    chain.reorg(1)
    const queue = network.enigma.queue(network.contract)
    queue.records.pop()
    queue.links.pop()
    const [replaced] = network.recordSealed([other])
    chain.mine()
    const [result] = await network.execute(1, [replaced!])
    assert.equal(result!.receipt.status, 1)
    assert.equal((await network.worker(1).queue(network.contract)).executed, 1)
    await network.commit(1)
    await network.stop()
  })

  it("that re-orgs below the depth gets no batch and no answer of what never happened, before any record is proven", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const { chain } = network.enigma
    const [task] = network.record({ calldata: lab.write(utf8Bytes("k"), utf8Bytes("never")) })
    await network.execute(1, [task!])
    const prepared = (await network.worker(1).prepareBatch(network.contract))!
    const receipts = await network.receipts(1, prepared)
    const other = network.user("bob").seal(lab.count(), network.ioKey.epoch, network.ioKey.ioPublicKey)
    chain.reorg(1)
    const queue = network.enigma.queue(network.contract)
    queue.records.pop()
    queue.links.pop()
    network.recordSealed([other])
    chain.mine()
    await network.advance(1)
    const status = await network.worker(1).queue(network.contract)
    assert.deepEqual([status.proven, status.executed, status.inSync], [0, 0, true])
    await refuses("ENCLAVE_NOTHING_PREPARED", () => network.worker(1).signBatch(network.contract, receipts))
    assert.equal(await network.worker(1).prepareBatch(network.contract), undefined)
    assert.equal((await new Reader(network, "alice").ask(lab.read(utf8Bytes("k")))).data.length, 0)
    await network.stop()
  })

  it("that settles records on chain makes the enclave drop its results for them", async () => {
    const network = await (await TestNetwork.ready()).deployed()
    const tasks = network.record({ calldata: lab.count() }, { calldata: lab.count() })
    await network.execute(1, tasks)
    network.enigma.settle(network.contract, 1)
    await network.advance(1)
    const status = await network.worker(1).queue(network.contract)
    assert.deepEqual([status.committed, status.executed, status.inSync], [2, 0, true])
    const [result] = await network.execute(1, tasks.slice(1))
    assert.equal(tasks[1]!.open(result!.output!, result!.receipt.taskId).data[0], 1)
    await network.stop()
  })
})

async function keysOf(network: TestNetwork, request: Parameters<TestNetwork["manager"]["releaseKeys"]>[0]["request"]) {
  const queue = network.enigma.queue(network.contract)
  const answer = await network.manager.releaseKeys({
    request,
    proof: network.enigma.chain.proof(),
    records: queue.records.slice(queue.committed),
    previousLink: network.enigma.linkBefore(network.contract, queue.committed),
  })
  return { answer }
}
