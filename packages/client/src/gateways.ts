/** The list of gateways with a memory of how each behaved. No gateway is trusted: an answer counts once it is verified. */
import { chainErrors } from "@enigma-discovery/chain/follow"
import type { GatewayMethod } from "@enigma-discovery/protocol"
import { verifyErrors } from "@enigma-discovery/verify"
import { GATEWAY_COOL_DOWN_BASE_MS, GATEWAY_COOL_DOWN_CAP_MS, GATEWAY_DISTRUST_MS, MAX_GATEWAYS } from "./constants.ts"
import { clientErrors } from "./errors.ts"
import { exchange } from "./internal/http.ts"
import { shortReason } from "./internal/rpc.ts"

export interface GatewayHealth {
  readonly url: string
  readonly failuresInARow: number
  /** Answers that failed verification, ever. */
  readonly lies: number
  readonly lastFailure: { readonly code: string; readonly message: string; readonly atMs: number } | undefined
  readonly lastSuccessAtMs: number | undefined
  /** Until then this gateway is asked after the others; 0: now is fine. */
  readonly askedLastUntilMs: number
}

export interface GatewayQuestion<T> {
  readonly method: GatewayMethod
  readonly params: readonly unknown[]
  /**
   * Parses and verifies what one gateway answered. What it throws counts against that gateway, and the next is asked; but
   * an error of the Ethereum node, or one that tells that no gateway can be right now, ends the question.
   */
  readonly accept: (raw: unknown, url: string) => T | Promise<T>
  readonly signal?: AbortSignal | undefined
}

export interface GatewayPool {
  readonly urls: readonly string[]
  /** The first answer that is accepted. @throws CLIENT_GATEWAYS_FAILED with an AggregateError of every cause */
  ask<T>(question: GatewayQuestion<T>): Promise<T>
  /**
   * For "is it there yet": the first accepted answer other than undefined; undefined when some gateway answered and none had
   * it, so that one gateway alone can't withhold. @throws CLIENT_GATEWAYS_FAILED when none answered acceptably
   */
  find<T>(question: GatewayQuestion<T | undefined>): Promise<T | undefined>
  /** Asks this one gateway and no other. @throws CLIENT_GATEWAY_UNREACHABLE, CLIENT_GATEWAY_ANSWER_INVALID, CLIENT_GATEWAY_REFUSED, CLIENT_GATEWAY_LIED */
  askOnly<T>(url: string, question: GatewayQuestion<T>): Promise<T>
  /** Gives the same to every gateway, returns the URLs that took it. @throws CLIENT_GATEWAYS_FAILED when none did */
  tell(question: GatewayQuestion<unknown>): Promise<readonly string[]>
  health(): readonly GatewayHealth[]
}

export interface GatewayPoolOptions {
  readonly urls: readonly string[]
  readonly timeoutMs: number
  readonly fetch: typeof globalThis.fetch
  readonly nowMs: () => number
}

type Memory = { -readonly [K in keyof GatewayHealth]: GatewayHealth[K] }

/** @throws CLIENT_BAD_OPTION for an empty or too long list, or a URL that is not http(s) */
export function createGatewayPool(options: GatewayPoolOptions): GatewayPool {
  const { timeoutMs, fetch, nowMs } = options
  const memories = checkedUrls(options.urls).map(newMemory)

  /** As listed; those that failed lately last, the soonest forgiven first. */
  const inOrder = (): readonly Memory[] => {
    const now = nowMs()
    const wait = ({ askedLastUntilMs }: Memory) => Math.max(0, askedLastUntilMs - now)
    return [...memories].sort((a, b) => wait(a) - wait(b))
  }

  const askOne = async <T>(memory: Memory, question: GatewayQuestion<T>): Promise<T> => {
    const { method, params, accept, signal } = question
    const { url } = memory
    try {
      const raw = await exchange({ url, method, params, timeoutMs, fetch, signal })
      const answer = await judged(() => accept(raw, url), url, method)
      Object.assign(memory, { failuresInARow: 0, lastSuccessAtMs: nowMs(), askedLastUntilMs: 0 })
      return answer
    } catch (error) {
      signal?.throwIfAborted()
      if (isNoGatewaysFault(error)) throw error
      remember(memory, error, nowMs())
      throw new GatewayFault(error)
    }
  }

  const ask = async <T>(question: GatewayQuestion<T>): Promise<T> => {
    const faults: unknown[] = []
    for (const memory of inOrder()) {
      try {
        return await askOne(memory, question)
      } catch (error) {
        faults.push(faultOf(error))
      }
    }
    throw allFailed(question.method, faults)
  }

  const askOnly = async <T>(url: string, question: GatewayQuestion<T>): Promise<T> => {
    const memory = memories.find((one) => one.url === url)
    if (memory === undefined)
      throw clientErrors.make("BAD_OPTION", { what: "gateway", why: `${url} is not in the list` })
    return await askOne(memory, question).catch((error) => Promise.reject(faultOf(error)))
  }

  const find = async <T>(question: GatewayQuestion<T | undefined>): Promise<T | undefined> => {
    const faults: unknown[] = []
    for (const memory of inOrder()) {
      try {
        const found = await askOne(memory, question)
        if (found !== undefined) return found
      } catch (error) {
        faults.push(faultOf(error))
      }
    }
    if (faults.length === memories.length) throw allFailed(question.method, faults)
    return undefined
  }

  const tell = async (question: GatewayQuestion<unknown>): Promise<readonly string[]> => {
    const answers = await Promise.allSettled(memories.map((memory) => askOne(memory, question)))
    const faults = answers.flatMap((answer) => (answer.status === "rejected" ? [faultOf(answer.reason)] : []))
    if (faults.length === memories.length) throw allFailed(question.method, faults)
    return memories.flatMap(({ url }, i) => (answers[i]!.status === "fulfilled" ? [url] : []))
  }

  const urls = Object.freeze(memories.map(({ url }) => url))
  return Object.freeze({
    urls,
    ask,
    askOnly,
    find,
    tell,
    health: () => memories.map((memory) => Object.freeze({ ...memory })),
  })
}

