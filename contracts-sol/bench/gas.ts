/**
 * What Enigma costs on chain: every figure through the proxy, on rings and credit slots in use, with enclaves' signatures
 * and beacons checked by the precompiles, and a lottery filled by 10,000 registrations, stakes and logins.
 *
 *   npm run bench:gas                      a table
 *   npm run --silent bench:gas -- --json   one JSON object on standard output
 *   npm run bench:gas -- --quick           only what a small network shows, as `npm test` does
 *   npm run bench:gas -- --write           puts the figures into contracts-sol/gas-budget.json
 *
 * Ends with 1 when a figure is above its budget.
 */
import { parseArgs } from "node:util"
import { compiledContracts } from "../../scripts/contracts/compiled.ts"
import { overBudget, readBudget, writeMeasured } from "./budget.ts"
import { asJson, asTable } from "./report.ts"

const options = { json: false, quick: false, write: false }
const { values } = parseArgs({
  options: Object.fromEntries(Object.keys(options).map((name) => [name, { type: "boolean" as const, default: false }])),
})
const startedAt = performance.now()
const say = (text: string) =>
  console.error(`${((performance.now() - startedAt) / 1_000).toFixed(0).padStart(4)} s  ${text}`)

await compiledContracts({ signal: new AbortController().signal, say })
const { benchGas, FULL, QUICK } = await import("./bench-gas.ts") // loads Hardhat, which wants what was compiled
const figures = await benchGas(values.quick ? QUICK : FULL, say)
if (values.write) writeMeasured(figures)
console.log(values.json ? JSON.stringify(asJson(figures, readBudget())) : asTable(figures, readBudget()))
const over = overBudget(figures)
for (const line of over) console.error(`over budget: ${line}`)
process.exit(over.length > 0 ? 1 : 0)
