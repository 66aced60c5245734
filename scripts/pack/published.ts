// The packages that are given away, and what each takes along.
import fs from "node:fs"
import path from "node:path"
import { SCOPE } from "../layers/rules.ts"

/** A door as a package.json writes it: one file, or one a condition. */
export type Door = string | Readonly<Record<string, string>>

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly exports?: Readonly<Record<string, Door>>
  readonly bin?: Readonly<Record<string, string>>
  /** Files and folders below the package. */
  readonly files?: readonly string[]
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly scripts?: Readonly<Record<string, string>>
}

export interface PublishedPackage {
  readonly dir: string
  readonly manifest: Manifest
}

/** All but the private ones, by name. */
export function publishedPackages(root: string): readonly PublishedPackage[] {
  return fs
    .globSync("packages/*/package.json", { cwd: root })
    .map((file) => path.join(root, file))
    .map((file) => ({ dir: path.dirname(file), manifest: JSON.parse(fs.readFileSync(file, "utf8")) as Manifest }))
    .filter(({ manifest }) => manifest.private !== true)
    .sort((a, b) => (a.manifest.name < b.manifest.name ? -1 : 1))
}

const SOURCE = "@enigma/source"

/**
 * A package's manifest outside the repository: without the door to its TypeScript, which Node does not run below
 * node_modules, and without what only serves its development.
 */
export function publishedManifest(manifest: Manifest): Manifest {
  const { devDependencies: _, scripts: __, ...rest } = manifest
  const doors = Object.entries(manifest.exports ?? {}).map(([name, door]) => [
    name,
    typeof door === "string" ? door : Object.fromEntries(Object.entries(door).filter(([key]) => key !== SOURCE)),
  ])
  return { ...rest, exports: Object.fromEntries(doors) }
}

/** Its file name as npm makes it. */
export const tarballName = ({ name, version }: Pick<Manifest, "name" | "version">): string =>
  `${SCOPE.slice(1, -1)}-${name.slice(SCOPE.length)}-${version}.tgz`
