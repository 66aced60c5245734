import assert from "node:assert/strict"
import hre from "hardhat"
import { benchGas, type Figures, QUICK } from "../bench/bench-gas.ts"
import { overBudget, readBudget } from "../bench/budget.ts"
import { asJson, asTable } from "../bench/report.ts"

const LIMIT_MS = 120_000
/** Addresses and hashes with more or fewer zero bytes move a figure by less than this. */
const NOISE_PERCENT = 1

describe("the gas budget", () => {
  const entries = Object.values(readBudget())
  const everything: Figures = new Map(entries.map(({ figure, measured }) => [figure, measured]))

  it("holds on a small network", async function () {
    const { buildProfile, coverage } = hre.globalOptions
    // Other settings of the compiler, and what measures coverage, cost gas of their own.
    if (coverage || !["default", "production"].includes(buildProfile ?? "default")) this.skip()
    this.timeout(LIMIT_MS)
    const figures = await benchGas(QUICK, () => {})
    assert.deepEqual(overBudget(figures), [])
    for (const { figure } of entries.filter(({ small }) => small))
      assert.ok(figures.has(figure), `${figure} is measured`)
  })

  it("allows little more than was measured", () => {
    for (const { figure, measured, budget } of entries) {
      assert.ok(measured <= budget, figure)
      assert.ok(budget - measured <= (measured * NOISE_PERCENT) / 100, `${figure}: lower its budget`)
    }
  })

  it("refuses a figure above it, and one it does not know", () => {
    assert.deepEqual(overBudget(everything), [])
    for (const { figure, budget } of entries) {
      const said = overBudget(new Map([...everything, [figure, budget + 1]]))
      assert.equal(said.length, 1)
      assert.match(said[0]!, new RegExp(`^${figure.replace(".", "\\.")} .*: ${budget + 1} gas, ${budget} allowed$`))
    }
    assert.deepEqual(overBudget(new Map([["flyToTheMoon", 1]])), ["flyToTheMoon: 1 gas, and no budget"])
  })

  it("is shown whole, beside what the original took", () => {
    const json = asJson(everything, readBudget())
    assert.deepEqual(Object.keys(json.commitBatch as object), ["n1", "n10", "n100", "n1000"])
    assert.equal((json.original as Record<string, unknown>).recordTask, 219_069)
    const table = asTable(everything, readBudget())
    assert.equal(table.split("\n").length, entries.length + 1)
    assert.doesNotMatch(table, /OVER/)
  })
})
