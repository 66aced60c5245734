/** Gateways as a `fetch`: each URL answers by its own rule. No sockets; `Response` and streams are the real ones. */
export type Rule = (method: string, params: readonly never[], signal: AbortSignal) => unknown
/** What a rule may return to answer with something other than a JSON-RPC result. */
export class Raw {
  readonly response: Response
  constructor(body: BodyInit | null, init?: ResponseInit) {
    this.response = new Response(body, init)
  }
}
export class RpcFailure {
  readonly code: number
  readonly message: string
  constructor(code: number, message: string) {
    this.code = code
    this.message = message
  }
}

export interface FakeGateways {
  readonly fetch: typeof globalThis.fetch
  /** "url method", in order. */
  readonly asked: string[]
}

export function fakeGateways(rules: Readonly<Record<string, Rule>>): FakeGateways {
  const asked: string[] = []
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const url = String(input)
    const rule = rules[url]
    const { id, method, params } = JSON.parse(String(init?.body)) as { id: number; method: string; params: never[] }
    asked.push(`${url} ${method}`)
    if (rule === undefined) throw new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } })
    const result = await rule(method, params, init!.signal as AbortSignal)
    if (result instanceof Raw) return result.response
    const body =
      result instanceof RpcFailure
        ? { jsonrpc: "2.0", id, error: { code: result.code, message: result.message } }
        : { jsonrpc: "2.0", id, result: result ?? null }
    return new Response(JSON.stringify(body), { headers: { "content-type": "application/json" } })
  }
  return { fetch, asked }
}

/** Never answers, until the asker gives up. */
export const hanging: Rule = (_method, _params, signal) =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason))
  })
