import assert from "node:assert/strict"
import { after, before, beforeEach, describe, it } from "node:test"
import { readBlock } from "@enigma-discovery/chain/follow"
import { addressOfSigningKey, signDigest } from "@enigma-discovery/crypto"
import { type HeaderAttestation, headerTopic, type NetworkConfig } from "@enigma-discovery/protocol"
import { parseBlockHeader, witnessDigest } from "@enigma-discovery/verify"
import { createHeaderSource, headerHandler } from "../src/chain/header-exchange.ts"
import { createHeaderFeed, type HeaderFeed } from "../src/chain/header-feed.ts"
import { systemClock } from "../src/deps.ts"
import { silentLogger } from "../src/log.ts"
import type { RunningHost } from "../src/p2p/host.ts"
import { Refusal, type Requester, startRequester } from "../src/p2p/requests.ts"
import { createDirectory, type Directory } from "../src/peers/directory.ts"
import { type LocalChain, startLocalChain } from "./support/local-chain.ts"
import { connect, keyOf, startPeer, until } from "./support/peers.ts"
import { feedOf, localGossip, networkOf } from "./support/trust.ts"

const DEPTH = 2
const BLOCKS = 30
const WITNESSES = ["w1", "w2", "w3"].map(keyOf)
const headers: Uint8Array[] = []

const network = (threshold: number, count = 3): NetworkConfig =>
  networkOf({
    depth: DEPTH,
    witnessThreshold: threshold,
    witnesses: WITNESSES.slice(0, count).map(addressOfSigningKey),
  })
const attest = (block: number, key: Uint8Array, confirmations = DEPTH, chainId = 31_337n): HeaderAttestation => {
  const header = headers[block]!
  return {
    header,
    confirmations,
    signature: signDigest(witnessDigest(chainId, parseBlockHeader(header), confirmations), key),
  }
}
const [W1, W2, W3] = WITNESSES as [Uint8Array, Uint8Array, Uint8Array]

before(async () => {
  const chain: LocalChain = await startLocalChain()
  await chain.mine(BLOCKS)
  for (let i = 0; i <= BLOCKS; i++) headers.push((await readBlock(chain.rpc, i))!.rlp)
  await chain.close()
})

describe("header feed", () => {
  it("trusts a header when enough witnesses signed it, each counted once", () => {
    const feed = feedOf(network(2))
    const heard: number[] = []
    feed.onTrusted(({ number }) => heard.push(number))
    assert.equal(feed.submit(attest(5, W1)), "accept")
    feed.submit(attest(5, W1))
    assert.equal(feed.newest(), undefined)
    assert.equal(feed.submit(attest(5, W2)), "accept")
    assert.equal(feed.newest()?.number, 5)
    assert.equal(feed.newest()?.signatures.length, 2)
    assert.deepEqual(feed.at(5)?.rlp, headers[5])
    assert.deepEqual(heard, [5])
  })

  it("adds up signatures for the same block and the same confirmations only", () => {
    const feed = feedOf(network(2))
    feed.submit(attest(5, W1, DEPTH))
    feed.submit(attest(5, W2, DEPTH + 1))
    feed.submit(attest(6, W3, DEPTH))
    assert.equal(feed.newest(), undefined)
  })

  it("does not take a header above the network's depth for one at it", () => {
    const feed = feedOf(network(1))
    feed.submit(attest(9, W1, 0))
    feed.submit(attest(8, W1, DEPTH - 1))
    assert.equal(feed.newest(), undefined)
    assert.equal(feed.at(9), undefined)
    assert.equal(feed.seen(), 9)
  })

  it("rejects strangers, other chains, changed bytes and what is no header", () => {
    const feed = feedOf(network(1, 2))
    const good = attest(5, W1)
    const changed = { ...good, confirmations: 7 }
    const bytes = { ...good, header: good.header.slice(1) }
    const nothing = { ...good, header: new Uint8Array(0) }
    const unsigned = { ...good, signature: new Uint8Array(65) }
    for (const bad of [attest(5, W3), attest(5, W1, DEPTH, 1n), changed, bytes, nothing, unsigned])
      assert.equal(feed.submit(bad), "reject")
    assert.equal(feed.newest(), undefined)
  })

  it("is heard on the chain's topic, where nothing else belongs", async () => {
    const gossip = localGossip()
    const feed = createHeaderFeed(network(1), gossip)
    const topic = headerTopic(31_337n)
    assert.equal(await gossip.deliver(topic, { type: "header", body: attest(5, W1) }), "accept")
    assert.equal(feed.newest()?.number, 5)
    const envelope = { contract: new Uint8Array(20), sender: new Uint8Array(20), envelope: new Uint8Array(1) }
    assert.equal(await gossip.deliver(topic, { type: "envelope", body: envelope }), "reject")
  })

  it("keeps the newest, whatever the order they come in", () => {
    const feed = feedOf(network(1))
    for (const block of [7, 9, 8]) feed.submit(attest(block, W1))
    assert.equal(feed.newest()?.number, 9)
    assert.equal(feed.at(8)?.number, 8)
  })

  it("is not thrown off by one lying witness of several", () => {
    const feed = feedOf(network(2))
    const far = attest(BLOCKS, W3)
    feed.submit(far)
    feed.submit({ ...attest(BLOCKS, W3, 60_000) })
    for (const key of [W1, W2]) feed.submit(attest(3, key))
    assert.equal(feed.newest()?.number, 3, "the honest ones are heard although one spoke of a far future")
  })
})

