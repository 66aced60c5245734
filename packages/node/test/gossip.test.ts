import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import {
  encode,
  GossipCodec,
  type GossipMessage,
  MAX_CALLBACK_DATA_BYTES,
  MAX_CALLBACKS,
  MAX_DELTA_BYTES,
  MAX_ENVELOPE_BYTES,
  MAX_GOSSIP_BYTES,
  MAX_QUEUE_LENGTH,
  MAX_SEALED_OUTPUT_BYTES,
  RECEIPT_STATUS,
} from "@enigma-discovery/protocol"
import { silentLogger } from "../src/log.ts"
import { createGossip, GOSSIP_QUOTA, type Gossip, type Verdict } from "../src/p2p/gossip.ts"
import type { RunningHost } from "../src/p2p/host.ts"
import { connect, startPeer, until } from "./support/peers.ts"

const TOPIC = "/enigma/1/31337/0x11/0x22"
const message = (n: number, sizeBytes = 8): GossipMessage => {
  const envelope = new Uint8Array(sizeBytes)
  envelope[0] = n
  return { type: "envelope", body: { contract: new Uint8Array(20), sender: new Uint8Array(20), envelope } }
}
const numberOf = (m: GossipMessage): number => (m.type === "envelope" ? (m.body.envelope[0] ?? -1) : -1)

/** A - B - C on a line: what B does not accept, C must never see. */
describe("gossip", () => {
  const names = ["a", "b", "c"] as const
  const hosts: Record<string, RunningHost> = {}
  const gossip: Record<string, Gossip> = {}
  const seen: Record<string, number[]> = { a: [], b: [], c: [] }
  let verdict: (n: number) => Verdict | Promise<Verdict> = () => "accept"
  const time = { now: 0 }

  before(async () => {
    for (const name of names) {
      const peer = await startPeer(`gossip ${name}`)
      hosts[name] = peer
      gossip[name] = createGossip({ ...peer, now: () => time.now, log: silentLogger })
      gossip[name].subscribe(TOPIC, (m) => {
        seen[name]!.push(numberOf(m))
        return name === "b" ? verdict(numberOf(m)) : "accept"
      })
    }
    await connect(hosts.a!.host, hosts.b!.host)
    await connect(hosts.b!.host, hosts.c!.host)
    await until("subscriptions", () => {
      const of = (name: string) => hosts[name]!.host.services.pubsub.getSubscribers(TOPIC).length
      return of("a") === 1 && of("b") === 2 && of("c") === 1
    })
    // The mesh has formed when a message goes all the way.
    let n = 200
    await until("the mesh", async () => {
      await gossip.a!.publish(TOPIC, message(n++))
      await new Promise((resolve) => setTimeout(resolve, 50))
      return seen.c!.length > 0
    })
  })
  after(async () => {
    for (const name of names) gossip[name]?.stop()
    await Promise.all(names.map((name) => hosts[name]?.stop()))
  })

  it("relays what is accepted, and neither what is ignored nor what is rejected", async () => {
    verdict = (n) => (n === 1 ? "ignore" : n === 2 ? "reject" : "accept")
    const before = hosts.b!.reputation.score(hosts.a!.host.peerId.toString())
    for (const n of [1, 2, 3]) await gossip.a!.publish(TOPIC, message(n))
    await until("the accepted message", () => seen.c!.includes(3))
    assert.ok(seen.b!.includes(1) && seen.b!.includes(2))
    assert.ok(!seen.c!.includes(1) && !seen.c!.includes(2))
    assert.ok(hosts.b!.reputation.score(hosts.a!.host.peerId.toString()) < before)
  })

  it("never shows a validator what does not decode, and its sender pays", async () => {
    const before = hosts.b!.reputation.score(hosts.a!.host.peerId.toString())
    const shown = seen.b!.length
    await hosts.a!.host.services.pubsub.publish(TOPIC, Uint8Array.of(1, 9, 9, 9))
    await until("the penalty", () => hosts.b!.reputation.score(hosts.a!.host.peerId.toString()) < before)
    assert.equal(seen.b!.length, shown)
  })

  it("carries the largest message of every kind: others would cut the stream of who sends more", async () => {
    for (const largest of [largestBatch(), largestResult()])
      assert.ok(encode(GossipCodec, { version: 1, message: largest }).length <= MAX_GOSSIP_BYTES)
    await gossip.a!.publish(TOPIC, message(4, MAX_ENVELOPE_BYTES))
    await until("the largest envelope", () => seen.c!.includes(4))
  })

  it("goes on with others when a validator fails", async () => {
    verdict = (n) => {
      if (n === 5) throw new Error("fails")
      return "accept"
    }
    await gossip.a!.publish(TOPIC, message(5))
    await gossip.a!.publish(TOPIC, message(6))
    await until("the next message", () => seen.c!.includes(6))
    assert.ok(!seen.c!.includes(5))
  })

  it("stops listening to a peer that floods", async () => {
    verdict = () => "accept"
    const shown = seen.b!.length
    const flood = GOSSIP_QUOTA.count + 50
    for (let i = 0; i < flood; i++) await gossip.a!.publish(TOPIC, message(7, 8 + i))
    await until("the flood", () => hosts.b!.reputation.score(hosts.a!.host.peerId.toString()) < -50)
    assert.ok(seen.b!.length - shown <= GOSSIP_QUOTA.count)
  })
})

const hash = new Uint8Array(32)
const address = new Uint8Array(20)
const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item)

function largestBatch(): GossipMessage {
  const batch = {
    contract: address,
    epoch: 1,
    fromIndex: 0,
    toIndex: 1,
    link: hash,
    cumLockedGrains: 0n,
    previousHead: hash,
    newHead: hash,
    fallbackHead: hash,
    receiptsRoot: hash,
    feeGrains: 0n,
    forfeitedGrains: 0n,
    refunds: many(MAX_QUEUE_LENGTH, { user: address, amountGrains: 0n }),
    payouts: many(MAX_QUEUE_LENGTH, { token: address, to: address, amount: 0n, fallbackTo: address }),
    missing: many(MAX_QUEUE_LENGTH, 0),
    callbacks: many(MAX_CALLBACKS, { target: address, gasLimit: 0n, data: new Uint8Array(MAX_CALLBACK_DATA_BYTES) }),
    validUntilBlock: 0n,
  }
  return { type: "batch", body: { batch, signature: new Uint8Array(65) } }
}

function largestResult(): GossipMessage {
  const receipt = {
    index: 0,
    taskId: hash,
    status: RECEIPT_STATUS.Success,
    gasClass: 0n,
    feeGrains: 0n,
    outputHash: hash,
    fallbackOutputHash: hash,
    headAfter: hash,
  }
  const delta = new Uint8Array(MAX_DELTA_BYTES)
  const output = new Uint8Array(MAX_SEALED_OUTPUT_BYTES)
  const signature = new Uint8Array(65)
  return {
    type: "result",
    body: {
      ...{ contract: address, epoch: 1, workerId: 1, receipt, previousHead: hash, signature, delta, output },
      ...{ proof: [], checkpointHashes: [] },
    },
  }
}
