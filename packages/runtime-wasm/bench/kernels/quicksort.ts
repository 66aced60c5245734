// Quicksort of 200,000 pseudo-random numbers.
function sort(list: StaticArray<i32>, left: i32, right: i32): void {
  if (left >= right) return
  const pivot = list[(left + right) >> 1]
  let i = left
  let j = right
  while (i <= j) {
    while (list[i] < pivot) i++
    while (list[j] > pivot) j--
    if (i <= j) {
      const moved = list[i]
      list[i] = list[j]
      list[j] = moved
      i++
      j--
    }
  }
  sort(list, left, j)
  sort(list, i, right)
}

export function construct(): void {}
export function call(): void {
  const list = new StaticArray<i32>(200_000)
  let x: u32 = 12345
  for (let i = 0; i < list.length; i++) {
    x = x * 1664525 + 1013904223
    list[i] = <i32>(x >> 1)
  }
  sort(list, 0, list.length - 1)
  for (let i = 1; i < list.length; i++) if (list[i - 1] > list[i]) unreachable()
}
