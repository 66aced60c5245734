/** Least time of each candidate in milliseconds, taken in turn so that the machine's moods fall on all alike. */
export function race(candidates: readonly (() => void)[], rounds: number): number[] {
  const best = candidates.map(() => Number.POSITIVE_INFINITY)
  for (let round = 0; round < rounds; round++) {
    for (const [i, run] of candidates.entries()) {
      const start = performance.now()
      run()
      best[i] = Math.min(best[i]!, performance.now() - start)
    }
  }
  return best
}

export const geomean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)
