// Product of two 160 x 160 matrices of 64-bit integers.
const N = 160
export function construct(): void {}
export function call(): void {
  const a = new Array<i64>(N * N)
  const b = new Array<i64>(N * N)
  const c = new Array<i64>(N * N)
  for (let i = 0; i < N * N; i++) {
    a[i] = i * 7
    b[i] = i * 13
  }
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < N; j++) {
      let sum: i64 = 0
      for (let k = 0; k < N; k++) sum += a[i * N + k] * b[k * N + j]
      c[i * N + j] = sum
    }
  }
  if (c[1] == 0) unreachable()
}
