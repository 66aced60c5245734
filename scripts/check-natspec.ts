// Fails when a function, event, error or struct of an interface lacks its words: `node scripts/check-natspec.ts`.
import fs from "node:fs"
import path from "node:path"
import { missingNatspec } from "./natspec/missing.ts"

const root = path.resolve(import.meta.dirname, "..")
const files = fs.globSync("contracts-sol/src/interfaces/*.sol", { cwd: root }).sort()
const missing = missingNatspec(
  Object.fromEntries(files.map((file) => [file, fs.readFileSync(path.join(root, file), "utf8")])),
)
for (const one of missing) console.error(one)
if (files.length === 0) console.error("there are no interfaces")
else if (missing.length === 0) console.log(`${files.length} interfaces say what each part means`)
process.exit(missing.length > 0 || files.length === 0 ? 1 : 0)
