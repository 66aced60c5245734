/** The cost table of `--gas-stats`: what calls of secret contracts cost on Ethereum, in ENG and in compute. */
import type { Cost } from "./recorder.ts"

const GRAINS_PER_ENG = 100_000_000
const COLUMNS = [
  "contract",
  "function",
  "calls",
  "gas min",
  "gas avg",
  "gas max",
  "ENG avg",
  "compute avg",
  "compute max",
]
const TEXT_COLUMNS = 2

export function costTable(costs: readonly Cost[]): string {
  const groups = Map.groupBy(costs, ({ contract, fn }) => `${contract} ${fn}`)
  const rows = [...groups.keys()].sort().map((key) => rowOf(groups.get(key)!))
  const all = [COLUMNS, ...rows]
  const widths = COLUMNS.map((_, i) => Math.max(...all.map((row) => row[i]!.length)))
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i < TEXT_COLUMNS ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  ")
  return [
    "Secret contracts: gas of the record on Ethereum, ENG for the worker, WASM gas in the enclave",
    ...[line(COLUMNS), widths.map((width) => "-".repeat(width)).join("  ")],
    ...rows.map(line),
  ].join("\n")
}

function rowOf(costs: readonly Cost[]): readonly string[] {
  const { contract, fn } = costs[0]!
  const gas = costs.map((cost) => cost.gas)
  const compute = costs.flatMap((cost) => (cost.compute === undefined ? [] : [cost.compute]))
  const eng = average(costs.map(({ feeGrains }) => feeGrains)) / GRAINS_PER_ENG
  return [
    ...[contract, fn, String(costs.length)],
    ...[Math.min(...gas), average(gas), Math.max(...gas)].map(whole),
    eng.toLocaleString("en-US", { maximumFractionDigits: 8 }),
    ...(compute.length === 0 ? ["-", "-"] : [average(compute), Math.max(...compute)].map(whole)),
  ]
}

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const whole = (value: number): string => Math.round(value).toLocaleString("en-US")
