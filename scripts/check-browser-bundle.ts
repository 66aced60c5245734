// Bundles every door that must run in a browser, and fails on what a browser does not have.
import path from "node:path"
import { parseArgs } from "node:util"
import { bundleForBrowser, kilobytes } from "./browser/bundle.ts"
import { ROOMS, SCOPE } from "./layers/rules.ts"

const USAGE = `Usage: npm run check:browser -- [--why]

Bundles the browser-safe doors and fails on Node's modules and globals. --why lists what each bundle is made of.`

const { values } = parseArgs({ options: { why: { type: "boolean" }, help: { type: "boolean" } } })
if (values.help) {
  console.log(USAGE)
  process.exit(0)
}
const root = path.resolve(import.meta.dirname, "..")
const doors = Object.entries(ROOMS).flatMap(([room, one]) =>
  Object.entries(one.doors).flatMap(([door, { browser }]) => (browser ? [path.posix.join(SCOPE, room, door)] : [])),
)
let failed = false
for (const door of doors) {
  const { sizeBytes, gzipBytes, problems, largest } = await bundleForBrowser(`export * from "${door}"`, root)
  const sizes = [`${kilobytes(sizeBytes)} minified`, `${kilobytes(gzipBytes)} gzip`]
  console.log(door.padEnd(34) + sizes.map((size) => size.padStart(20)).join(""))
  for (const problem of problems) console.log(`  ${problem}`)
  if (values.why) for (const part of largest) console.log(`  ${part}`)
  failed ||= problems.length > 0
}
process.exit(failed ? 1 : 0)
