import { mkdir, readFile, rename, writeFile } from "node:fs/promises"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"
import { measurementOf } from "./measurement.ts"

/** The two programs. */
export const PROGRAMS = {
  worker: { source: "worker-program", file: "worker-enclave.mjs" },
  keyManager: { source: "key-manager-program", file: "key-manager-enclave.mjs" },
} as const
export type ProgramName = keyof typeof PROGRAMS

/** A program as one file that runs by itself. */
export interface BundledProgram {
  readonly code: Uint8Array
  /** SHA-256 of the code, 32 bytes. */
  readonly measurement: Uint8Array
}

/**
 * A program's one file. The packed package carries it, so that it has the same measurement wherever it is installed; from
 * TypeScript sources, or built files that carry none, it is bundled.
 *
 * Bundling is reproducible: the same sources and dependencies give the same bytes in any directory and at any time. Nothing
 * of this machine goes in: no paths (they are relative to the package's parent and stripped with the comments), no dates, and
 * esbuild is pinned. Sources and built files give different measurements.
 */
export async function bundleProgram(name: ProgramName): Promise<BundledProgram> {
  const here = path.dirname(fileURLToPath(import.meta.url))
  const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js"
  const carried =
    extension === ".js"
      ? await readFile(path.join(here, "programs", PROGRAMS[name].file)).catch(() => undefined)
      : undefined
  const code = carried === undefined ? await bundle(name, here, extension) : Uint8Array.from(carried)
  return { code, measurement: measurementOf(code) }
}

async function bundle(name: ProgramName, here: string, extension: ".ts" | ".js"): Promise<Uint8Array> {
  const result = await build({
    entryPoints: [path.join(here, `${PROGRAMS[name].source}${extension}`)],
    absWorkingDir: here,
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    target: "node22.13",
    mainFields: ["module", "main"], // the forms of which unused parts fall away
    conditions: extension === ".ts" ? ["@enigma/source"] : [],
    minify: true, // identifiers too: else wrapped CommonJS modules carry their paths
    legalComments: "none",
    sourcemap: false,
    treeShaking: true,
    charset: "ascii",
    logLevel: "silent",
    // CommonJS inside an ES module (wasmer) asks for `require`; what it may get are Node's own modules.
    banner: {
      js: 'import{createRequire as __enigmaRequire}from"node:module";const require=__enigmaRequire(import.meta.url);',
    },
  })
  return result.outputFiles[0]!.contents
}

/** Writes a program where a host can start it, and returns the file. Readers never see half a file. */
export async function writeProgram(
  name: ProgramName,
  directory: string,
): Promise<{ file: string; measurement: Uint8Array }> {
  const { code, measurement } = await bundleProgram(name)
  await mkdir(directory, { recursive: true })
  const file = path.join(directory, PROGRAMS[name].file)
  const known = await readFile(file).catch(() => undefined)
  if (known === undefined || Buffer.compare(known, code) !== 0) {
    const fresh = `${file}.${process.pid}.tmp`
    await writeFile(fresh, code, { mode: 0o444 })
    await rename(fresh, file)
  }
  return { file, measurement }
}
