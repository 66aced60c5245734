/** The committed budget of gas, and what is over it. */
import fs from "node:fs"
import type { Figures } from "./bench-gas.ts"

const FILE = new URL("../gas-budget.json", import.meta.url)

export interface Entry {
  /** Name of the figure: the path in the bench's JSON. */
  readonly figure: string
  /** The least the original contracts took for it, measured; null: they could not do it. */
  readonly original: number | null
  /** Gas we set out to stay below; null: none was set. */
  readonly target: number | null
  /** Gas when the budget was last written. */
  readonly measured: number
  /** Gas above which a change is refused. */
  readonly budget: number
  /** Whether a small network shows it, so that `npm test` measures it. */
  readonly small: boolean
}

/** By sentence. */
export type Budget = Readonly<Record<string, Entry>>

export const readBudget = (): Budget => JSON.parse(fs.readFileSync(FILE, "utf8")) as Budget

/** Puts the measured figures into the file; what is allowed is for people to change. */
export function writeMeasured(figures: Figures): void {
  const updated = Object.entries(readBudget()).map(([sentence, entry]) => {
    const measured = figures.get(entry.figure) ?? entry.measured
    return [sentence, { ...entry, measured }] as const
  })
  fs.writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(updated), null, 2)}\n`)
}

/** Figures above their budget, and figures that have none. */
export function overBudget(figures: Figures, budget: Budget = readBudget()): string[] {
  const entries = new Map(Object.entries(budget).map(([sentence, entry]) => [entry.figure, { sentence, ...entry }]))
  const said: string[] = []
  for (const [figure, gas] of figures) {
    const entry = entries.get(figure)
    if (entry === undefined) said.push(`${figure}: ${gas} gas, and no budget`)
    else if (gas > entry.budget) said.push(`${figure} (${entry.sentence}): ${gas} gas, ${entry.budget} allowed`)
  }
  return said
}
