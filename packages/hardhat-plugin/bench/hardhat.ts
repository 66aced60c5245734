/**
 * How long a user waits: from `hre.network.create()` to the first decrypted result, for each further task and query, and for a
 * whole suite, on the millionaires test.
 *
 *   npm run bench:hardhat             a table
 *   npm run bench:hardhat -- --json   one JSON object on standard output
 *
 * Measured is what a user has: the packages as compiled JavaScript, built first, found as in a project of one's own. Each run is a
 * process of its own, since the first result includes loading the network's code; of three runs the middle one counts. Beside
 * createToFirstResultMs stands plainCreateMs, which is Hardhat's own part of it: `hre.network.create()` and its signers in a project
 * with the same toolbox and without this plugin. The suite is `hardhat test` on examples/millionaires, from the start of its process to its end, built beforehand.
 * Targets: 1,500 ms to the first result, 30 ms a task, 5 ms a query.
 */
import { spawn } from "node:child_process"
import path from "node:path"
import { parseArgs } from "node:util"

const RUNS = 3
const root = path.resolve(import.meta.dirname, "../../..")
const HARDHAT = [path.join(root, "node_modules/hardhat/dist/src/cli.js"), "--config", "examples/hardhat.config.ts"]
const TSC = path.join(root, "node_modules/typescript/bin/tsc")
const SUITE = "examples/millionaires/test/millionaires.test.ts"

interface PlainRun {
  readonly plainCreateMs: number
}
interface OneRun extends PlainRun {
  readonly createToFirstResultMs: number
  readonly perTaskMs: number
  readonly perQueryMs: number
}

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } })

await node([TSC, "-b"])
await node([...HARDHAT, "build", "--quiet"])
const inOneProcess = async <T>(file: string) => JSON.parse(await node([path.join(import.meta.dirname, file)])) as T
const runs: OneRun[] = []
for (let i = 0; i < RUNS; i++)
  runs.push({
    ...(await inOneProcess<PlainRun>("plain-run.ts")),
    ...(await inOneProcess<Omit<OneRun, "plainCreateMs">>("one-run.ts")),
  })
const middle = (name: keyof OneRun): number => {
  const sorted = runs.map((run) => run[name]).sort((a, b) => a - b)
  return Math.round(10 * sorted[Math.floor(RUNS / 2)]!) / 10
}

const startedAt = performance.now()
const output = await node([...HARDHAT, "test", "mocha", "--no-compile", SUITE])
const suiteSeconds = Math.round((performance.now() - startedAt) / 100) / 10
const tests = Number(/(\d+) passing/.exec(output)?.[1])
if (!(tests > 0)) throw new Error(`the suite told no passing tests:\n${output}`)

const result = {
  createToFirstResultMs: middle("createToFirstResultMs"),
  plainCreateMs: middle("plainCreateMs"),
  perTaskMs: middle("perTaskMs"),
  perQueryMs: middle("perQueryMs"),
  suiteSeconds,
  tests,
}
if (values.json) console.log(JSON.stringify(result))
else console.table(result)

/** Standard output of a Node process that must succeed. Without this repository's condition packages are what they are when packed. */
async function node(args: readonly string[]): Promise<string> {
  const NODE_OPTIONS = (process.env.NODE_OPTIONS ?? "").replace("--conditions=@enigma/source", "")
  const env = { ...process.env, NODE_OPTIONS }
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] })
  let text = ""
  child.stdout.setEncoding("utf8").on("data", (data: string) => {
    text += data
  })
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve))
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${String(code)}:\n${text}`)
  return text
}
