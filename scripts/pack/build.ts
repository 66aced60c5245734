// What the packages need besides their sources: JavaScript with declarations, and the enclaves' programs.
import { spawnSync } from "node:child_process"
import path from "node:path"
import { packErrors } from "./errors.ts"

/** @throws PACK_BUILD_FAILED */
export function buildPackages(root: string): void {
  const node = (what: string, ...args: readonly string[]) => {
    const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", 2, 2] })
    if (status !== 0) throw packErrors.make("BUILD_FAILED", { what, code: status ?? -1 })
  }
  node("Compiling the packages", path.join(root, "node_modules/typescript/bin/tsc"), "-b")
  // From the sources, so that a program is the same file, with the same measurement, here and wherever it is installed.
  const programs = path.join(root, "packages/enclave/dist/programs")
  node(
    "Bundling the enclaves' programs",
    ...["--conditions=@enigma/source", path.join(root, "packages/enclave/src/bundle-main.ts"), programs],
  )
}
