// Breaks each guarded line in turn and sees a test fail: a guard that no test misses is not guarded.
import { execFileSync } from "node:child_process"
import fs from "node:fs"
import os from "node:os"
import path from "node:path"
import { parseArgs } from "node:util"
import { isNamed, type Mutant, mutate, parses, readMutants } from "./mutants/list.ts"
import { endAll, type Finished, runCommand } from "./testing/run-command.ts"

const USAGE = `Usage: npm run test:mutants -- [--only NAME] [--limit SECONDS] [--check] [--root DIR]

  --only NAME      a list ("verify"), one mutant ("verify#3") or part of a file's path
  --limit SECONDS  for one run of a test (default 300)
  --check          only check that each mutant can be made
  --root DIR       the tree to work on (default: this one)

Works on the files in place and puts them back, so they must be committed.`

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    limit: { type: "string", default: "300" },
    check: { type: "boolean", default: false },
    root: { type: "string", default: path.resolve(import.meta.dirname, "..") },
    help: { type: "boolean", default: false },
  },
})
if (values.help) {
  console.log(USAGE)
  process.exit(0)
}
const root = path.resolve(values.root)
const limitMs = Number(values.limit) * 1_000
const { only } = values
const mutants = readMutants(path.join(root, "test/mutants")).filter((one) => only === undefined || isNamed(one, only))
if (mutants.length === 0 || !(limitMs > 0)) {
  console.error(only === undefined ? "There are no mutants." : `There is no mutant called ${only}.`)
  process.exit(2)
}

type Verdict = "killed" | "SURVIVED" | "INVALID"
interface Result {
  readonly verdict: Verdict
  readonly note: string
}

const inRoot = (mutant: Mutant) => path.join(root, mutant.file)
const read = (mutant: Mutant) => (fs.existsSync(inRoot(mutant)) ? fs.readFileSync(inRoot(mutant), "utf8") : "")

/** Puts back what is broken now. */
let restore = () => {}
process.on("exit", () => restore())
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    endAll("SIGTERM")
    process.exit(128 + os.constants.signals[signal])
  })
}

const run = (command: string) => runCommand(["sh", "-c", command], { cwd: root, limitMs })

/** A test that fails anyway proves nothing; each is run once on the real files. */
const baselines = new Map<string, Finished>()
async function baseline(command: string): Promise<Finished> {
  const known = baselines.get(command) ?? (await run(command))
  baselines.set(command, known)
  return known
}

async function judge(mutant: Mutant): Promise<Result> {
  const original = read(mutant)
  const mutated = mutate(original, mutant)
  if ("why" in mutated) return { verdict: "INVALID", note: mutated.why }
  // Code that is not even code would be noticed by every test.
  if (!parses(mutant.file, mutated.text)) return { verdict: "INVALID", note: "does not parse" }
  if (values.check) return { verdict: "killed", note: "" }
  const before = await baseline(mutant.test)
  if (before.failure !== undefined) {
    return { verdict: "INVALID", note: `its test fails on the real file (${before.failure}): ${mutant.test}` }
  }
  restore = () => fs.writeFileSync(inRoot(mutant), original)
  try {
    fs.writeFileSync(inRoot(mutant), mutated.text)
    const { output, failure } = await run(mutant.test)
    if (failure === undefined) return { verdict: "SURVIVED", note: `no test misses it: ${mutant.test}` }
    if (/^(Parser|Declaration|Type)Error: /m.test(output) && mutant.file.endsWith(".sol")) {
      return { verdict: "INVALID", note: "does not compile" }
    }
    return { verdict: "killed", note: failure }
  } finally {
    restore()
    restore = () => {}
  }
}

function refuseDirty(): void {
  const files = [...new Set(mutants.map(({ file }) => file))]
  const dirty = execFileSync("git", ["status", "--porcelain", "--", ...files], { cwd: root, encoding: "utf8" })
  if (dirty === "") return
  console.error(`These files have changes that are not committed; commit or \`git checkout\` them first:\n${dirty}`)
  process.exit(2)
}

if (!values.check) refuseDirty()
const results: Result[] = []
for (const mutant of mutants) {
  const startedAt = performance.now()
  const result = await judge(mutant)
  results.push(result)
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  if (values.check && result.verdict === "killed") continue
  console.log(
    `${result.verdict.padEnd(8)} ${mutant.id.padEnd(18)} ${seconds.padStart(6)} s  ${mutant.file}: ${mutant.guards}`,
  )
  if (result.verdict !== "killed") console.log(`${" ".repeat(9)}${result.note}`)
}
const count = (verdict: Verdict) => results.filter((one) => one.verdict === verdict).length
const summary = values.check
  ? `${mutants.length} mutants, ${count("INVALID")} invalid`
  : `${count("killed")} killed, ${count("SURVIVED")} survived, ${count("INVALID")} invalid`
console.log(summary)
process.exit(count("SURVIVED") + count("INVALID") > 0 ? 1 : 0)
