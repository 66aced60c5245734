import assert from "node:assert/strict"
import { once } from "node:events"
import { request as httpRequest } from "node:http"
import { after, before, beforeEach, describe, it } from "node:test"
import { GATEWAY_ERROR, GATEWAY_METHODS, MAX_GATEWAY_BATCH, MAX_GATEWAY_BODY_BYTES } from "@enigma-discovery/protocol"
import { WebSocket } from "ws"
import { createLogger } from "../src/log.ts"
import { createMetrics } from "../src/metrics.ts"
import type { GatewayBackend } from "../src/rpc/backend.ts"
import { RpcError } from "../src/rpc/dispatch.ts"
import { gatewayMethods } from "../src/rpc/methods.ts"
import { type RpcServer, startRpcServer } from "../src/rpc/server.ts"

const CONTRACT = `0x${"c0".repeat(20)}`

describe("gateway", () => {
  let server: RpcServer
  let now = 0
  const log: string[] = []
  const seen: string[] = []
  const metrics = createMetrics()
  metrics.describe("rpc_calls", "counter", "Calls.")
  const backend = {
    taskResult: async (_: Uint8Array, index: number) => {
      seen.push(`result ${index}`)
      if (index === 1) throw new RpcError("refused", "no", { why: 1 })
      if (index === 2) throw new Error("a secret text 5e5e5e")
      return index === 3 ? Uint8Array.of(0xab) : undefined
    },
    submitEnvelope: async (_c: Uint8Array, _s: Uint8Array, envelope: Uint8Array) => envelope.slice(0, 32),
  } as unknown as GatewayBackend

  before(async () => {
    server = await startRpcServer({
      host: "127.0.0.1",
      port: 0,
      corsOrigins: ["https://dapp.example"],
      maxConnections: 20,
      costPerMinute: 600,
      methods: gatewayMethods(backend),
      ready: () => ({ ok: false, block: 1 }),
      metrics: () => metrics.render(),
      onCall: (method, outcome) => metrics.add("rpc_calls", { method, outcome }),
      now: () => now,
      log: createLogger("debug", (line) => log.push(line)),
    })
  })
  after(() => server.stop())
  beforeEach(() => {
    now += 120_000
  })

  const post = (body: string | object, headers: Record<string, string> = {}) =>
    fetch(server.url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    })
  const call = (method: string, params: unknown = [], id: unknown = 1) => ({ jsonrpc: "2.0", id, method, params })
  const result = (index: number) => call(GATEWAY_METHODS.taskResult, [CONTRACT, index])
  const codeOf = async (body: string | object) =>
    ((await (await post(body)).json()) as { error?: { code: number } }).error?.code

  it("answers with results, null for what is not there, and errors of its own", async () => {
    assert.deepEqual(await (await post(result(3))).json(), { jsonrpc: "2.0", id: 1, result: "0xab" })
    assert.deepEqual(await (await post(result(0))).json(), { jsonrpc: "2.0", id: 1, result: null })
    assert.deepEqual(await (await post(result(1))).json(), {
      jsonrpc: "2.0",
      id: 1,
      error: { code: GATEWAY_ERROR.refused, message: "no", data: { why: 1 } },
    })
  })

  it("says nothing of an inner failure but a reference, under which its log names it", async () => {
    const text = await (await post(result(2))).text()
    assert.ok(!text.includes("5e5e5e"))
    const { error } = JSON.parse(text)
    assert.equal(error.code, GATEWAY_ERROR.internal)
    const line = log.find((entry) => entry.includes(error.data.reference))
    assert.ok(line?.includes("gateway.test.ts"), "the log says where")
    assert.ok(!log.some((entry) => entry.includes("secret text")), "and not what")
  })

  it("refuses what is not JSON-RPC, each with its code", async () => {
    assert.equal(await codeOf("{"), GATEWAY_ERROR.parse)
    assert.equal(await codeOf("[]"), GATEWAY_ERROR.invalidRequest)
    assert.equal(await codeOf({ id: 1, method: "x" }), GATEWAY_ERROR.invalidRequest)
    assert.equal(await codeOf({ ...call("x"), id: {} }), GATEWAY_ERROR.invalidRequest)
    assert.equal(await codeOf(call("enigma_nothing")), GATEWAY_ERROR.methodNotFound)
    assert.equal(await codeOf(call("constructor")), GATEWAY_ERROR.methodNotFound)
    const before = seen.length
    for (const params of [
      [],
      ["0x12", 0],
      [CONTRACT, -1],
      [CONTRACT, 1.5],
      [CONTRACT, 0, 0],
      { contract: CONTRACT },
      [`${CONTRACT}zz`, 0],
    ])
      assert.equal(await codeOf(call(GATEWAY_METHODS.taskResult, params)), GATEWAY_ERROR.invalidParams)
    assert.equal(seen.length, before, "no handler saw them")
  })

  it("answers batches in order, leaves notifications unanswered, and bounds both", async () => {
    const { id: _, ...notification } = result(3)
    const answers = (await (await post([result(3), notification, call("x", [], "b")])).json()) as { id: unknown }[]
    assert.deepEqual(
      answers.map((a) => a.id),
      [1, "b"],
    )
    assert.equal((await post(notification)).status, 204)
    const many = Array.from({ length: MAX_GATEWAY_BATCH + 1 }, () => result(3))
    assert.equal(await codeOf(many), GATEWAY_ERROR.invalidRequest)
  })

  it("refuses a body that is too large, told or found out", async () => {
    const told = await post("x".repeat(MAX_GATEWAY_BODY_BYTES + 1))
    assert.equal(told.status, 413)
    const { hostname, port } = new URL(server.url)
    const request = httpRequest({
      hostname,
      port,
      method: "POST",
      headers: { "content-type": "application/json", "transfer-encoding": "chunked" },
    })
    request.on("error", () => {})
    const chunk = "y".repeat(65_536)
    for (let i = 0; i < 70; i++) request.write(chunk)
    request.end()
    const [response] = (await once(request, "response")) as [{ statusCode: number; resume(): void }]
    response.resume()
    assert.equal(response.statusCode, 413)
  })

  it("lets a client spend its budget and no more", async () => {
    const { id: _, ...rest } = call(GATEWAY_METHODS.submitEnvelope, [CONTRACT, CONTRACT, "0x01"])
    let codes: (number | undefined)[] = []
    for (let i = 0; i < 70; i++) codes = [...codes, await codeOf({ ...rest, id: i })]
    assert.equal(codes.filter((code) => code === undefined).length, 60)
    assert.equal(codes.at(-1), GATEWAY_ERROR.limit)
    now += 60_000
    assert.equal(await codeOf({ ...rest, id: 1 }), undefined)
  })

  it("is closed to pages of other sites, open to the listed origin", async () => {
    assert.equal((await post(result(3), { origin: "https://evil.example" })).status, 403)
    const listed = await post(result(3), { origin: "https://dapp.example" })
    assert.equal(listed.headers.get("access-control-allow-origin"), "https://dapp.example")
    assert.equal((await post(result(3), { "content-type": "text/plain" })).status, 415)
    const { hostname, port } = new URL(server.url)
    const rebound = httpRequest({ hostname, port, method: "POST", headers: { host: "evil.example" } })
    rebound.end("{}")
    const [response] = (await once(rebound, "response")) as [{ statusCode: number; resume(): void }]
    response.resume()
    assert.equal(response.statusCode, 403)
  })

  it("speaks WebSocket with the same methods and limits", async () => {
    const ws = new WebSocket(server.wsUrl)
    await once(ws, "open")
    ws.send(JSON.stringify(result(3)))
    const [data] = (await once(ws, "message")) as [Buffer]
    assert.deepEqual(JSON.parse(data.toString()), { jsonrpc: "2.0", id: 1, result: "0xab" })
    ws.send(Uint8Array.of(1, 2))
    const [code] = (await once(ws, "close")) as [number]
    assert.equal(code, 1003)
    const evil = new WebSocket(server.wsUrl, { origin: "https://evil.example" })
    await assert.rejects(once(evil, "open"))
  })

  it("tells health and metrics", async () => {
    assert.equal((await fetch(`${server.url}/healthz`)).status, 200)
    const ready = await fetch(`${server.url}/readyz`)
    assert.equal(ready.status, 503)
    assert.deepEqual(await ready.json(), { ok: false, block: 1 })
    const text = await (await fetch(`${server.url}/metrics`)).text()
    assert.match(text, /enigma_rpc_calls\{method="enigma_taskResult",outcome="ok"\} \d+/)
    assert.equal((await fetch(`${server.url}/etc/passwd`)).status, 404)
  })
})
