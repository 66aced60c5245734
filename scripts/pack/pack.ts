// Every published package as a tarball that works outside this repository.
import fs from "node:fs"
import os from "node:os"
import path from "node:path"
import { buildPackages } from "./build.ts"
import { checkTarball } from "./check.ts"
import { packErrors } from "./errors.ts"
import { npm } from "./npm.ts"
import { publishedManifest, publishedPackages } from "./published.ts"
import { stagePackage } from "./stage.ts"

export interface Tarball {
  readonly name: string
  readonly version: string
  /** Absolute. */
  readonly file: string
  readonly sizeBytes: number
  readonly files: number
}

interface NpmPacked {
  readonly name: string
  readonly version: string
  readonly filename: string
  readonly size: number
  readonly files: readonly { readonly path: string }[]
}

/**
 * Builds, and writes one tarball a package into a directory, which is made when it is not there.
 * @throws PACK_BUILD_FAILED, PACK_BAD_DIRECTORY, PACK_BAD_TARBALL
 */
export function packPackages(root: string, directory: string): readonly Tarball[] {
  if (fs.existsSync(directory) && !fs.statSync(directory).isDirectory())
    throw packErrors.make("BAD_DIRECTORY", { directory })
  buildPackages(root)
  fs.mkdirSync(directory, { recursive: true })
  const staging = fs.mkdtempSync(path.join(os.tmpdir(), "enigma-pack-"))
  try {
    const packages = publishedPackages(root)
    const staged = packages.map((one) => path.join(staging, path.basename(one.dir)))
    packages.forEach((one, index) => {
      stagePackage(root, one, staged[index]!)
    })
    const packed = npmPack(staged, directory)
    for (const { manifest } of packages) {
      const { files = [] } = packed.find(({ name }) => name === manifest.name) ?? {}
      checkTarball(
        publishedManifest(manifest),
        files.map((file) => file.path),
      )
    }
    return packed.map(({ name, version, filename, size, files }) =>
      Object.freeze({ name, version, file: path.join(directory, filename), sizeBytes: size, files: files.length }),
    )
  } finally {
    fs.rmSync(staging, { recursive: true, force: true })
  }
}

function npmPack(folders: readonly string[], directory: string): readonly NpmPacked[] {
  const args = ["pack", "--json", "--ignore-scripts", "--loglevel=error", "--pack-destination", directory, ...folders]
  const { status, stdout, stderr } = npm(args, { cwd: directory })
  if (status === 0) return JSON.parse(String(stdout)) as NpmPacked[]
  process.stderr.write(String(stderr))
  throw packErrors.make("BUILD_FAILED", { what: "npm pack", code: status ?? -1 })
}
