/** Compiles the secret contracts of a project; what has not changed is taken from its artifact. */
import path from "node:path"
import type { Abi } from "@enigma-discovery/client"
import { type CompiledContract, compileContract } from "@enigma-discovery/sdk-as"
import type { EnigmaConfig } from "../config/resolve.ts"
import { pluginErrors } from "../errors.ts"
import { artifactNames, readArtifact, removeOthers, type SecretArtifact, writeArtifact } from "./artifacts.ts"
import { buildKey, compilerKey } from "./build-key.ts"
import { findSources, type Source } from "./sources.ts"
import { writeTypes } from "./types-file.ts"

export interface BuildOptions {
  readonly config: Pick<EnigmaConfig, "sources" | "artifacts" | "types">
  /** The project's, absolute. */
  readonly root: string
  /** Compile what has not changed, too. */
  readonly force?: boolean
  /** Hears one line for each thing done. */
  readonly say?: (line: string) => void
  /** The compiler; another one in tests of what is compiled when. */
  readonly compile?: (file: string) => Promise<Compiled>
}

type Compiled = Pick<CompiledContract, "name" | "wasm" | "codeHash" | "abi" | "state" | "sourceMap">

export interface BuildResult {
  readonly contracts: readonly SecretArtifact[]
  /** Names of those that were compiled now. */
  readonly compiled: readonly string[]
}

/** Compilers are processes of their own, each with 200 MB and more. */
const AT_ONCE = 2

/**
 * Writes artifacts and types; removes those of sources that are gone.
 * @throws HARDHAT_COMPILE_FAILED with file, line and fix of each; HARDHAT_SAME_NAME
 */
export async function buildSecretContracts({
  config,
  root,
  force = false,
  say,
  compile = compileContract,
}: BuildOptions): Promise<BuildResult> {
  const sources = await findSources(config.sources)
  if (sources.length === 0 && (await artifactNames(config.artifacts)).length === 0)
    return { contracts: [], compiled: [] }
  const compiler = await compilerKey()
  const known = force ? new Map<string, SecretArtifact>() : await knownArtifacts(config.artifacts)
  const jobs = sources.map((source) => {
    const key = buildKey(source, root, compiler)
    return { source, key, known: known.get(key) }
  })
  const stale = jobs.filter((job) => job.known === undefined)
  if (stale.length > 0) say?.(`Compiling ${stale.length} secret contract${stale.length === 1 ? "" : "s"}`)
  const fresh = new Map<string, SecretArtifact>()
  const problems: string[] = []
  await eachOf(stale, AT_ONCE, async ({ source, key }) => {
    try {
      fresh.set(key, artifactOf(await compile(source.file), source, key, root))
    } catch (error) {
      problems.push(relativeTo(root, source, error))
    }
  })
  if (problems.length > 0) {
    const list = problems.sort().join("\n")
    throw pluginErrors.make("COMPILE_FAILED", { failed: problems.length, total: sources.length, list })
  }
  const contracts = jobs.map(({ key, known: old }) => old ?? fresh.get(key)!)
  refuseSameNames(contracts)
  for (const artifact of fresh.values()) await writeArtifact(config.artifacts, artifact)
  await removeOthers(config.artifacts, new Set(contracts.map(({ name }) => name)))
  const sorted = [...contracts].sort((a, b) => (a.name < b.name ? -1 : 1))
  await writeTypes(config.types, sorted)
  return { contracts: sorted, compiled: [...fresh.values()].map(({ name }) => name).sort() }
}

/** By build key. A damaged one is as good as none here: it is compiled anew. */
async function knownArtifacts(directory: string): Promise<Map<string, SecretArtifact>> {
  const names = await artifactNames(directory)
  const all = await Promise.all(names.map((name) => readArtifact(directory, name).catch(() => undefined)))
  return new Map(all.flatMap((one) => (one === undefined ? [] : [[one.buildKey, one]])))
}

function artifactOf(
  { name, wasm, codeHash, abi, state, sourceMap }: Compiled,
  { file }: Source,
  buildKey: string,
  root: string,
): SecretArtifact {
  const source = path.relative(root, file).split(path.sep).join("/")
  return { name, source, codeHash, buildKey, abi: abi as Abi, state, sourceMap, wasm: Uint8Array.from(wasm) }
}

/** The compiler names files relative to the source's folder; people read them relative to the project. */
function relativeTo(root: string, { file }: Source, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const folder = path.relative(root, path.dirname(file)).split(path.sep).join("/")
  const more = (error as { data?: { more?: string } }).data?.more
  const lines = [message, ...(more === undefined ? [] : more.split("\n"))]
  return lines.map((line) => (/^[\w./-]+\.ts:\d+/.test(line) && folder !== "" ? `${folder}/${line}` : line)).join("\n")
}

function refuseSameNames(contracts: readonly SecretArtifact[]): void {
  const seen = new Map<string, string>()
  for (const { name, source } of contracts) {
    const first = seen.get(name)
    if (first !== undefined) throw pluginErrors.make("SAME_NAME", { name, first, second: source })
    seen.set(name, source)
  }
}

async function eachOf<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values()
  const lane = async () => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane))
}
