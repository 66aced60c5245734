/** The gateway over WebSocket: the same texts in and out as over HTTP, some of them at a time. */
import { MAX_GATEWAY_BODY_BYTES } from "@enigma-discovery/protocol"
import { type WebSocket, WebSocketServer } from "ws"
import { errorFields, type Logger } from "../log.ts"

/** Texts that wait: those that had been read together with the ones being answered. */
const MAX_WAITING = 1_024
/** Answers that a socket has not taken yet; who asks faster than it reads is cut. */
const MAX_BUFFERED_BYTES = 16_777_216

export type Answer = (text: string, signal: AbortSignal) => Promise<string | undefined>

export interface Sockets {
  readonly server: WebSocketServer
  accept(ws: WebSocket, answer: Answer): void
  stop(): void
}

export interface SocketOptions {
  /** A socket that answers no ping for so long is cut. */
  readonly pingMs: number
  /** Texts of one socket that are answered at a time; while there are so many, no more are read from it. */
  readonly concurrency: number
  readonly log: Logger
}

export function createSockets({ pingMs, concurrency, log }: SocketOptions): Sockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_GATEWAY_BODY_BYTES, perMessageDeflate: false })
  const alive = new WeakSet<WebSocket>()
  const timer = setInterval(() => {
    for (const ws of server.clients) {
      if (ws.isPaused) continue // its pong would not be read
      if (!alive.delete(ws)) ws.terminate()
      else ws.ping()
    }
  }, pingMs)
  timer.unref()
  return {
    server,
    accept(ws, answer) {
      alive.add(ws)
      ws.on("pong", () => alive.add(ws))
      serve(ws, answer, concurrency, log)
    },
    stop() {
      clearInterval(timer)
      for (const ws of server.clients) ws.terminate()
      server.close()
    },
  }
}

function serve(ws: WebSocket, answer: Answer, concurrency: number, log: Logger): void {
  const closed = new AbortController()
  const waiting: string[] = []
  let busy = 0

  async function handle(text: string): Promise<void> {
    try {
      const reply = await answer(text, closed.signal)
      if (reply === undefined || ws.readyState !== ws.OPEN) return
      ws.send(reply)
      if (ws.bufferedAmount > MAX_BUFFERED_BYTES) ws.terminate()
    } catch (error) {
      log.error("gateway socket failed", errorFields(error))
      ws.terminate()
    }
  }

  function next(): void {
    while (busy < concurrency) {
      const text = waiting.shift()
      if (text === undefined) break
      busy++
      void handle(text).finally(() => {
        busy--
        next()
      })
    }
    if (ws.readyState !== ws.OPEN) return
    if (busy < concurrency) ws.resume()
    else ws.pause()
  }

  ws.on("message", (data, isBinary) => {
    if (isBinary) return ws.close(1003, "text only")
    if (waiting.length >= MAX_WAITING) return ws.close(1008, "too much at once")
    waiting.push(data.toString())
    next()
  })
  ws.on("error", () => ws.terminate())
  ws.on("close", () => {
    waiting.length = 0
    closed.abort()
  })
}
