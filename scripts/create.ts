// `npm run create -- <dir>`: a new project with a secret contract, outside this repository.
import path from "node:path"
import { parseArgs } from "node:util"
import { createProject } from "./create/create.ts"
import { createErrors } from "./create/errors.ts"
import { packErrors } from "./pack/errors.ts"

const USAGE = `Usage: npm run create -- <dir> [--packages DIR]

Makes a project in <dir>, which must be new or empty: Solidity, a secret contract, tests, a deploy script and a page. The
packages of this repository are packed into it.

  --packages DIR  take the tarballs that npm run pack -- DIR wrote, and pack nothing`

const options = { packages: { type: "string" }, help: { type: "boolean", default: false } } as const

function main(): number {
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  if (values.help) {
    console.log(USAGE)
    return 0
  }
  const root = path.resolve(import.meta.dirname, "..")
  const { directory } = createProject({ root, directory: positionals[0], packages: values.packages })
  const shown = path.relative(process.cwd(), directory) || "."
  console.log(`Made ${directory}. Go on with:\n\n  cd ${shown}\n  npm install\n  npm test\n`)
  return 0
}

try {
  process.exitCode = main()
} catch (error) {
  const isTold =
    createErrors.is(error) || packErrors.is(error) || /^ERR_PARSE_ARGS/.test(String(Reflect.get(Object(error), "code")))
  if (!isTold) throw error
  console.error((error as Error).message)
  process.exitCode = 1
}
