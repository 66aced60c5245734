/**
 * One engine for all request/response protocols (PROTOCOL §9.2). A protocol is data (REQUESTS); a handler gets a decoded request
 * and returns an answer or throws a refusal with a status of the closed list. One signal covers an exchange from end to end;
 * bytes are bounded before they are read; no error's text leaves this node.
 */
import {
  type Codec,
  decode,
  EnigmaError,
  encode,
  REQUESTS,
  RESPONSE_STATUS,
  type RequestName,
} from "@enigma-discovery/protocol"
import type { Connection, PeerId, Stream } from "@libp2p/interface"
import { lpStream } from "@libp2p/utils"
import { nodeErrors } from "../errors.ts"
import type { Logger } from "../log.ts"
import type { Host } from "./host.ts"
import { createRateLimit, type Quota } from "./rate-limit.ts"
import type { Reputation } from "./reputation.ts"

export type RequestOf<N extends RequestName> = (typeof REQUESTS)[N]["request"] extends Codec<infer T> ? T : never
export type ResponseOf<N extends RequestName> = (typeof REQUESTS)[N]["response"] extends Codec<infer T> ? T : never
export type ResponseStatus = keyof typeof RESPONSE_STATUS

/** What a handler throws to answer with a status instead of a body. */
export class Refusal extends Error {
  readonly status: Exclude<ResponseStatus, "ok">
  constructor(status: Exclude<ResponseStatus, "ok">) {
    super(status)
    this.status = status
  }
}

export interface RequestContext {
  readonly peer: string
  readonly signal: AbortSignal
}

export interface Handler<N extends RequestName> {
  readonly perPeer: Quota
  readonly total: Quota
  readonly handle: (request: RequestOf<N>, context: RequestContext) => Promise<ResponseOf<N>>
}
export type Handlers = { readonly [N in RequestName]?: Handler<N> }

export interface Requester {
  /**
   * Asks a connected or known peer.
   * @throws NODE_PEER_UNREACHABLE, NODE_PEER_REFUSED with its status, NODE_PEER_MISBEHAVED for an answer beyond its form or bounds
   */
  ask<N extends RequestName>(peer: PeerId, name: N, request: RequestOf<N>, signal?: AbortSignal): Promise<ResponseOf<N>>
  stop(): Promise<void>
}

export interface RequesterOptions {
  readonly host: Host
  readonly reputation: Reputation
  readonly handlers: Handlers
  readonly now: () => number
  readonly log: Logger
}

interface Protocol {
  readonly id: string
  readonly request: Codec<unknown>
  readonly response: Codec<unknown>
  readonly maxRequestBytes: number
  readonly maxResponseBytes: number
  readonly timeoutMs: number
}
const protocolOf = (name: RequestName): Protocol => REQUESTS[name] as unknown as Protocol

/** Streams of one protocol that one peer may have open. */
const MAX_STREAMS_PER_PEER = 16
/** Status byte and the bytes of the longest length prefix. */
const FRAME_OVERHEAD_BYTES = 16

export async function startRequester(options: RequesterOptions): Promise<Requester> {
  const { host, log } = options
  const stopping = new AbortController()
  const open = new Set<Promise<void>>()
  const names = Object.keys(options.handlers) as RequestName[]
  for (const name of names) {
    const serve = createServer(name, options, stopping.signal)
    const onStream = (stream: Stream, connection: Connection) => {
      const exchange = serve(stream, connection.remotePeer.toString())
      open.add(exchange)
      void exchange.finally(() => open.delete(exchange))
    }
    await host.handle(protocolOf(name).id, onStream, {
      maxInboundStreams: MAX_STREAMS_PER_PEER,
      maxOutboundStreams: MAX_STREAMS_PER_PEER,
    })
  }
  log.debug("serving requests", { protocols: names })
  return {
    ask: (peer, name, request, signal) => ask(options, stopping.signal, peer, name, request, signal),
    async stop() {
      stopping.abort()
      await host.unhandle(names.map((name) => protocolOf(name).id))
      await Promise.all(open)
    },
  }
}

