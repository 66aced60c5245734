/**
 * What metering costs: kernels metered and limited against the same modules untouched, in one process.
 *
 *   npm run bench:runtime               a table
 *   npm run bench:runtime -- --json     one JSON object on standard output
 *   npm run bench:runtime -- --designs  the designs of the meter against one another
 *
 * The design in use charges each region of code once: all instructions of which none or all are executed, across blocks,
 * arms that trap and the back edges of loops. Callers pay for the first region of what they call. The stack is counted
 * only on the way to recursive functions, and nothing is taken back on return. On the six kernels here (Node 24.21, shared
 * 2-core VM) metering and limiting cost, as geometric mean: 32 % when every block is charged and every function tests,
 * 20 % with regions charged once, 16 % when callers pay. Counting the stack by adding on entry and taking back on return,
 * packed into one word with the gas, cost 12 points more, nearly all on fib. Keeping the gas in a local in loops without
 * calls won 4 % on quicksort and lost 2 % on sha256: left out.
 */
import { parseArgs } from "node:util"
import { benchRuntime, compareDesigns } from "./bench-runtime.ts"

const { values } = parseArgs({
  options: { json: { type: "boolean", default: false }, designs: { type: "boolean", default: false } },
})
const fixed = (rows: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(rows).map(([name, n]) => [name, Number(n.toFixed(3))]))

if (values.designs) {
  const table = await compareDesigns()
  console.table(Object.fromEntries(Object.entries(table).map(([name, row]) => [name, fixed(row)])))
} else {
  const result = await benchRuntime()
  if (values.json) console.log(JSON.stringify(result))
  else {
    const { kernels, ...rest } = result
    console.log("Metered over untouched, times:")
    console.table(fixed(kernels))
    console.table(fixed(rest))
  }
}
