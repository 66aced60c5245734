// Compiles the contracts unless nothing changed since the last time. Hardhat alone would take a second to find that out, and
// would wait for any other Hardhat that runs in this checkout.
import { createHash } from "node:crypto"
import fs from "node:fs"
import path from "node:path"
import { hardhat, root } from "./hardhat.ts"

const ARTIFACTS = path.join(root, "artifacts")
const STAMP = path.join(ARTIFACTS, ".compiled-from")
/** Everything that decides what the compiler gives: sources, settings, and the versions of compiler and libraries. */
const INPUTS = ["contracts-sol/src/**/*.sol", "examples/*/contracts/**/*.sol", "hardhat.config.ts", "package-lock.json"]

function fingerprint(): string {
  const hash = createHash("sha256")
  for (const file of INPUTS.flatMap((pattern) => fs.globSync(pattern, { cwd: root })).sort())
    hash.update(`${file}\0`).update(
      createHash("sha256")
        .update(fs.readFileSync(path.join(root, file)))
        .digest(),
    )
  return hash.digest("hex")
}

const readStamp = () => (fs.existsSync(STAMP) ? fs.readFileSync(STAMP, "utf8") : "")

export interface CompileOptions {
  readonly signal: AbortSignal
  /** Told when it will take a while. */
  readonly say: (text: string) => void
}

/** @returns the directory of the artifacts */
export async function compiledContracts({ signal, say }: CompileOptions): Promise<string> {
  const wanted = fingerprint()
  if (readStamp() === wanted) return ARTIFACTS
  say("compiling the contracts (once; half a minute on two cores) ...")
  const code = await hardhat(["build", "--quiet", "--no-tests"], { quiet: true, signal })
  if (code !== 0) throw new Error(`Hardhat could not compile the contracts (exit code ${code}); its output is above.`)
  fs.writeFileSync(STAMP, wanted)
  return ARTIFACTS
}
