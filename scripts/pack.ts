// `npm run pack -- <dir>`: every published package as a tarball.
import path from "node:path"
import { packErrors } from "./pack/errors.ts"
import { packPackages } from "./pack/pack.ts"

const USAGE = `Usage: npm run pack -- <dir> [--json]

Builds every package that is given away and writes its tarball into <dir>. A project outside this repository installs them
as file: dependencies; npm run create makes one that does.`

const args = process.argv.slice(2)
const [directory] = args.filter((arg) => !arg.startsWith("--"))
if (args.includes("--help")) {
  console.log(USAGE)
  process.exit(0)
}
try {
  if (directory === undefined) throw packErrors.make("NO_DIRECTORY")
  const tarballs = packPackages(path.resolve(import.meta.dirname, ".."), path.resolve(directory))
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(0).padStart(6)} kB`
  if (args.includes("--json")) console.log(JSON.stringify(tarballs))
  else
    for (const { name, version, sizeBytes, files } of tarballs)
      console.log(`${kilobytes(sizeBytes)} ${String(files).padStart(5)} files  ${name} ${version}`)
} catch (error) {
  if (!packErrors.is(error)) throw error
  console.error(error.message)
  process.exitCode = 1
}
