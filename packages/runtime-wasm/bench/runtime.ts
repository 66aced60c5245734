/**
 * What metering costs: kernels metered and limited against the same modules untouched, in one process.
 *
 *   npm run bench:runtime               a table
 *   npm run bench:runtime -- --json     one JSON object on standard output
 *   npm run bench:runtime -- --designs  the designs of the meter against one another
 *   npm run bench:runtime -- --prices   what instructions are charged, and what they take on V8's slower and faster tier
 *
 * The design in use charges each region of code once: all instructions of which none or all are executed, across blocks,
 * arms that trap and the back edges of loops. Callers pay for the first region of what they call. The stack is counted
 * only on the way to recursive functions, and nothing is taken back on return. On the six kernels here (Node 24.21, shared
 * 2-core VM; a quiet run, and in brackets one beside other work) metering and limiting cost, as geometric mean: 32 (50) %
 * when every block is charged and every function tests, 20 (27) % with regions charged once, 16 (21) % when callers pay: this
 * design won by 4 to 6 points over the second and by 16 to 29 over the plainest. Runs of it alone gave 9 to 17 %; fib is the
 * dearest, 47 to 95 %. Counting the stack by adding on entry and taking back on return,
 * packed into one word with the gas, cost 12 points more, nearly all on fib. Keeping the gas in a local in loops without
 * calls won 4 % on quicksort and lost 2 % on sha256: left out.
 */
import { execFileSync } from "node:child_process"
import { parseArgs } from "node:util"
import { benchRuntime, compareDesigns } from "./bench-runtime.ts"
import { type PriceClass, priceClasses } from "./price-classes.ts"

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    designs: { type: "boolean", default: false },
    prices: { type: "boolean", default: false },
    tier: { type: "boolean", default: false },
  },
})
const fixed = (rows: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(rows).map(([name, n]) => [name, Number(n.toFixed(3))]))

/** The price classes in a process of one tier. */
const onTier = (flag: string): readonly PriceClass[] =>
  JSON.parse(execFileSync(process.execPath, [flag, import.meta.filename, "--prices", "--tier"], { encoding: "utf8" }))

if (values.prices && values.tier) console.log(JSON.stringify(await priceClasses()))
else if (values.prices) {
  const fast = onTier("--no-liftoff")
  const rows = onTier("--liftoff-only").map(({ name, gas, ns }, i) => ({
    name,
    gas,
    liftoffNs: ns,
    turbofanNs: fast[i]!.ns,
  }))
  if (values.json) console.log(JSON.stringify(rows))
  else console.table(Object.fromEntries(rows.map(({ name, ...numbers }) => [name, fixed(numbers)])))
} else if (values.designs) {
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
