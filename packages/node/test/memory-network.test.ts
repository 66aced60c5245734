import assert from "node:assert/strict"
import { afterEach, describe, it } from "node:test"
import { silentLogger } from "../src/log.ts"
import type { RunningHost } from "../src/p2p/host.ts"
import { createMemoryNetwork, type LinkConditions, memoryAddress } from "../src/p2p/memory-network.ts"
import { createMemoryDoors } from "../src/rpc/memory-doors.ts"
import type { RpcServerOptions } from "../src/rpc/server.ts"
import { startPeer, until } from "./support/peers.ts"

describe("network in memory", () => {
  const running: RunningHost[] = []
  afterEach(async () => {
    for (const host of running.splice(0)) await host.stop()
  })

  async function pair(conditions: Partial<LinkConditions> = {}) {
    const network = createMemoryNetwork({ reaches: () => true, transit: () => undefined, ...conditions })
    const start = async (name: string, bootstrap: readonly string[] = []) => {
      const transports = [network.transport(name)]
      const peer = await startPeer(name, { listen: [memoryAddress(name)], bootstrap, transports, quiet: true })
      running.push(peer)
      return peer.host
    }
    const a = await start("a")
    const b = await start("b", a.getMultiaddrs().map(String))
    return { network, a, b }
  }

  it("connects a node with its bootstrap peers, encrypted as on any transport", async () => {
    const { a, b } = await pair()
    await until("a connection", () => a.getConnections(b.peerId).length > 0)
    assert.equal(a.getConnections(b.peerId)[0]?.encryption, "/noise")
  })

  it("carries gossip", async () => {
    const { a, b } = await pair()
    const heard = Promise.withResolvers<Uint8Array>()
    b.services.pubsub.addEventListener("message", ({ detail }) => heard.resolve(detail.data))
    b.services.pubsub.subscribe("topic")
    await until("a subscription", () => a.services.pubsub.getSubscribers("topic").length > 0)
    await a.services.pubsub.publish("topic", Uint8Array.of(7))
    assert.deepEqual(await heard.promise, Uint8Array.of(7))
  })

  it("lets nobody through that can't be reached, and ends what was there", async () => {
    let isCut = false
    const { network, a, b } = await pair({ reaches: () => !isCut })
    await until("a connection", () => a.getPeers().length > 0)
    isCut = true
    network.cut()
    await until("the end of it", () => a.getPeers().length === 0 && b.getPeers().length === 0)
    await assert.rejects(b.dial(a.getMultiaddrs()))
    isCut = false
    await b.dial(a.getMultiaddrs())
  })

  it("delivers nothing before its time, and in order", async () => {
    const transit = Promise.withResolvers<void>()
    const { a, b } = await pair({ transit: () => transit.promise })
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(a.getPeers().length, 0)
    transit.resolve()
    await until("a connection", () => a.getConnections(b.peerId).length > 0)
  })
})

describe("doors in memory", () => {
  const options = { methods: new Map(), log: silentLogger, onCall() {} } as unknown as RpcServerOptions
  const call = (fetch: typeof globalThis.fetch, url: string) =>
    fetch(url, { method: "POST", body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "nothing", params: [] }) })

  it("answers as the gateway's methods do", async () => {
    const doors = createMemoryDoors()
    await doors.door("worker-1")(options)
    const answer = (await (await call(doors.fetch, doors.urlOf("worker-1"))).json()) as { error: { code: number } }
    assert.equal(answer.error.code, -32_601)
  })

  it("refuses a connection where nothing listens, or no more", async () => {
    const doors = createMemoryDoors()
    await assert.rejects(call(doors.fetch, doors.urlOf("worker-1")), TypeError)
    const { stop } = await doors.door("worker-1")(options)
    await stop()
    await assert.rejects(call(doors.fetch, doors.urlOf("worker-1")), TypeError)
    await doors.door("worker-1")(options)
    doors.close("worker-1")
    await assert.rejects(call(doors.fetch, doors.urlOf("worker-1")), TypeError)
  })
})
