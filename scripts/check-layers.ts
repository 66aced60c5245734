// Checks that the imports of the whole tree keep to scripts/layers/rules.ts, and that ARCHITECTURE.md shows those rules.
import fs from "node:fs"
import path from "node:path"
import { parseArgs } from "node:util"
import { checkTree } from "./layers/checks.ts"
import { withLayers } from "./layers/draw.ts"
import { readTree } from "./layers/tree.ts"

const USAGE = `Usage: node scripts/check-layers.ts [--write]

Checks who imports whom. --write draws the rules into ARCHITECTURE.md instead of comparing.`

const { values } = parseArgs({ options: { write: { type: "boolean" }, help: { type: "boolean" } } })
if (values.help) {
  console.log(USAGE)
  process.exit(0)
}

const root = path.resolve(import.meta.dirname, "..")
const tree = readTree(root)
const violations = checkTree(tree)
for (const { rule, where, message } of violations) console.log(`${where}  ${rule}: ${message}`)

const architecture = path.join(root, "ARCHITECTURE.md")
const document = fs.existsSync(architecture) ? fs.readFileSync(architecture, "utf8") : ""
const drawn = withLayers(document)
const problem =
  drawn === undefined
    ? "ARCHITECTURE.md has no <!-- layers:begin --> and <!-- layers:end -->; add both"
    : drawn !== document && !values.write
      ? "ARCHITECTURE.md shows other rules than scripts/layers/rules.ts; run `npm run check:layers -- --write`"
      : undefined
if (problem) console.log(problem)
if (drawn !== undefined && drawn !== document && values.write) fs.writeFileSync(architecture, drawn)

console.log(`${tree.packages.size} packages, ${tree.files.size} files, ${violations.length} violations`)
process.exit(violations.length > 0 || problem ? 1 : 0)
