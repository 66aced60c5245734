/** `npm run bundle -w @enigma-discovery/enclave [-- <directory>]`: writes both programs and prints their measurements. */
import path from "node:path"
import { fileURLToPath } from "node:url"
import { toHex } from "@enigma-discovery/protocol"
import { PROGRAMS, type ProgramName, writeProgram } from "./bundle.ts"

const here = path.dirname(fileURLToPath(import.meta.url))
const directory = path.resolve(process.argv[2] ?? path.join(here, "..", "dist", "programs"))
for (const name of Object.keys(PROGRAMS) as ProgramName[]) {
  const { file, measurement } = await writeProgram(name, directory)
  process.stdout.write(`${toHex(measurement)}  ${file}\n`)
}
