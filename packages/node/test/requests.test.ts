import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { encode, REQUESTS, RESPONSE_STATUS } from "@enigma-discovery/protocol"
import { lpStream } from "@libp2p/utils"
import { nodeErrors } from "../src/errors.ts"
import { silentLogger } from "../src/log.ts"
import type { RunningHost } from "../src/p2p/host.ts"
import { type Handlers, Refusal, type Requester, startRequester } from "../src/p2p/requests.ts"
import { connect, startPeer } from "./support/peers.ts"

const wide = { count: 1_000, everyMs: 1_000 }
const codeHash = new Uint8Array(32).fill(7)

describe("requests between peers", () => {
  let server: RunningHost
  let client: RunningHost
  let serving: Requester
  let asking: Requester
  let calls = 0
  let now = 0
  let release: (() => void) | undefined
  const handlers: Handlers = {
    code: {
      perPeer: wide,
      total: wide,
      handle: async ({ codeHash: hash }) => {
        calls++
        if (hash[0] === 0) throw new Refusal("unknown")
        if (hash[0] === 1) throw new Error("a secret text")
        return { code: hash }
      },
    },
    envelope: { perPeer: { count: 2, everyMs: 1_000 }, total: wide, handle: async () => ({ envelope: codeHash }) },
    status: {
      perPeer: wide,
      total: wide,
      handle: () =>
        new Promise((_, reject) => {
          release = () => reject(new Error("let go"))
        }),
    },
  }

  before(async () => {
    ;[server, client] = await Promise.all([startPeer("server"), startPeer("client")])
    const common = { now: () => now, log: silentLogger }
    serving = await startRequester({ ...server, ...common, handlers })
    asking = await startRequester({ ...client, ...common, handlers: {} })
    await connect(client.host, server.host)
  })
  after(async () => {
    release?.()
    await Promise.all([serving.stop(), asking.stop()])
    await Promise.all([server.stop(), client.stop()])
  })

  const peer = () => server.host.peerId
  const score = () => server.reputation.score(client.host.peerId.toString())
  const refusedWith = (status: string) => (error: unknown) =>
    nodeErrors.is(error, "PEER_REFUSED") && error.data.status === status

  /** Raw bytes in, raw bytes out. */
  async function raw(id: string, bytes: Uint8Array): Promise<Uint8Array> {
    const stream = await client.host.dialProtocol(peer(), id)
    stream.send(bytes)
    const frames = lpStream(stream)
    const answer = Uint8Array.from((await frames.read({ signal: AbortSignal.timeout(5_000) })).subarray())
    await stream.close()
    return answer
  }
  const frame = (body: Uint8Array, length = body.length) => Uint8Array.of(...varint(length), ...body)

  it("carries a request and its answer", async () => {
    const { code } = await asking.ask(peer(), "code", { codeHash })
    assert.deepEqual(code, codeHash)
  })

  it("answers refusals with their status, and failures without their text", async () => {
    await assert.rejects(asking.ask(peer(), "code", { codeHash: new Uint8Array(32) }), refusedWith("unknown"))
    const answer = await raw(REQUESTS.code.id, frame(new Uint8Array(32).fill(1)))
    assert.deepEqual(answer, Uint8Array.of(RESPONSE_STATUS.internal))
  })

  it("refuses an oversized request before it is read, and its sender pays", async () => {
    const [before, seen] = [score(), calls]
    const answer = await raw(REQUESTS.code.id, frame(new Uint8Array(0), REQUESTS.code.maxRequestBytes + 1))
    assert.deepEqual(answer, Uint8Array.of(RESPONSE_STATUS.invalid))
    assert.equal(calls, seen)
    assert.ok(score() < before)
  })

  it("refuses what does not decode, whatever is wrong with it", async () => {
    const good = encode(REQUESTS.code.request, { codeHash })
    for (const body of [good.slice(0, 31), Uint8Array.of(...good, 0), new Uint8Array(0)]) {
      const [before, seen] = [score(), calls]
      assert.deepEqual(await raw(REQUESTS.code.id, frame(body)), Uint8Array.of(RESPONSE_STATUS.invalid))
      assert.equal(calls, seen)
      assert.ok(score() < before)
    }
  })

  it("lets a peer ask as often as its quota says, then again with time", async () => {
    const ask = () => asking.ask(peer(), "envelope", { inputsHash: codeHash })
    await ask()
    await ask()
    await assert.rejects(ask(), refusedWith("busy"))
    now += 500
    await ask()
    await assert.rejects(ask(), refusedWith("busy"))
  })

  it("does not keep an exchange open for a handler that never ends", async () => {
    const signal = AbortSignal.timeout(50)
    await assert.rejects(asking.ask(peer(), "status", { nonce: 1n }, signal))
    await asking.ask(peer(), "code", { codeHash })
  })

  it("asks nobody who serves no such protocol, and says so", async () => {
    await assert.rejects(asking.ask(peer(), "result", { contract: new Uint8Array(20), index: 0 }), (error) =>
      nodeErrors.is(error, "PEER_UNREACHABLE"),
    )
  })

  it("refuses answers beyond their form, and their sender pays", async () => {
    const bodies = [Uint8Array.of(0, 1, 2, 3), Uint8Array.of(99), new Uint8Array(0), Uint8Array.of(2, 0)]
    await server.host.handle(REQUESTS.result.id, async (stream) => {
      stream.send(frame(bodies.shift()!))
      await stream.close()
    })
    const before = client.reputation.score(peer().toString())
    for (let left = bodies.length; left > 0; left--)
      await assert.rejects(asking.ask(peer(), "result", { contract: new Uint8Array(20), index: 0 }), (error) =>
        nodeErrors.is(error, "PEER_MISBEHAVED"),
      )
    assert.ok(client.reputation.score(peer().toString()) < before)
    await server.host.unhandle(REQUESTS.result.id)
  })

  it("bans who keeps sending garbage: disconnected and refused", async () => {
    const bad = await startPeer("garbage")
    try {
      const name = bad.host.peerId.toString()
      await connect(bad.host, server.host)
      for (let i = 0; i < 6; i++) server.reputation.report(name, "malformed")
      assert.ok(server.reputation.isBanned(name))
      assert.equal(server.host.getConnections(bad.host.peerId).length, 0)
    } finally {
      await bad.stop()
    }
  })
})

function varint(value: number): number[] {
  const out: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) out.push((rest % 128) | 128)
  return [...out, rest]
}