describe("headers between peers", () => {
  const peers: RunningHost[] = []
  const requesters: Requester[] = []
  let directory: Directory
  let served: HeaderFeed
  let own: HeaderFeed
  let lie = false
  let clock = 0

  before(async () => {
    const status = {
      perPeer: { count: 100, everyMs: 1_000 },
      total: { count: 100, everyMs: 1_000 },
      handle: async () => ({ worker: undefined, role: "witness", blockNumber: 0n }),
    }
    served = feedOf(network(1))
    const [a, b] = await Promise.all([startPeer("header server"), startPeer("header client")])
    peers.push(a, b)
    const honest = headerHandler(served)
    const handler = {
      ...honest,
      handle: async (...args: Parameters<typeof honest.handle>) => {
        const answer = await honest.handle(...args)
        return lie ? { ...answer, signatures: [signDigest(new Uint8Array(32), W1)] } : answer
      },
    }
    const common = { now: () => clock, log: silentLogger }
    requesters.push(await startRequester({ ...a, ...common, handlers: { header: handler, status } }))
    requesters.push(await startRequester({ ...b, ...common, handlers: { status } }))
    await connect(b.host, a.host)
    directory = createDirectory(b.host, requesters[1]!, systemClock, silentLogger)
    await until("the directory", () => directory.all().length === 1)
  })
  after(async () => {
    await directory.stop()
    await Promise.all(requesters.map((requester) => requester.stop()))
    await Promise.all(peers.map((peer) => peer.stop()))
  })
  beforeEach(() => {
    own = feedOf(network(1))
    lie = false
    clock += 60_000
  })

  const source = () =>
    createHeaderSource({
      headers: own,
      directory,
      requester: requesters[1]!,
      reputation: peers[1]!.reputation,
      log: silentLogger,
    })

  it("are asked for where gossip was missed: one block, or the newest from one on", async () => {
    for (const block of [11, 12, 13]) served.submit(attest(block, W1))
    const at = await source().obtain({ confirmations: DEPTH, blockNumber: 12 })
    assert.deepEqual(at?.rlp, headers[12])
    assert.equal(own.at(12)?.number, 12, "and kept")
    own = feedOf(network(1))
    assert.equal((await source().obtain({ confirmations: DEPTH, minBlock: 12 }))?.number, 13)
  })

  it("are nowhere: unknown, too old, or not deep enough", async () => {
    served.submit(attest(13, W1))
    assert.equal(await source().obtain({ confirmations: DEPTH, blockNumber: 25 }), undefined)
    assert.equal(await source().obtain({ confirmations: DEPTH, minBlock: 14 }), undefined)
    assert.equal(await source().obtain({ confirmations: DEPTH + 1, blockNumber: 13 }), undefined)
    await assert.rejects(
      headerHandler(own).handle(
        { confirmations: 0, minBlock: 0n, blockNumber: undefined },
        { peer: "", signal: new AbortController().signal },
      ),
      (error) => error instanceof Refusal && error.status === "unknown",
    )
  })

  it("are not believed from a peer that lies, and it pays", async () => {
    served.submit(attest(13, W1))
    lie = true
    const before = peers[1]!.reputation.score(peers[0]!.host.peerId.toString())
    assert.equal(await source().obtain({ confirmations: DEPTH }), undefined)
    assert.ok(peers[1]!.reputation.score(peers[0]!.host.peerId.toString()) < before)
  })

  it("are taken from the node itself when it has them", async () => {
    own.submit(attest(20, W1))
    assert.equal((await source().obtain({ confirmations: DEPTH, blockNumber: 20 }))?.number, 20)
  })
})
