/** What a caller may try on the gateway, over real sockets; after each of it the gateway still answers. */
import assert from "node:assert/strict"
import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { after, afterEach, before, beforeEach, describe, it } from "node:test"
import { GATEWAY_ERROR, GATEWAY_METHODS, MAX_GATEWAY_BODY_BYTES } from "@enigma-discovery/protocol"
import { WebSocket } from "ws"
import { createLogger } from "../src/log.ts"
import type { GatewayBackend } from "../src/rpc/backend.ts"
import { gatewayMethods } from "../src/rpc/methods.ts"
import { type RpcServer, startRpcServer } from "../src/rpc/server.ts"

const CONTRACT = `0x${"c0".repeat(20)}`
const CANARY = "5eedc0ffee"
const call = (method: string, params: unknown = [], id: unknown = 1) => ({ jsonrpc: "2.0", id, method, params })
const taskResult = (index: number) => call(GATEWAY_METHODS.taskResult, [CONTRACT, index])
const BLOCKING = 77

describe("gateway under abuse", () => {
  let server: RpcServer
  let now = 0
  const waiting: (() => void)[] = []
  const log: string[] = []
  const aborted: string[] = []
  const backend = {
    taskResult: (_: Uint8Array, index: number, signal: AbortSignal) => {
      if (index !== BLOCKING) return Promise.resolve(Uint8Array.of(index))
      signal.addEventListener("abort", () => aborted.push("call"))
      return new Promise<undefined>((resolve) => waiting.push(() => resolve(undefined)))
    },
    submitEnvelope: () => Promise.reject(new Error(`cannot take ${CANARY}`)),
  } as unknown as GatewayBackend

  const start = (
    limits: Parameters<typeof startRpcServer>[0]["limits"] = {},
    { maxConnections = 40, costPerMinute = 1_000 } = {},
  ) =>
    startRpcServer({
      host: "127.0.0.1",
      port: 0,
      corsOrigins: [],
      maxConnections,
      costPerMinute,
      methods: gatewayMethods(backend),
      ready: () => ({ ok: true }),
      metrics: () => "",
      onCall: () => {},
      now: () => now,
      log: createLogger("debug", (line) => log.push(line)),
      limits: { bodiesInFlight: 6, bodiesPerClient: 4, headersTimeoutMs: 150, requestTimeoutMs: 300, ...limits },
    })
  before(async () => {
    server = await start()
  })
  after(() => server.stop())
  beforeEach(() => {
    now += 600_000
  })
  afterEach(async () => {
    for (const release of waiting.splice(0)) release()
    now += 600_000
    assert.deepEqual(await answerOf(taskResult(3)), { jsonrpc: "2.0", id: 1, result: "0x03" }, "it still answers")
  })

  const post = (body: string | object, url = server.url) =>
    fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: typeof body === "string" ? body : JSON.stringify(body),
    })
  const answerOf = async (body: string | object, url?: string) => (await (await post(body, url)).json()) as unknown
  const codeOf = async (body: string | object, url?: string) =>
    ((await answerOf(body, url)) as { error?: { code: number } }).error?.code
  const open = async (url = server.url): Promise<Socket> => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1")
    socket.on("error", () => {})
    await once(socket, "connect")
    return socket
  }
  const openWs = async (url = server.wsUrl): Promise<WebSocket> => {
    const ws = new WebSocket(url)
    ws.on("error", () => {})
    await once(ws, "open")
    return ws
  }
  const reached = async (count: number) => {
    const end = Date.now() + 5_000
    while (waiting.length < count) {
      assert.ok(Date.now() < end, `${waiting.length} of ${count} calls arrived`)
      await new Promise(setImmediate)
    }
  }

  it("refuses deep nesting before it is parsed", async () => {
    assert.equal(await codeOf("[".repeat(2_000_000)), GATEWAY_ERROR.invalidRequest)
    now += 600_000
    assert.equal(await codeOf(`{"a":`.repeat(100_000)), GATEWAY_ERROR.invalidRequest)
    assert.equal(await codeOf(JSON.stringify(call("x", [[[[[[[[[[]]]]]]]]]]))), GATEWAY_ERROR.invalidRequest)
  })

  it("refuses batches of batches, and pays every entry of a batch from the budget", async () => {
    const nested = (await answerOf([[taskResult(1)], taskResult(2)])) as { error?: { code: number } }[]
    assert.deepEqual(
      nested.map((a) => a.error?.code),
      [GATEWAY_ERROR.invalidRequest, undefined],
    )
    const batch = Array.from({ length: 32 }, (_, i) => call(GATEWAY_METHODS.code, [`0x${"00".repeat(32)}`], i))
    const codes: (number | undefined)[] = []
    for (let i = 0; i < 4; i++)
      codes.push(...((await answerOf(batch)) as { error?: { code: number } }[]).map((a) => a.error?.code))
    assert.equal(
      codes.filter((code) => code !== GATEWAY_ERROR.limit).length,
      99,
      "1,000 units, one was spent above, 10 a call",
    )
  })

  it("charges for what it refuses, and for size", async () => {
    const poor = await start({}, { costPerMinute: 130 })
    const until = async (body: string | object) => {
      now += 600_000
      for (let taken = 0; ; taken++) if ((await codeOf(body, poor.url)) === GATEWAY_ERROR.limit) return taken
    }
    try {
      for (const body of ["{", "[]", { a: 1 }, call("no_such"), call(GATEWAY_METHODS.taskResult, ["0x"])])
        assert.equal(await until(body), 130)
      const large = JSON.stringify({ ...taskResult(1), pad: "x".repeat(MAX_GATEWAY_BODY_BYTES - 1_000) })
      assert.equal(await until(large), 2, "63 units for its size and one for the call")
    } finally {
      await poor.stop()
    }
  })

  it("answers some bodies of a caller at a time, and refuses more at once", async () => {
    const blocked = Array.from({ length: 4 }, () => answerOf(taskResult(BLOCKING)))
    await reached(4)
    const refused = await post(taskResult(1))
    assert.equal(((await refused.json()) as { error: { code: number } }).error.code, GATEWAY_ERROR.limit)
    const ws = await openWs()
    ws.send(JSON.stringify(taskResult(1)))
    const [data] = (await once(ws, "message")) as [Buffer]
    assert.equal(JSON.parse(data.toString()).error.code, GATEWAY_ERROR.limit, "over WebSocket as well")
    ws.terminate()
    for (const release of waiting.splice(0)) release()
    await Promise.all(blocked)
  })

  it("gives a call up when its caller is gone, or when it takes too long", async () => {
    const gone = new AbortController()
    const request = fetch(server.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(taskResult(BLOCKING)),
      signal: gone.signal,
    })
    await reached(1)
    aborted.length = 0
    gone.abort()
    await assert.rejects(request)
    const end = Date.now() + 5_000
    while (aborted.length === 0) {
      assert.ok(Date.now() < end)
      await new Promise(setImmediate)
    }
    const short = await start({ answerTimeoutMs: 30 })
    try {
      assert.equal(await codeOf(taskResult(BLOCKING), short.url), GATEWAY_ERROR.unavailable)
    } finally {
      await short.stop()
    }
  })

  it("cuts callers that never finish their headers or their body", async () => {
    const slow = await open()
    slow.write("POST / HTTP/1.1\r\nhost: 127.0.0.1\r\nx-")
    const slower = await open()
    slower.write(
      "POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{",
    )
    for (const socket of [slow, slower]) socket.resume()
    await Promise.all([once(slow, "close"), once(slower, "close")])
  })

  it("does not let one address take all connections", async () => {
    const small = await start({}, { maxConnections: 4 })
    try {
      const first = await open(small.url)
      const second = await open(small.url)
      const third = await open(small.url)
      await once(third, "close")
      assert.ok(!first.destroyed && !second.destroyed)
      first.destroy()
      second.destroy()
    } finally {
      await small.stop()
    }
  })

  it("holds no more bytes of bodies than it has room for, whatever headers promise", async () => {
    const narrow = await start({ bodyBytes: 40_000 })
    try {
      const text = JSON.stringify({ ...taskResult(1), pad: "x".repeat(30_000) })
      const response = await post(text, narrow.url)
      assert.equal(response.status, 503)
      assert.equal(await codeOf(taskResult(1), narrow.url), undefined, "room is given back")
    } finally {
      await narrow.stop()
    }
  })

  it("survives bytes that are no HTTP and frames that are no WebSocket", async () => {
    const garbage = await open()
    garbage.write(Uint8Array.from({ length: 4_096 }, (_, i) => (i * 197) % 256))
    garbage.resume()
    await once(garbage, "close")
    const upgraded = await open()
    upgraded.write(
      "GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    )
    await once(upgraded, "data")
    upgraded.resume()
    upgraded.write(Uint8Array.of(0xff, 0x00, 0xff, 0x7f, 1, 2, 3))
    await once(upgraded, "close")
  })

  it("refuses WebSocket messages beyond their bound, and a flood of small ones", async () => {
    const large = await openWs()
    large.send("x".repeat(MAX_GATEWAY_BODY_BYTES + 1))
    const [tooLarge] = (await once(large, "close")) as [number]
    assert.equal(tooLarge, 1009)
    const many = await openWs()
    let answers = 0
    many.on("message", () => answers++)
    const closed = once(many, "close") as Promise<[number]>
    for (let i = 0; i < 30_000 && many.readyState === many.OPEN; i++) many.send(JSON.stringify(taskResult(BLOCKING)))
    many.close()
    const [code] = await Promise.race([closed, reached(1).then(() => [0] as [number])])
    assert.ok(waiting.length <= 1, "no more are worked on at a time than may be")
    assert.ok(code === 0 || code === 1008 || code === 1005, `closed with ${code}`)
    many.terminate()
  })

  it("answers many small WebSocket texts in one piece", async () => {
    const ws = await openWs()
    const answers: unknown[] = []
    const all = new Promise<void>((resolve) => {
      ws.on("message", (data: Buffer) => {
        answers.push(JSON.parse(data.toString()).id)
        if (answers.length === 200) resolve()
      })
    })
    for (let i = 0; i < 200; i++) ws.send(JSON.stringify({ ...taskResult(1), id: i }))
    await all
    assert.equal(new Set(answers).size, 200)
    ws.terminate()
  })

  it("logs nothing of what callers send", async () => {
    log.length = 0
    const hex = `0x${Buffer.from(CANARY).toString("hex")}`
    await post(call(CANARY, [CANARY]))
    await post(`{"${CANARY}"`)
    await post(call(GATEWAY_METHODS.taskResult, [CANARY, CANARY]))
    const failed = await (await post(call(GATEWAY_METHODS.submitEnvelope, [CONTRACT, CONTRACT, hex]))).text()
    assert.match(failed, new RegExp(String(GATEWAY_ERROR.internal)))
    assert.ok(!failed.includes(CANARY))
    assert.ok(log.length > 0)
    for (const line of log) assert.ok(!line.includes(CANARY) && !line.includes(hex.slice(2)), line)
  })

  it("stops with calls in flight", async () => {
    const other = await start()
    const pending = post(taskResult(BLOCKING), other.url).catch(() => "cut")
    await reached(1)
    const ws = await openWs(other.wsUrl)
    await Promise.all([other.stop(), once(ws, "close")])
    assert.equal(await pending, "cut")
  })
})
