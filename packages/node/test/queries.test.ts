/** Private reads through a gateway to the drawn worker's enclave: routes, refusals and bounds. What they hold, only enclaves know. */
import assert from "node:assert/strict"
import { after, before, beforeEach, describe, it } from "node:test"
import type { WorkerEnclave } from "@enigma-discovery/enclave/host"
import {
  decode,
  encode,
  encodeSealedQuery,
  GATEWAY_ERROR,
  GATEWAY_METHODS,
  REQUESTS,
  toHex,
} from "@enigma-discovery/protocol"
import { systemClock } from "../src/deps.ts"
import { nodeErrors } from "../src/errors.ts"
import { silentLogger } from "../src/log.ts"
import type { RunningHost } from "../src/p2p/host.ts"
import { type Requester, startRequester } from "../src/p2p/requests.ts"
import type { KnownPeer } from "../src/peers/directory.ts"
import type { GatewayBackend } from "../src/rpc/backend.ts"
import { dispatch } from "../src/rpc/dispatch.ts"
import { gatewayMethods } from "../src/rpc/methods.ts"
import type { Assignments } from "../src/worker/assignments.ts"
import type { WorkerContext } from "../src/worker/context.ts"
import { workerHandlers } from "../src/worker/handlers.ts"
import type { Lanes } from "../src/worker/lanes.ts"
import { createQueries, type Queries } from "../src/worker/queries.ts"
import { routeQuery } from "../src/worker/query-route.ts"
import { connect, startPeer } from "./support/peers.ts"

const contract = new Uint8Array(20).fill(0xc0)
const bytes = new Uint8Array(32).fill(7)
const query = encodeSealedQuery({ keyEpoch: 1, readerKey: bytes, nonce: bytes, ciphertext: new Uint8Array(272) })
const answer = Uint8Array.of(1, 2, 3)
const named = (name: string) => Object.assign(new Error(name), { name })
const signal = () => AbortSignal.timeout(5_000)

/** A worker's enclave as a function, and lanes that write down what was asked of them. */
function worker(ask: () => Promise<Uint8Array>) {
  const seen: string[] = []
  const enclave = { query: ask } as unknown as WorkerEnclave
  const metrics = { add: (name: string, labels: { outcome: string }) => void seen.push(`${name} ${labels.outcome}`) }
  const lanes = {
    nudge: () => void seen.push("nudge"),
    driver: { renew: async (_: Uint8Array, blocks: number) => void seen.push(`renew ${blocks}`) },
  } as unknown as Lanes
  return {
    seen,
    lanes,
    queries: createQueries({ enclave, metrics, clock: systemClock } as unknown as WorkerContext, lanes),
  }
}

describe("queries handed to the enclave", () => {
  it("find it with a view that is renewed first", async () => {
    const { seen, queries } = worker(async () => answer)
    assert.deepEqual(await queries.answer(contract, query, signal()), answer)
    assert.deepEqual(seen, ["renew 4", "queries answered"])
  })

  it("come one at a time, and not without bound", { timeout: 20_000 }, async () => {
    const open: (() => void)[] = []
    let inside = 0
    const { queries } = worker(async () => {
      assert.equal(++inside, 1)
      await new Promise<void>((resolve) => open.push(resolve))
      inside--
      return answer
    })
    const waiting = Array.from({ length: 32 }, () => queries.answer(contract, query, signal()))
    await assert.rejects(queries.answer(contract, query, signal()), (e) => nodeErrors.is(e, "QUERIES_BUSY"))
    for (let i = 0; i < 32; i++) {
      while (open.length === 0) await new Promise(setImmediate)
      open.pop()!()
    }
    assert.equal((await Promise.all(waiting)).length, 32)
    const again = queries.answer(contract, query, signal())
    while (open.length === 0) await new Promise(setImmediate)
    open.pop()!()
    assert.deepEqual(await again, answer)
  })

  it("that nobody waits for any more are not asked", async () => {
    let asked = 0
    const { queries } = worker(async () => {
      asked++
      return answer
    })
    await assert.rejects(queries.answer(contract, query, AbortSignal.abort(new Error("gone"))), /gone/)
    assert.equal(asked, 0)
  })

  it("tell what mends itself from what does not", async () => {
    for (const [said, code] of [
      ["ENCLAVE_QUERY_REFUSED", "QUERY_REFUSED"],
      ["ENCLAVE_NOT_DRAWN", "NOT_DRAWN"],
      ["ENCLAVE_OUT_OF_SYNC", "QUERY_NOT_READY"],
      ["ENCLAVE_KEYS_MISSING", "QUERY_NOT_READY"],
    ] as const) {
      const { seen, queries } = worker(() => Promise.reject(named(said)))
      await assert.rejects(queries.answer(contract, query, signal()), (e) => nodeErrors.is(e, code))
      assert.deepEqual(seen.slice(1), ["nudge", "queries failed"])
    }
    const { queries } = worker(() => Promise.reject(named("ENCLAVE_INTERNAL")))
    await assert.rejects(queries.answer(contract, query, signal()), { name: "ENCLAVE_INTERNAL" })
  })
})

