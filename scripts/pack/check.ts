// What a tarball must be: whole, by itself, and nothing but what its users need.
import { packErrors } from "./errors.ts"
import type { Manifest } from "./published.ts"

const NOT_FOR_USERS =
  /(^|\/)(test|tests|bench|fuzz|vectors|kernels|fixtures|node_modules)\/|\.test\.[jt]s$|\.tsbuildinfo$/
/** Of packages that are not in it: what a user's npm would not find. */
const isElsewhere = (range: string) => /^(file|link|workspace):/.test(range)

/** @param files paths in the tarball, below its one folder. @throws PACK_BAD_TARBALL with everything that is wrong */
export function checkTarball(manifest: Manifest, files: readonly string[]): void {
  const there = new Set(files)
  const targets = [...Object.values(manifest.exports ?? {}), manifest.bin ?? {}].flatMap((door) =>
    typeof door === "string" ? [door] : Object.values(door),
  )
  const wrong = [
    ...targets.filter((target) => !there.has(target.replace(/^\.\//, ""))).map((target) => `${target} is missing`),
    ...(targets.length === 0 ? ["it has no door"] : []),
    ...["LICENSE", "package.json"].filter((file) => !there.has(file)).map((file) => `${file} is missing`),
    ...files.filter((file) => NOT_FOR_USERS.test(file)).map((file) => `${file} is not for users`),
    ...Object.entries(manifest.dependencies ?? {})
      .filter(([, range]) => isElsewhere(range))
      .map(([name, range]) => `its dependency ${name} is ${range}`),
  ]
  if (wrong.length > 0) throw packErrors.make("BAD_TARBALL", { package: manifest.name, why: wrong.join("; ") })
}
