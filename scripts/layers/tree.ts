// The source tree as the checks see it: packages with their doors, files with their imports resolved.
import fs from "node:fs"
import { isBuiltin } from "node:module"
import path from "node:path"
import { type Import, type Parsed, parseFiles } from "./parse.ts"
import { SCOPE } from "./rules.ts"

export interface Package {
  readonly name: string
  readonly dir: string
  /** Door name without "./" ("." stays) -> absolute source file. */
  readonly doors: ReadonlyMap<string, string>
  readonly dependencies: ReadonlySet<string>
  readonly devDependencies: ReadonlySet<string>
  /** Packages named in tsconfig `references`; undefined without a tsconfig. */
  readonly references: ReadonlySet<string> | undefined
}

export type Target =
  | { readonly to: "file"; readonly file: string }
  | { readonly to: "door"; readonly package: string; readonly door: string }
  | { readonly to: "builtin"; readonly name: string }
  | { readonly to: "external"; readonly package: string }

export interface File {
  readonly path: string
  /** The package it lies in; undefined for scripts, root tests, benches and examples. */
  readonly package: string | undefined
  /** Part of the package's program, as opposed to its tests, benches and own scripts. */
  readonly isSource: boolean
  /** Its tests and benches. */
  readonly isTest: boolean
  readonly parsed: Parsed
  readonly imports: readonly (Import & { readonly target: Target })[]
}

export interface Tree {
  readonly root: string
  readonly packages: ReadonlyMap<string, Package>
  readonly files: ReadonlyMap<string, File>
  readonly rootDependencies: ReadonlySet<string>
}

const SKIPPED = new Set([
  "node_modules",
  "dist",
  "artifacts",
  "cache",
  "coverage",
  "assembly",
  "runtime",
  "secret-contract",
])
const ROOTS = ["packages", "scripts", "test", "bench", "examples", "contracts-sol", "hardhat.config.ts"]

export function readTree(root: string): Tree {
  const packages = new Map(
    list(path.join(root, "packages"))
      .filter((entry) => fs.existsSync(path.join(entry, "package.json")))
      .map((dir) => [path.basename(dir), readPackage(dir)] as const),
  )
  const paths = ROOTS.flatMap((entry) => sourceFiles(path.join(root, entry)))
  const files = new Map(
    [...parseFiles(root, paths)].map(([file, parsed]) => {
      const [top, name, folder] = path.relative(root, file).split(path.sep)
      const inPackage = top === "packages" && name !== undefined && packages.has(name) ? name : undefined
      const isSource = inPackage !== undefined && folder === "src"
      const isTest = folder === "test" || folder === "bench"
      const imports = parsed.imports.map((one) => ({ ...one, target: resolve(file, one.specifier) }))
      return [file, { path: file, package: inPackage, isSource, isTest, parsed, imports }] as const
    }),
  )
  const manifest = readJson(path.join(root, "package.json"))
  return { root, packages, files, rootDependencies: keys(manifest.dependencies, manifest.devDependencies) }
}

function readPackage(dir: string): Package {
  const manifest = readJson(path.join(dir, "package.json"))
  const doors = Object.entries(manifest.exports ?? {}).flatMap(([name, door]) => {
    const source = door["@enigma/source"]
    return source === undefined ? [] : [[name.replace(/^\.\//, ""), path.join(dir, source)] as const]
  })
  const tsconfig = path.join(dir, "tsconfig.json")
  const references = fs.existsSync(tsconfig)
    ? new Set((readJson(tsconfig).references ?? []).map((one) => path.basename(one.path)))
    : undefined
  return {
    name: path.basename(dir),
    dir,
    doors: new Map(doors),
    dependencies: keys(manifest.dependencies, manifest.peerDependencies, manifest.optionalDependencies),
    devDependencies: keys(manifest.devDependencies),
    references,
  }
}

function resolve(from: string, specifier: string): Target {
  if (specifier.startsWith(".") || specifier.startsWith("/")) {
    return { to: "file", file: path.resolve(path.dirname(from), specifier) }
  }
  if (specifier.startsWith(SCOPE)) {
    const [name = "", ...door] = specifier.slice(SCOPE.length).split("/")
    return { to: "door", package: name, door: door.join("/") || "." }
  }
  if (isBuiltin(specifier))
    return { to: "builtin", name: specifier.startsWith("node:") ? specifier : `node:${specifier}` }
  const parts = specifier.split("/")
  return { to: "external", package: parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/") }
}

function sourceFiles(entry: string): string[] {
  if (!fs.existsSync(entry)) return []
  if (fs.statSync(entry).isFile()) return [entry]
  return list(entry).flatMap((child) => {
    if (fs.statSync(child).isDirectory()) return SKIPPED.has(path.basename(child)) ? [] : sourceFiles(child)
    return /\.(ts|mts|mjs|js)$/.test(child) && !child.endsWith(".d.ts") ? [child] : []
  })
}

const list = (dir: string) =>
  fs.existsSync(dir)
    ? fs
        .readdirSync(dir)
        .sort()
        .map((name) => path.join(dir, name))
    : []
const keys = (...tables: (object | undefined)[]) => new Set(tables.flatMap((table) => Object.keys(table ?? {})))

interface Manifest {
  readonly exports?: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly dependencies?: object
  readonly devDependencies?: object
  readonly peerDependencies?: object
  readonly optionalDependencies?: object
  readonly references?: readonly { readonly path: string }[]
}
const readJson = (file: string) => JSON.parse(fs.readFileSync(file, "utf8")) as Manifest
