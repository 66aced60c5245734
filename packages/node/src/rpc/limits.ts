/** What one caller, and all together, may take of a gateway at a time. */

export interface GatewayLimits {
  /** Bodies being answered, over all callers and for one. */
  readonly bodiesInFlight: number
  readonly bodiesPerClient: number
  /** Bytes of bodies held at a time, over all callers. */
  readonly bodyBytes: number
  /** Time to send a request's headers, and the whole of it. */
  readonly headersTimeoutMs: number
  readonly requestTimeoutMs: number
  /** Time for the answer to one body, however many calls it holds. */
  readonly answerTimeoutMs: number
  /** A WebSocket that answers no ping for so long is cut. */
  readonly pingMs: number
}

export const GATEWAY_LIMITS: GatewayLimits = {
  bodiesInFlight: 128,
  bodiesPerClient: 32,
  bodyBytes: 67_108_864,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  answerTimeoutMs: 60_000,
  pingMs: 30_000,
}

/** A pool that callers take from and give back to. */
export interface Pool {
  /** Undefined when there is not enough; else what gives it back, once. */
  take(client: string, units?: number): (() => void) | undefined
}

export function createPool(total: number, perClient: number): Pool {
  let taken = 0
  const byClient = new Map<string, number>()
  return {
    take(client, units = 1) {
      const own = byClient.get(client) ?? 0
      if (taken + units > total || own + units > perClient) return undefined
      taken += units
      byClient.set(client, own + units)
      let isBack = false
      return () => {
        if (isBack) return
        isBack = true
        taken -= units
        const left = (byClient.get(client) ?? 0) - units
        if (left > 0) byClient.set(client, left)
        else byClient.delete(client)
      }
    },
  }
}

/** Who a caller is for limits: an IPv4 address, or the /64 network of an IPv6 one, of which a single caller has all addresses. */
export function clientOf(remoteAddress: string | undefined): string {
  const address = (remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/, "")
  if (!address.includes(":")) return address
  const [head = "", tail = ""] = address.split("::")
  const before = head === "" ? [] : head.split(":")
  const after = tail === "" ? [] : tail.split(":")
  const zeros = address.includes("::") ? Array<string>(Math.max(0, 8 - before.length - after.length)).fill("0") : []
  return [...before, ...zeros, ...after].slice(0, 4).join(":")
}
