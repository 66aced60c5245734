/**
 * What metering costs: each kernel metered and limited against the same module untouched, in one process.
 *
 *   npm run bench:runtime            a table
 *   npm run bench:runtime -- --json  one JSON object
 */
import { parseArgs } from "node:util"
import { benchRuntime } from "./runtime/bench-runtime.ts"

const { values } = parseArgs({ options: { json: { type: "boolean", default: false }, designs: { type: "boolean", default: false } } })
const result = await benchRuntime(values.designs)
if (values.json) console.log(JSON.stringify(result))
else console.log(result)
