/**
 * The same code gives the same results, gas and traps on every V8 and every tier: runs the corpus on each Node of
 * scripts/sameness under each set of flags, and compares.
 *
 *   npm run test:sameness               a line for each engine, and every difference
 *   npm run test:sameness -- --json     one JSON object on standard output
 *
 * Installs those Nodes first, where they are not there (about 350 MB).
 */
import { spawn, spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { build } from "esbuild"
import { makeCorpus } from "./corpus.ts"
import { writeEntries } from "./entry.ts"

const VERSIONS = ["22", "24", "26"] as const
const FLAGS = ["", "--liftoff-only", "--no-liftoff", "--stack-size=3900"] as const
const LIMIT_MS = 180_000

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } })
const nodes = fileURLToPath(new URL("../../../scripts/sameness", import.meta.url))
const nodeOf = (version: string): string =>
  path.join(nodes, "node_modules", `${process.platform}-${process.arch}-${version}`, "bin", "node")

function install(): void {
  if (VERSIONS.every((version) => existsSync(nodeOf(version)))) return
  const npm = process.env.npm_execpath
  const [command, ...first] = npm === undefined ? ["npm"] : [process.execPath, npm]
  const done = spawnSync(command!, [...first, "ci", "--ignore-scripts", "--include=optional", "--no-audit"], {
    cwd: nodes,
    env: { ...process.env, npm_config_local_prefix: nodes, NODE_OPTIONS: "" },
    stdio: ["ignore", 2, 2],
  })
  if (done.status !== 0) throw new Error(`npm ci in ${nodes} ended with ${done.status ?? done.error?.message}`)
}

/** The runtime as plain JavaScript: Node 22 reads neither TypeScript nor `using`. */
async function bundle(outfile: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL("run-corpus.ts", import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "es2022",
    conditions: ["@enigma/source"],
    logLevel: "warning",
    banner: { js: 'import{createRequire as r}from"node:module";const require=r(import.meta.url);' },
  })
}

type Answer = { readonly results: Readonly<Record<string, string>>; readonly ends: Readonly<Record<string, number>> }
type Run = Answer & { readonly engine: string; readonly v8: string; readonly seconds: number }

function run(version: string, flags: string, program: string, corpus: string): Promise<Run> {
  const startedAt = performance.now()
  const given = flags === "" ? [] : [flags]
  const env = { PATH: process.env.PATH ?? "" }
  const v8 = spawnSync(nodeOf(version), ["-p", "process.version + ', V8 ' + process.versions.v8"], {
    env,
    encoding: "utf8",
  })
  return new Promise((resolve, reject) => {
    const child = spawn(nodeOf(version), [...given, program, corpus], { env, timeout: LIMIT_MS })
    let out = ""
    let errors = ""
    child.stdout.on("data", (text) => {
      out += text
    })
    child.stderr.on("data", (text) => {
      errors += text
    })
    child.on("error", reject)
    child.on("close", (code, signal) => {
      const engine = `Node ${version} ${flags}`.trim()
      if (code !== 0) return reject(new Error(`${engine} ended with ${code ?? signal}: ${errors.slice(-2_000)}`))
      const seconds = Number(((performance.now() - startedAt) / 1e3).toFixed(1))
      resolve({ engine, v8: v8.stdout.trim(), seconds, ...(JSON.parse(out) as Answer) })
    })
  })
}

install()
const scratch = mkdtempSync(path.join(tmpdir(), "enigma-sameness-"))
try {
  const program = path.join(scratch, "run-corpus.mjs")
  const corpus = path.join(scratch, "corpus.json")
  const entries = await makeCorpus()
  writeFileSync(corpus, writeEntries(entries))
  await bundle(program)
  const runs: Run[] = []
  for (const version of VERSIONS) {
    // Two at a time, as the machines that run this have two cores.
    for (let i = 0; i < FLAGS.length; i += 2)
      runs.push(...(await Promise.all(FLAGS.slice(i, i + 2).map((flags) => run(version, flags, program, corpus)))))
  }
  const [reference] = runs
  const names = entries.map(({ name }) => name)
  const differences = runs.flatMap(({ engine, results }) =>
    names
      .filter((name) => results[name] !== reference!.results[name] || !/^[0-9a-f]{64}$/.test(results[name] ?? ""))
      .map((name) => ({ engine, name, got: results[name] ?? "nothing" })),
  )
  const engines = runs.map(({ engine, v8, seconds }) => ({ engine, v8, seconds }))
  const calls = entries.reduce((sum, entry) => sum + entry.calls.length, 0)
  if (values.json)
    console.log(JSON.stringify({ engines, entries: names.length, calls, ends: reference!.ends, differences }))
  else {
    console.table(engines)
    console.table(reference!.ends)
    for (const { engine, name, got } of differences) console.log(`${engine}: ${name} differs: ${got}`)
    console.log(`${names.length} modules, ${calls} calls, ${engines.length} engines: ${differences.length} differences`)
  }
  process.exitCode = differences.length === 0 ? 0 : 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