describe("a query at a gateway", () => {
  let drawn: RunningHost
  let other: RunningHost
  let serving: Requester
  let asking: Requester
  let drawnWorker = 2
  let queries: Queries
  let asked = 0
  let says: () => Promise<Uint8Array>

  before(async () => {
    ;[drawn, other] = await Promise.all([startPeer("drawn"), startPeer("other")])
    const common = { now: () => 0, log: silentLogger }
    const handlers = workerHandlers(() => ({ context: {} as WorkerContext, lanes: {} as Lanes, queries }))
    serving = await startRequester({ ...drawn, ...common, handlers: { query: handlers.query! } })
    asking = await startRequester({ ...other, ...common, handlers: {} })
    await connect(other.host, drawn.host)
  })
  beforeEach(() => {
    drawnWorker = 2
    asked = 0
    says = async () => answer
    queries = {
      answer: (_contract, raw) => {
        asked++
        assert.deepEqual(raw, query)
        return says()
      },
    }
  })
  after(async () => {
    await Promise.all([serving.stop(), asking.stop()])
    await Promise.all([drawn.stop(), other.stop()])
  })

  /** The gateway of worker 1, which knows worker 2 as a peer. */
  async function ask(raw: Uint8Array = query): Promise<{ result?: string; error?: { code: number; message: string } }> {
    const route = routeQuery({
      queries,
      assignments: {
        of: async () => (drawnWorker === 0 ? undefined : { worker: { workerId: drawnWorker } }),
      } as unknown as Assignments,
      context: {
        self: { workerId: 1 },
        requester: asking,
        directory: {
          workers: (id: number) => (id === 2 ? ([{ peer: drawn.host.peerId }] as unknown as KnownPeer[]) : []),
          refresh: async () => {},
        },
      } as unknown as WorkerContext,
    })
    const methods = gatewayMethods({ query: route } as unknown as GatewayBackend)
    const params = [toHex(contract), toHex(raw)]
    const text = JSON.stringify({ jsonrpc: "2.0", id: 1, method: GATEWAY_METHODS.query, params })
    return JSON.parse((await dispatch(text, { methods, log: silentLogger, spend: () => true, signal: signal() }))!)
  }

  it("goes to this node's own enclave, or to the peer that is drawn", async () => {
    for (drawnWorker of [1, 2]) assert.deepEqual(await ask(), { jsonrpc: "2.0", id: 1, result: toHex(answer) })
    assert.equal(asked, 2)
  })

  it("gets the same word from both where the enclave can't answer", async () => {
    for (const [code, kind] of [
      ["QUERY_REFUSED", "refused"],
      ["QUERY_NOT_READY", "unavailable"],
      ["NOT_DRAWN", "unavailable"],
    ] as const) {
      says = () => Promise.reject(nodeErrors.make(code, { contract: toHex(contract) }))
      for (drawnWorker of [1, 2]) assert.equal((await ask()).error?.code, GATEWAY_ERROR[kind], `${code} ${drawnWorker}`)
    }
    drawnWorker = 0
    assert.equal((await ask()).error?.code, GATEWAY_ERROR.unavailable)
    drawnWorker = 3
    assert.equal((await ask()).error?.code, GATEWAY_ERROR.unavailable, "nobody knows that peer")
  })

  it("is not passed on when it is none", async () => {
    for (const bad of [
      query.slice(0, -1),
      Uint8Array.of(2, ...query.slice(1)),
      Uint8Array.of(1, 1, ...query.slice(2)),
    ]) {
      assert.equal((await ask(bad)).error?.code, GATEWAY_ERROR.invalidParams)
    }
    assert.equal(asked, 0)
  })

  it("has room in a request for the largest, and no more", () => {
    const { request, maxRequestBytes, response, maxResponseBytes } = REQUESTS.query
    const largest = { contract, query: new Uint8Array(70 + 262_144 + 16) }
    const raw = encode(request, largest)
    assert.deepEqual(decode(request, raw, maxRequestBytes), largest)
    assert.ok(encode(response, { answer: new Uint8Array(33 + 262_144 + 16) }).length <= maxResponseBytes)
    assert.throws(() => encode(request, { contract, query: new Uint8Array(70 + 262_144 + 17) }))
  })
})
