// Writes a new project: the template, and our packages as tarballs inside it.
import fs from "node:fs"
import os from "node:os"
import path from "node:path"
import { packPackages } from "../pack/pack.ts"
import { type Manifest, publishedPackages, tarballName } from "../pack/published.ts"
import { createErrors } from "./errors.ts"
import { type Lock, PACKAGES, projectManifest } from "./manifest.ts"
import { parseTarget, type Target } from "./target.ts"

const TEMPLATE = path.join(import.meta.dirname, "template")
/** Under its own name git and npm would take it for theirs. */
const RENAMED: Readonly<Record<string, string>> = { gitignore: ".gitignore" }

export interface CreateOptions {
  /** Repository that this belongs to. */
  readonly root: string
  /** Directory of the project: new, or empty. */
  readonly directory: string | undefined
  /** Tarballs that `npm run pack` wrote; left out: they are packed now. */
  readonly packages: string | undefined
}

/**
 * All or nothing: what fails leaves no half project behind.
 * @throws CREATE_* and PACK_*, before anything is written
 */
export function createProject({ root, directory, packages }: CreateOptions): Target {
  const target = parseTarget(root, directory)
  const staging = fs.mkdtempSync(path.join(os.tmpdir(), "enigma-create-"))
  try {
    const tarballs = packages === undefined ? path.join(staging, "packed") : path.resolve(packages)
    if (packages === undefined) packPackages(root, tarballs)
    const project = path.join(staging, "project")
    writeProject(root, project, target.name, tarballs)
    fs.cpSync(project, target.directory, { recursive: true, errorOnExist: true, force: false })
    return target
  } finally {
    fs.rmSync(staging, { recursive: true, force: true })
  }
}

function writeProject(root: string, project: string, name: string, tarballs: string): void {
  fs.cpSync(TEMPLATE, project, { recursive: true })
  for (const [from, to] of Object.entries(RENAMED)) fs.renameSync(path.join(project, from), path.join(project, to))
  const published = publishedPackages(root)
  const lock = JSON.parse(fs.readFileSync(path.join(root, "package-lock.json"), "utf8")) as Lock
  const file = path.join(project, "package.json")
  const template = JSON.parse(fs.readFileSync(file, "utf8")) as Manifest
  fs.writeFileSync(file, `${JSON.stringify(projectManifest(template, name, lock, published), null, 2)}\n`)
  fs.mkdirSync(path.join(project, PACKAGES))
  for (const tarball of published.map(({ manifest }) => tarballName(manifest))) {
    const from = path.join(tarballs, tarball)
    if (!fs.existsSync(from)) throw createErrors.make("NO_TARBALL", { directory: tarballs, file: tarball })
    fs.copyFileSync(from, path.join(project, PACKAGES, tarball))
  }
}
