/**
 * Generic cell rate algorithm: one number per key, no timers. The number is the time at which all that was admitted will have
 * drained; a request is refused when it would put that time further ahead than the burst allows.
 */
export interface Quota {
  /** Units admitted at once ... */
  readonly count: number
  /** ... and again over this time, milliseconds. */
  readonly everyMs: number
}

/** Keys kept; the oldest is forgotten first, which only ever lets an attacker with as many identities start anew. */
const MAX_KEYS = 4_096

export interface RateLimit {
  /** Whether `units` may pass for a key now; when not, nothing is charged. */
  admit(key: string, units?: number): boolean
}

export function createRateLimit(quota: Quota, now: () => number): RateLimit {
  const drainedAt = new Map<string, number>()
  const msPerUnit = quota.everyMs / quota.count
  return {
    admit(key, units = 1) {
      const at = now()
      const from = Math.max(at, drainedAt.get(key) ?? at)
      const drained = from + units * msPerUnit
      if (drained - at > quota.everyMs) return false
      drainedAt.delete(key)
      drainedAt.set(key, drained)
      if (drainedAt.size > MAX_KEYS) drainedAt.delete(drainedAt.keys().next().value as string)
      return true
    },
  }
}
