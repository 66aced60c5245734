/** The gateway's sockets: JSON-RPC over HTTP POST and WebSocket on one port, /healthz, /readyz and /metrics by GET. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { GATEWAY_ERROR, MAX_GATEWAY_BODY_BYTES } from "@enigma-discovery/protocol"
import { type WebSocket, WebSocketServer } from "ws"
import { nodeErrors } from "../errors.ts"
import { errorFields, type Logger } from "../log.ts"
import { createRateLimit } from "../p2p/rate-limit.ts"
import { dispatch, type Methods } from "./dispatch.ts"

/** Whether the node can do its work now, and numbers that say why. */
export type Readiness = { readonly ok: boolean } & Readonly<Record<string, string | number | boolean>>

export interface RpcServerOptions {
  readonly host: string
  readonly port: number
  readonly corsOrigins: readonly string[]
  readonly maxConnections: number
  readonly costPerMinute: number
  readonly methods: Methods
  readonly ready: () => Readiness
  readonly metrics: () => string
  readonly onCall: (method: string, outcome: "ok" | "error") => void
  readonly now: () => number
  readonly log: Logger
}

export interface RpcServer {
  readonly url: string
  readonly wsUrl: string
  stop(): Promise<void>
}

/** One request may take so long before its connection is cut. */
const REQUEST_TIMEOUT_MS = 30_000
const HEADERS_TIMEOUT_MS = 10_000
/** Requests of one WebSocket that are answered at a time; more wait their turn, up to the second number. */
const MAX_SOCKET_CONCURRENCY = 8
const MAX_SOCKET_QUEUE = 64
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"])

/** @throws NODE_PORT_UNUSABLE */
export async function startRpcServer(options: RpcServerOptions): Promise<RpcServer> {
  const { log } = options
  const stopping = new AbortController()
  const budget = createRateLimit({ count: options.costPerMinute, everyMs: 60_000 }, options.now)
  const answer = (text: string, client: string, signal: AbortSignal) =>
    dispatch(text, {
      methods: options.methods,
      log,
      spend: (units) => budget.admit(client, units),
      onCall: options.onCall,
      signal: AbortSignal.any([signal, stopping.signal]),
    })

  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS, keepAliveTimeout: 5_000 },
    (request, response) => {
      serve(request, response).catch((error) => {
        log.error("gateway request failed", errorFields(error))
        response.destroy()
      })
    },
  )
  server.maxConnections = options.maxConnections

  /** A page on another site may not reach this door unless its origin is listed, nor by a name that points here (rebinding). */
  function mayCall(request: IncomingMessage): boolean {
    const { origin, host = "" } = request.headers
    const name = host.replace(/:\d+$/, "")
    if (LOOPBACK.has(options.host) && !LOOPBACK.has(name)) return false
    return origin === undefined || options.corsOrigins.includes("*") || options.corsOrigins.includes(origin)
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!mayCall(request)) return end(response, 403, "text/plain", "This origin may not call this node.\n")
    const { origin } = request.headers
    if (origin !== undefined) {
      response.setHeader("access-control-allow-origin", origin)
      response.setHeader("vary", "origin")
    }
    if (request.method === "OPTIONS") {
      response.setHeader("access-control-allow-methods", "POST")
      response.setHeader("access-control-allow-headers", "content-type")
      return end(response, 204, "text/plain", "")
    }
    const path = (request.url ?? "/").split("?")[0]
    if (request.method === "GET" && isLoopback(request)) {
      if (path === "/healthz") return end(response, 200, "text/plain", "alive\n")
      if (path === "/readyz") {
        const readiness = options.ready()
        return end(response, readiness.ok ? 200 : 503, "application/json", JSON.stringify(readiness))
      }
      if (path === "/metrics") return end(response, 200, "text/plain; version=0.0.4", options.metrics())
    }
    if (request.method !== "POST" || path !== "/") return end(response, 404, "text/plain", "Nothing is here.\n")
    // A page can post text without asking; only JSON makes a browser ask first (CORS preflight).
    if (!/^application\/json\b/.test(request.headers["content-type"] ?? ""))
      return end(response, 415, "text/plain", "The content type must be application/json.\n")
    const body = await readBody(request)
    if (body === undefined) {
      response.setHeader("connection", "close")
      return end(response, 413, "application/json", tooLarge)
    }
    const aborted = new AbortController()
    response.on("close", () => aborted.abort())
    const text = await answer(body, request.socket.remoteAddress ?? "", aborted.signal)
    end(response, text === undefined ? 204 : 200, "application/json", text ?? "")
  }

  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_GATEWAY_BODY_BYTES, perMessageDeflate: false })
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on("error", () => socket.destroy())
    if (!mayCall(request) || sockets.clients.size >= options.maxConnections) {
      socket.end("HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n")
      return
    }
    sockets.handleUpgrade(request, socket, head, (ws) =>
      serveSocket(ws, (text, signal) => answer(text, request.socket.remoteAddress ?? "", signal), log),
    )
  })

  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(nodeErrors.make("PORT_UNUSABLE", { host: options.host, port: options.port }, { cause })),
    )
    server.listen(options.port, options.host, resolve)
  })
  const { port } = server.address() as AddressInfo
  const name = options.host.includes(":") ? `[${options.host}]` : options.host
  return {
    url: `http://${name}:${port}`,
    wsUrl: `ws://${name}:${port}`,
    async stop() {
      stopping.abort()
      for (const ws of sockets.clients) ws.terminate()
      sockets.close()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

/** Health and metrics are for the operator's own machine, on whatever interface the gateway listens. */
const isLoopback = ({ socket }: IncomingMessage): boolean => /^(::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? "")

const tooLarge = JSON.stringify({
  jsonrpc: "2.0",
  id: null,
  error: { code: GATEWAY_ERROR.limit, message: `A body has at most ${MAX_GATEWAY_BODY_BYTES} bytes.` },
})

function end(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { "content-type": type, "x-content-type-options": "nosniff" })
  response.end(body)
}

/** The body's text; undefined when it is too large, whatever its header says. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > MAX_GATEWAY_BODY_BYTES) return undefined
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length
    if (size > MAX_GATEWAY_BODY_BYTES) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts).toString("utf8")
}

function serveSocket(
  ws: WebSocket,
  answer: (text: string, signal: AbortSignal) => Promise<string | undefined>,
  log: Logger,
): void {
  const closed = new AbortController()
  const queue: string[] = []
  let busy = 0
  const next = () => {
    const text = busy < MAX_SOCKET_CONCURRENCY ? queue.shift() : undefined
    if (text === undefined) return
    busy++
    answer(text, closed.signal)
      .then((reply) => {
        if (reply !== undefined && ws.readyState === ws.OPEN) ws.send(reply)
      })
      .catch((error) => log.error("gateway socket failed", errorFields(error)))
      .finally(() => {
        busy--
        next()
      })
  }
  ws.on("message", (data, isBinary) => {
    if (isBinary || queue.length >= MAX_SOCKET_QUEUE) return ws.close(1008, "too much at once, or not text")
    queue.push(data.toString())
    next()
  })
  ws.on("error", () => ws.terminate())
  ws.on("close", () => closed.abort())
}
