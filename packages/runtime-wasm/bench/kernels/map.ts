// 60,000 entries into a map and out again.
export function construct(): void {}
export function call(): void {
  const map = new Map<u32, u64>()
  let key: u32 = 1
  for (let i = 0; i < 60_000; i++) {
    key = key * 1664525 + 1013904223
    map.set(key, i)
  }
  let found = 0
  key = 1
  for (let i = 0; i < 60_000; i++) {
    key = key * 1664525 + 1013904223
    if (map.get(key) == i) found++
  }
  if (found != 60_000) unreachable()
}