/** The serving half of a protocol. It never rejects. */
function createServer(name: RequestName, options: RequesterOptions, stopping: AbortSignal) {
  const { reputation, log, now } = options
  const protocol = protocolOf(name)
  const handler = options.handlers[name] as unknown as {
    readonly perPeer: Quota
    readonly total: Quota
    readonly handle: (request: unknown, context: RequestContext) => Promise<unknown>
  }
  const perPeer = createRateLimit(handler.perPeer, now)
  const total = createRateLimit(handler.total, now)

  async function answer(frames: ReturnType<typeof lpStream>, peer: string, signal: AbortSignal): Promise<Uint8Array> {
    const raw = (await frames.read({ signal })).subarray()
    if (!perPeer.admit(peer)) {
      reputation.report(peer, "flooding")
      throw new Refusal("busy")
    }
    if (!total.admit("")) throw new Refusal("busy")
    const request = decode(protocol.request, raw, protocol.maxRequestBytes)
    const body = encode(protocol.response, await handler.handle(request, { peer, signal }))
    if (body.length > protocol.maxResponseBytes) throw new Refusal("tooLarge")
    return body
  }

  return async (stream: Stream, peer: string): Promise<void> => {
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(protocol.timeoutMs)])
    const frames = lpStream(stream, { maxDataLength: protocol.maxRequestBytes })
    const startedAt = now()
    let status: ResponseStatus = "ok"
    try {
      let body: Uint8Array = new Uint8Array(0)
      try {
        body = await withSignal(answer(frames, peer, signal), signal)
      } catch (error) {
        status = statusOf(error)
        if (status === "invalid") reputation.report(peer, "malformed")
        if (status === "internal") log.error("request failed", { request: name, peer, ...describe(error) })
      }
      const head = Uint8Array.of(RESPONSE_STATUS[status])
      await frames.writeV([joined(head, body)], { signal })
      await stream.close({ signal })
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error("aborted"))
    }
    log.debug("request served", { request: name, peer, status, ms: now() - startedAt })
  }
}

const joined = (head: Uint8Array, body: Uint8Array): Uint8Array => {
  const out = new Uint8Array(head.length + body.length)
  out.set(head)
  out.set(body, head.length)
  return out
}

const describe = (error: unknown) => ({
  error: error instanceof Error ? error.name : "unknown",
  detail: error instanceof Error ? error.message.slice(0, 200) : "",
})

function statusOf(error: unknown): Exclude<ResponseStatus, "ok"> {
  if (error instanceof Refusal) return error.status
  if (error instanceof EnigmaError && error.name.startsWith("PROTOCOL_")) return "invalid"
  if (error instanceof Error && error.name === "InvalidDataLengthError") return "invalid"
  if (error instanceof Error && (error.name === "AbortError" || error.name === "TimeoutError")) return "busy"
  return "internal"
}

/** A handler that ignores its signal must not keep the exchange open. */
async function withSignal<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => {})
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  if (signal.aborted) onAbort()
  signal.addEventListener("abort", onAbort, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener("abort", onAbort)
  }
}

async function ask<N extends RequestName>(
  { host, reputation }: RequesterOptions,
  stopping: AbortSignal,
  peer: PeerId,
  name: N,
  request: RequestOf<N>,
  outer: AbortSignal | undefined,
): Promise<ResponseOf<N>> {
  const protocol = protocolOf(name)
  const who = { peer: peer.toString(), request: name }
  const bounded = [stopping, AbortSignal.timeout(protocol.timeoutMs)]
  const signal = AbortSignal.any(outer === undefined ? bounded : [...bounded, outer])
  const body = encode(protocol.request, request)
  if (body.length > protocol.maxRequestBytes)
    throw nodeErrors.make("REQUEST_TOO_LARGE", { request: name, got: body.length, max: protocol.maxRequestBytes })
  let raw: Uint8Array
  let stream: Stream | undefined
  try {
    stream = await host.dialProtocol(peer, protocol.id, { signal })
    const frames = lpStream(stream, { maxDataLength: protocol.maxResponseBytes + FRAME_OVERHEAD_BYTES })
    await frames.write(body, { signal })
    raw = (await frames.read({ signal })).subarray()
    await stream.close({ signal })
  } catch (cause) {
    stream?.abort(cause instanceof Error ? cause : new Error("aborted"))
    if (cause instanceof Error && cause.name === "InvalidDataLengthError") {
      reputation.report(who.peer, "malformed")
      throw nodeErrors.make("PEER_MISBEHAVED", who, { cause })
    }
    outer?.throwIfAborted()
    throw nodeErrors.make("PEER_UNREACHABLE", who, { cause })
  }
  const status = statusName(raw[0])
  if (status !== undefined && status !== "ok" && raw.length === 1)
    throw nodeErrors.make("PEER_REFUSED", { ...who, status })
  try {
    if (status !== "ok") throw new Error("unknown status")
    return decode(protocol.response, raw.subarray(1), protocol.maxResponseBytes) as ResponseOf<N>
  } catch (cause) {
    reputation.report(who.peer, "malformed")
    throw nodeErrors.make("PEER_MISBEHAVED", who, { cause })
  }
}

const statusName = (code: number | undefined): ResponseStatus | undefined =>
  (Object.keys(RESPONSE_STATUS) as ResponseStatus[]).find((name) => RESPONSE_STATUS[name] === code)
