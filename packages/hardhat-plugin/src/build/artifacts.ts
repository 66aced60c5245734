/** Compiled secret contracts on disk: `<Name>.json` and `<Name>.wasm` beside it. */
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import path from "node:path"
import type { Abi } from "@enigma-discovery/client"
import { keccak256 } from "@enigma-discovery/crypto"
import { type Hex, toHex } from "@enigma-discovery/protocol"
import type { StateEntry } from "@enigma-discovery/sdk-as"
import { z } from "zod"
import { pluginErrors } from "../errors.ts"

export const ARTIFACT_FORMAT = "enigma-secret-contract-1"

export interface SecretArtifact {
  readonly name: string
  /** Relative to the project's root, with forward slashes. */
  readonly source: string
  /** Keccak-256 of the code, as the chain knows it. */
  readonly codeHash: Hex
  readonly abi: Abi
  /** Variables of its state, for reading it in a debugger. */
  readonly state: readonly StateEntry[]
  readonly wasm: Uint8Array
  /** Lines of the source and names of functions by offset in the code, as JSON: what explains a trap. */
  readonly sourceMap: string
  /** What the artifact was made from: equal means there is nothing to compile. */
  readonly buildKey: string
}

const ArtifactFile = z.object({
  format: z.literal(ARTIFACT_FORMAT),
  name: z.string(),
  source: z.string(),
  codeHash: z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]{64}$/)]),
  buildKey: z.string(),
  abi: z.array(z.looseObject({ type: z.string() })),
  state: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(["value", "mapping", "list"]),
      keys: z.array(z.string()).max(2),
      value: z.string(),
      isPublic: z.boolean(),
    }),
  ),
})

export async function writeArtifact(
  directory: string,
  { wasm, sourceMap, ...artifact }: SecretArtifact,
): Promise<void> {
  await mkdir(directory, { recursive: true })
  const { name } = artifact
  const json = `${JSON.stringify({ format: ARTIFACT_FORMAT, ...artifact }, null, 2)}\n`
  await writeWhole(path.join(directory, `${name}.wasm`), wasm)
  await writeWhole(path.join(directory, `${name}.wasm.map`), sourceMap)
  await writeWhole(path.join(directory, `${name}.json`), json)
}

/** Test files that run in parallel may read while another process builds: they see the old file or the new one. */
async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  const partial = `${file}.${process.pid}.partial`
  await writeFile(partial, content)
  await rename(partial, file)
}

/** Undefined when there is none. @throws HARDHAT_ARTIFACT_BROKEN when there is one that can't be used */
export async function readArtifact(directory: string, name: string): Promise<SecretArtifact | undefined> {
  const text = await readFile(path.join(directory, `${name}.json`), "utf8").catch(() => undefined)
  if (text === undefined) return undefined
  const bad = (why: string) => pluginErrors.make("ARTIFACT_BROKEN", { name, directory, why })
  const parsed = ArtifactFile.safeParse(parseJson(text))
  if (!parsed.success) throw bad(z.prettifyError(parsed.error))
  const wasm = await readFile(path.join(directory, `${name}.wasm`)).catch(() => undefined)
  if (wasm === undefined) throw bad("its code is missing")
  const { format: _, ...rest } = parsed.data
  if (toHex(keccak256(wasm)) !== rest.codeHash) throw bad("its code is not the one that its codeHash names")
  const sourceMap = await readFile(path.join(directory, `${name}.wasm.map`), "utf8").catch(() => undefined)
  if (sourceMap === undefined) throw bad("its source map is missing")
  return Object.freeze({ ...rest, abi: rest.abi as Abi, wasm: Uint8Array.from(wasm), sourceMap })
}

/** @throws HARDHAT_NOT_BUILT, naming what there is */
export async function requireArtifact(directory: string, name: string): Promise<SecretArtifact> {
  const found = /^\w+$/.test(name) ? await readArtifact(directory, name) : undefined
  if (found !== undefined) return found
  const known = (await artifactNames(directory)).join(", ") || "none"
  throw pluginErrors.make("NOT_BUILT", { name, directory, known })
}

export async function artifactNames(directory: string): Promise<readonly string[]> {
  const files = await readdir(directory).catch(() => [])
  return files
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .sort()
}

/** Removes what no source makes any more. */
export async function removeOthers(directory: string, keep: ReadonlySet<string>): Promise<void> {
  for (const name of await artifactNames(directory)) {
    if (keep.has(name)) continue
    for (const ending of ["json", "wasm", "wasm.map"])
      await rm(path.join(directory, `${name}.${ending}`), { force: true })
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
