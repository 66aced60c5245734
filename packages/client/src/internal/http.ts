/** One JSON-RPC exchange over HTTP with a gateway, bounded in time and size (style: RPC). The gateway is hostile. */
import { MAX_GATEWAY_BODY_BYTES } from "@enigma-discovery/protocol"
import { clientErrors } from "../errors.ts"
import { shortReason } from "./rpc.ts"

export interface Exchange {
  readonly url: string
  readonly method: string
  readonly params: readonly unknown[]
  readonly timeoutMs: number
  readonly fetch: typeof globalThis.fetch
  readonly signal?: AbortSignal | undefined
}

/**
 * The `result` of the answer.
 * @throws CLIENT_GATEWAY_UNREACHABLE (no answer in time, HTTP status), CLIENT_GATEWAY_ANSWER_INVALID (too large, no JSON-RPC),
 * CLIENT_GATEWAY_REFUSED (a JSON-RPC error), the signal's reason
 */
export async function exchange(request: Exchange): Promise<unknown> {
  const { url, method, timeoutMs } = request
  const deadline = AbortSignal.timeout(timeoutMs)
  const signal = request.signal === undefined ? deadline : AbortSignal.any([request.signal, deadline])
  let text: string
  try {
    const response = await request.fetch(url, { ...POST, body: bodyOf(request), signal })
    text = await boundedText(response, request)
    if (!response.ok) throw clientErrors.make("GATEWAY_UNREACHABLE", { url, why: `HTTP status ${response.status}` })
  } catch (error) {
    request.signal?.throwIfAborted()
    if (clientErrors.is(error)) throw error
    const why = deadline.aborted ? `no answer within ${timeoutMs} ms` : connectionReason(error)
    throw clientErrors.make("GATEWAY_UNREACHABLE", { url, why }, { cause: error })
  }
  return resultOf(text, url, method)
}

const POST = {
  method: "POST",
  headers: { "content-type": "application/json", accept: "application/json" },
  redirect: "error",
  credentials: "omit",
  referrerPolicy: "no-referrer",
  cache: "no-store",
} as const

const bodyOf = ({ method, params }: Exchange): string => JSON.stringify({ jsonrpc: "2.0", id: 1, method, params })

/** fetch says only "fetch failed"; the reason is its cause. */
const connectionReason = (error: unknown): string => {
  const cause = (error as { cause?: { code?: unknown } }).cause
  return typeof cause?.code === "string" ? cause.code : shortReason(error)
}

/** Reads until the bound and not a byte further; what is beyond is left to the socket, which is closed. */
async function boundedText(response: Response, { url, method }: Exchange): Promise<string> {
  const tooLarge = () =>
    clientErrors.make("GATEWAY_ANSWER_INVALID", { url, method, why: `larger than ${MAX_GATEWAY_BODY_BYTES} bytes` })
  if (Number(response.headers.get("content-length") ?? 0) > MAX_GATEWAY_BODY_BYTES) {
    await response.body?.cancel()
    throw tooLarge()
  }
  if (response.body === null) return ""
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ""
  for (let size = 0; ; ) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    size += value.length
    if (size > MAX_GATEWAY_BODY_BYTES) {
      await reader.cancel()
      throw tooLarge()
    }
    text += decoder.decode(value, { stream: true })
  }
}

function resultOf(text: string, url: string, method: string): unknown {
  const invalid = (why: string) => clientErrors.make("GATEWAY_ANSWER_INVALID", { url, method, why })
  let answer: Record<string, unknown>
  try {
    answer = JSON.parse(text) as Record<string, unknown>
  } catch {
    throw invalid("it is not JSON")
  }
  if (typeof answer !== "object" || answer === null || answer.jsonrpc !== "2.0" || answer.id !== 1)
    throw invalid("it is not the answer of a JSON-RPC 2.0 request")
  const error = answer.error
  if (typeof error === "object" && error !== null) {
    const { code, message } = error as { code?: unknown; message?: unknown }
    const rpcCode = typeof code === "number" && Number.isInteger(code) ? code : 0
    throw clientErrors.make("GATEWAY_REFUSED", { url, method, rpcCode, why: shortReason({ message }) })
  }
  if (!("result" in answer)) throw invalid("it has neither result nor error")
  return answer.result
}
