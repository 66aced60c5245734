import { chainErrors } from "./errors.ts"

/** What this package needs of an Ethereum node. `params` and answers are JSON values as in the execution API. */
export interface ChainRpc {
  /** @throws CHAIN_RPC_UNREACHABLE, CHAIN_RPC_REFUSED */
  request(method: string, params: readonly unknown[], signal?: AbortSignal): Promise<unknown>
}

/** An EIP-1193 provider. */
export interface Eip1193Provider {
  request(call: { method: string; params?: readonly unknown[] }): Promise<unknown>
}
/** ethers' JsonRpcProvider. Make it with `batchMaxCount: 1`: otherwise each call waits for others to join it. */
export interface EthersRpcProvider {
  send(method: string, params: unknown[]): Promise<unknown>
}

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined

/** Providers wrap the node's error object in their own, each in its way: the innermost with a numeric code is the node's. */
function nodeError(error: unknown): { code: number; data: string | undefined } | undefined {
  for (let at: unknown = error, depth = 0; at !== undefined && depth < 6; depth++) {
    if (at instanceof DOMException) return undefined // a time-out or an abort; its legacy code is a number too
    const code = field(at, "code")
    if (typeof code === "number") {
      const data = field(at, "data")
      const inner = typeof data === "string" ? data : field(data, "data")
      return { code, data: typeof inner === "string" ? inner : undefined }
    }
    at = field(at, "error") ?? field(field(at, "info"), "error") ?? field(at, "cause")
  }
  return undefined
}

/** `data` of a refusal is the revert data of a call (0x-hex), when the node gave it. */
export function rpcError(method: string, error: unknown): Error {
  if (chainErrors.is(error)) return error
  const found = nodeError(error)
  if (found === undefined) return chainErrors.make("RPC_UNREACHABLE", { method }, { cause: error })
  return chainErrors.make("RPC_REFUSED", { method, rpcCode: found.code, revertData: found.data }, { cause: error })
}

async function guarded(method: string, signal: AbortSignal | undefined, call: () => Promise<unknown>) {
  signal?.throwIfAborted()
  try {
    return await call()
  } catch (error) {
    signal?.throwIfAborted()
    throw rpcError(method, error)
  }
}

export const rpcOfEip1193 = (provider: Eip1193Provider): ChainRpc => ({
  request: (method, params, signal) => guarded(method, signal, () => provider.request({ method, params })),
})

export const rpcOfEthers = (provider: EthersRpcProvider): ChainRpc => ({
  request: (method, params, signal) => guarded(method, signal, () => provider.send(method, [...params])),
})

export interface HttpRpcOptions {
  /** One request, milliseconds. */
  readonly timeoutMs: number
  /** Largest answer read, bytes. */
  readonly maxResponseBytes: number
}
export const HTTP_RPC_DEFAULTS: HttpRpcOptions = { timeoutMs: 10_000, maxResponseBytes: 67_108_864 }

/** JSON-RPC over HTTP: one request a call, kept-alive connections, bounded in time and size. Nothing is retried here. */
export function rpcOverHttp(url: string, options: Partial<HttpRpcOptions> = {}): ChainRpc {
  const { timeoutMs, maxResponseBytes } = { ...HTTP_RPC_DEFAULTS, ...options }
  let id = 0
  const post = async (method: string, params: readonly unknown[], signal: AbortSignal | undefined) => {
    const timeout = AbortSignal.timeout(timeoutMs)
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: ++id, method, params }),
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    })
    const answer = parseJson(await readBounded(response, maxResponseBytes))
    if (field(answer, "error") !== undefined) throw field(answer, "error")
    if (!response.ok || field(answer, "result") === undefined) throw new Error(`HTTP status ${response.status}`)
    return field(answer, "result")
  }
  return { request: (method, params, signal) => guarded(method, signal, () => post(method, params, signal)) }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error("the answer is not JSON")
  }
}

async function readBounded(response: Response, max: number): Promise<string> {
  const reader = response.body?.getReader()
  if (reader === undefined) return ""
  const decoder = new TextDecoder()
  let text = ""
  for (let size = 0; ; ) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    size += value.length
    if (size > max) {
      await reader.cancel()
      throw new Error(`the answer is larger than ${max} bytes`)
    }
    text += decoder.decode(value, { stream: true })
  }
}
