/** Pearson's test of a draw against its weights. */

/** Sum of (observed - expected)^2 / expected; infinite when something impossible was observed. */
export function chiSquare(observed: readonly number[], weights: readonly number[]): number {
  const draws = observed.reduce((sum, n) => sum + n, 0)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return observed.reduce((sum, n, i) => {
    const expected = (draws * weights[i]!) / total
    if (expected === 0) return n === 0 ? sum : Number.POSITIVE_INFINITY
    return sum + (n - expected) ** 2 / expected
  }, 0)
}

/** The value that chance exceeds with probability `alpha`, for `degrees` of freedom; by bisection of the tail. */
export function criticalValue(degrees: number, alpha: number): number {
  let [low, high] = [0, 10 * degrees + 200]
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2
    if (upperTail(degrees, middle) > alpha) low = middle
    else high = middle
  }
  return high
}

/** P(X > x): one less the lower regularized gamma function, by its series. */
function upperTail(degrees: number, x: number): number {
  const a = degrees / 2
  let term = 1 / a
  let sum = term
  for (let n = 1; n < 5_000 && term > sum * 1e-15; n++) {
    term *= x / 2 / (a + n)
    sum += term
  }
  return 1 - sum * Math.exp(a * Math.log(x / 2) - x / 2 - logGamma(a))
}

/** ln of the gamma function of a multiple of one half, by its recurrence. */
function logGamma(a: number): number {
  let [at, sum] = Number.isInteger(a) ? [1, 0] : [0.5, Math.log(Math.PI) / 2]
  for (; at < a; at++) sum += Math.log(at)
  return sum
}