/**
 * Errors of our own Ethereum node or of this client. What a gateway can bring about by what it says, as naming an epoch whose state
 * is gone, must not be here: one gateway could keep the others from being asked.
 */
const NO_GATEWAYS_FAULT = ["WRONG_CHAIN", "WRONG_ENIGMA", "SECRET_FORGOTTEN"] as const
const isNoGatewaysFault = (error: unknown): boolean =>
  chainErrors.is(error) ||
  verifyErrors.is(error, "HEADER_UNKNOWN") ||
  NO_GATEWAYS_FAULT.some((code) => clientErrors.is(error, code))

/** Marks an error as counted against a gateway, so that the next one is asked. Never leaves this file. */
class GatewayFault extends Error {
  constructor(cause: unknown) {
    super("a gateway failed", { cause })
  }
}
/** What a gateway did wrong; any other error ends the question. */
function faultOf(error: unknown): unknown {
  if (error instanceof GatewayFault) return error.cause
  throw error
}

/** An answer that arrived and is refused is a lie until shown otherwise. */
async function judged<T>(accept: () => T | Promise<T>, url: string, method: string): Promise<T> {
  try {
    return await accept()
  } catch (error) {
    if (isNoGatewaysFault(error) || clientErrors.is(error, "GATEWAY_WRONG_NETWORK")) throw error
    throw clientErrors.make("GATEWAY_LIED", { url, method, why: shortReason(error) }, { cause: error })
  }
}

function remember(memory: Memory, error: unknown, nowMs: number): void {
  const lied = clientErrors.is(error, "GATEWAY_LIED") || clientErrors.is(error, "GATEWAY_WRONG_NETWORK")
  memory.failuresInARow += 1
  memory.lies += lied ? 1 : 0
  const doubled = GATEWAY_COOL_DOWN_BASE_MS * 2 ** (memory.failuresInARow - 1)
  memory.askedLastUntilMs = nowMs + (lied ? GATEWAY_DISTRUST_MS : Math.min(doubled, GATEWAY_COOL_DOWN_CAP_MS))
  const code = error instanceof Error ? error.name : "UNKNOWN"
  memory.lastFailure = Object.freeze({ code, message: shortReason(error), atMs: nowMs })
}

/** One error that lists each gateway's; the errors themselves are its cause. */
function allFailed(method: string, faults: readonly unknown[]): Error {
  const causes = faults.map((fault, i) => `(${i + 1}) ${shortReason(fault)}`).join(" ")
  return clientErrors.make("GATEWAYS_FAILED", { method, causes }, { cause: new AggregateError(faults) })
}

function checkedUrls(urls: readonly string[]): readonly string[] {
  const bad = (why: string) => clientErrors.make("BAD_OPTION", { what: "gateways", why })
  if (urls.length === 0 || urls.length > MAX_GATEWAYS)
    throw bad(`1 to ${MAX_GATEWAYS} are needed, ${urls.length} given`)
  const checked = urls.map((url) => {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw bad(`${url} is no http(s) URL`)
    return new URL(url).href
  })
  if (new Set(checked).size !== checked.length) throw bad("one is listed twice")
  return checked
}

const newMemory = (url: string): Memory => ({
  url,
  failuresInARow: 0,
  lies: 0,
  lastFailure: undefined,
  lastSuccessAtMs: undefined,
  askedLastUntilMs: 0,
})
