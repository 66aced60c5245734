/**
 * What peers' misbehaviour costs them: points that decay with time. Gossipsub adds the score to its own, and below the limit the
 * peer is disconnected and refused until enough has decayed.
 */
export const OFFENCE = {
  /** Bytes that no honest build sends: frames beyond their bound, encodings that don't decode. */
  malformed: 20,
  /** Well-formed, but signed by nobody who may, or about what is not so. */
  invalid: 10,
  /** More than its share. */
  flooding: 2,
  /** Promised by its role and not answered. */
  unresponsive: 1,
} as const
export type Offence = keyof typeof OFFENCE

export const BAN_AT_POINTS = 100
/** Points are halved in this time. */
export const HALF_LIFE_MS = 600_000
const MAX_PEERS = 4_096

export interface Reputation {
  report(peer: string, offence: Offence): void
  /** Not above zero. */
  score(peer: string): number
  isBanned(peer: string): boolean
}

export function createReputation(now: () => number, onBan: (peer: string) => void): Reputation {
  const points = new Map<string, { value: number; at: number }>()
  const current = (peer: string): number => {
    const known = points.get(peer)
    return known === undefined ? 0 : known.value * 0.5 ** ((now() - known.at) / HALF_LIFE_MS)
  }
  return {
    report(peer, offence) {
      const before = current(peer)
      const value = before + OFFENCE[offence]
      points.delete(peer)
      points.set(peer, { value, at: now() })
      if (points.size > MAX_PEERS) points.delete(points.keys().next().value as string)
      if (before < BAN_AT_POINTS && value >= BAN_AT_POINTS) onBan(peer)
    },
    score: (peer) => -current(peer),
    isBanned: (peer) => current(peer) >= BAN_AT_POINTS,
  }
}
