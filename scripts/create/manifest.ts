// The new project's package.json: every version exact, our packages from tarballs inside the project.
import { type Manifest, type PublishedPackage, tarballName } from "../pack/published.ts"
import { createErrors } from "./errors.ts"

/** Folder of the tarballs in the project. */
export const PACKAGES = "enigma-packages"

type Versions = Readonly<Record<string, string>>
type ProjectManifest = Manifest & { readonly overrides?: Versions }

/** The part of package-lock.json that is read here. */
export interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>
}

/**
 * @param template its versions are exact, or `locked` (as this repository has it) or `packed` (a tarball of ours)
 * @throws CREATE_UNKNOWN_VERSION
 */
export function projectManifest(
  template: Manifest,
  name: string,
  lock: Lock,
  packages: readonly PublishedPackage[],
): ProjectManifest {
  const files = new Map(packages.map(({ manifest }) => [manifest.name, `file:${PACKAGES}/${tarballName(manifest)}`]))
  const known = (what: string, version: string | undefined) => {
    if (version === undefined) throw createErrors.make("UNKNOWN_VERSION", { package: what })
    return version
  }
  const versionOf = (what: string, wanted: string) => {
    if (wanted === "packed") return known(what, files.get(what))
    return wanted === "locked" ? known(what, lock.packages[`node_modules/${what}`]?.version) : wanted
  }
  const resolved = (wanted: Versions = {}) =>
    Object.fromEntries(Object.entries(wanted).map(([what, version]) => [what, versionOf(what, version)]))
  const direct = new Set(Object.keys({ ...template.dependencies, ...template.devDependencies }))
  // What our packages need of each other is on no registry.
  const overrides = [...files].map(([what, file]) => [what, direct.has(what) ? `$${what}` : file])
  return {
    ...template,
    name,
    dependencies: resolved(template.dependencies),
    devDependencies: resolved(template.devDependencies),
    overrides: Object.fromEntries(overrides),
  }
}
