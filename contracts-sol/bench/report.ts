/** The figures for people and for programs. */
import type { Figures } from "./bench-gas.ts"
import type { Budget } from "./budget.ts"

type Tree = { [name: string]: number | null | Tree }

/** `{ name: gas, name: { at: gas } }`, and the original's figures in the same shape under `original`. */
export function asJson(figures: Figures, budget: Budget): Tree {
  const originals = Object.values(budget).map(({ figure, original }) => [figure, original] as const)
  return { ...nest(figures), original: nest(originals.filter(([figure]) => figures.has(figure))) }
}

function nest(entries: Iterable<readonly [string, number | null]>): Tree {
  const tree: Tree = {}
  for (const [figure, gas] of entries) {
    const [name, at] = figure.split(".") as [string, string?]
    if (at === undefined) tree[name] = gas
    else tree[name] = { ...(tree[name] as Tree | undefined), [at]: gas }
  }
  return tree
}

/** One line a figure, in the order of the budget. */
export function asTable(figures: Figures, budget: Budget): string {
  const rows = Object.entries(budget)
    .filter(([, { figure }]) => figures.has(figure))
    .map(([sentence, { figure, original, target, budget }]) => {
      const gas = figures.get(figure)!
      return [
        figure,
        number(gas),
        number(original),
        number(target),
        number(budget),
        gas > budget ? "OVER" : "",
        sentence,
      ]
    })
  const head = ["figure", "gas", "original", "target", "budget", "", "what"]
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]!.length)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (i >= 1 && i <= 4 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd()
  return [head, ...rows].map(line).join("\n")
}

const number = (gas: number | null): string => (gas === null ? "-" : Math.round(gas).toLocaleString("en-US"))
