// Joins, cuts and compares 30,000 short strings.
export function construct(): void {}
export function call(): void {
  let total = 0
  for (let i = 0; i < 30_000; i++) {
    const text = "item " + i.toString() + " of many"
    if (text.includes("7") && text.startsWith("item")) total += text.slice(5).length
  }
  if (total == 0) unreachable()
}
