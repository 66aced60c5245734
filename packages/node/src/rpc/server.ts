/** The gateway's sockets: JSON-RPC over HTTP POST and WebSocket on one port; /healthz, /readyz and /metrics by GET. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { MAX_GATEWAY_BODY_BYTES } from "@enigma-discovery/protocol"
import { nodeErrors } from "../errors.ts"
import { errorFields, type Logger } from "../log.ts"
import { createRateLimit } from "../p2p/rate-limit.ts"
import { type BodyProblem, readBody } from "./body.ts"
import { busyAnswer, dispatch, type Methods, tooLargeAnswer } from "./dispatch.ts"
import { clientOf, createPool, GATEWAY_LIMITS, type GatewayLimits } from "./limits.ts"
import { createSockets } from "./sockets.ts"

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
  readonly limits?: Partial<GatewayLimits>
}

export interface RpcServer {
  readonly url: string
  readonly wsUrl: string
  stop(): Promise<void>
}
/** How a gateway opens: on a port, or inside this process alone. */
export type OpenDoor = (options: RpcServerOptions) => Promise<RpcServer>

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"])
const BODY_STATUS: Record<BodyProblem, number> = { tooLarge: 413, noRoom: 503 }

/** @throws NODE_PORT_UNUSABLE */
export async function startRpcServer(options: RpcServerOptions): Promise<RpcServer> {
  const { log, maxConnections } = options
  const limits = { ...GATEWAY_LIMITS, ...options.limits }
  const stopping = new AbortController()
  const budget = createRateLimit({ count: options.costPerMinute, everyMs: 60_000 }, options.now)
  const inFlight = createPool(limits.bodiesInFlight, limits.bodiesPerClient)
  const bodyBytes = createPool(limits.bodyBytes, limits.bodyBytes / 2)
  // One address may not keep the others out.
  const connections = createPool(maxConnections, Math.max(1, Math.floor(maxConnections / 2)))

  async function answer(text: string, client: string, signal: AbortSignal): Promise<string | undefined> {
    const release = inFlight.take(client)
    if (release === undefined) return busyAnswer
    try {
      return await dispatch(text, {
        methods: options.methods,
        log,
        spend: (units) => budget.admit(client, units),
        onCall: options.onCall,
        signal: AbortSignal.any([signal, stopping.signal, AbortSignal.timeout(limits.answerTimeoutMs)]),
      })
    } finally {
      release()
    }
  }

  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      // How often Node looks for connections that have had their time; its own default is half a minute.
      connectionsCheckingInterval: Math.min(1_000, limits.headersTimeoutMs),
      keepAliveTimeout: 5_000,
    },
    (request, response) => {
      serve(request, response).catch((error) => {
        // Mostly the caller went away in the middle of its body.
        log.debug("gateway request failed", errorFields(error))
        response.destroy()
      })
    },
  )
  server.maxConnections = maxConnections
  server.on("connection", (socket: Socket) => {
    const release = connections.take(clientOf(socket.remoteAddress))
    if (release === undefined) socket.destroy()
    else socket.once("close", release)
  })

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
    await serveCall(request, response)
  }

  async function serveCall(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const client = clientOf(request.socket.remoteAddress)
    const gone = new AbortController()
    response.on("close", () => gone.abort())
    const body = await readBody(request, MAX_GATEWAY_BODY_BYTES, (units) => bodyBytes.take(client, units))
    try {
      if (body.problem !== undefined) {
        response.setHeader("connection", "close")
        const text = body.problem === "tooLarge" ? tooLargeAnswer : busyAnswer
        return end(response, BODY_STATUS[body.problem], "application/json", text)
      }
      const text = await answer(body.text, client, gone.signal)
      end(response, text === undefined ? 204 : 200, "application/json", text ?? "")
    } finally {
      body.release()
    }
  }

  const sockets = createSockets({
    pingMs: limits.pingMs,
    // One socket leaves room for its caller's others.
    concurrency: Math.max(1, Math.floor(limits.bodiesPerClient / 4)),
    log,
  })
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on("error", () => socket.destroy())
    if (!mayCall(request)) {
      socket.end("HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n")
      return
    }
    const client = clientOf(request.socket.remoteAddress)
    sockets.server.handleUpgrade(request, socket, head, (ws) =>
      sockets.accept(ws, (text, signal) => answer(text, client, signal)),
    )
  })

  const { port } = await listening(server, options)
  const name = options.host.includes(":") ? `[${options.host}]` : options.host
  return {
    url: `http://${name}:${port}`,
    wsUrl: `ws://${name}:${port}`,
    async stop() {
      stopping.abort()
      sockets.stop()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

async function listening(server: Server, { host, port }: RpcServerOptions): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => reject(nodeErrors.make("PORT_UNUSABLE", { host, port }, { cause })))
    server.listen(port, host, resolve)
  })
  return server.address() as AddressInfo
}

/** Health and metrics are for the operator's own machine, on whatever interface the gateway listens. */
const isLoopback = ({ socket }: IncomingMessage): boolean => /^(::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? "")

function end(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { "content-type": type, "x-content-type-options": "nosniff" })
  response.end(body)
}
