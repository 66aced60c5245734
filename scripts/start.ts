// `npm start`: the main job on a fresh local network, told as a story; every claim in it is checked.
import "./demo/compile-cache.ts"
import fs from "node:fs"
import path from "node:path"
import { parseArgs } from "node:util"
import { type Devnet, startDevnet } from "@enigma-discovery/devnet"
import { compiledContracts } from "./contracts/compiled.ts"
import { createClaims } from "./demo/claims.ts"
import { explain } from "./demo/explain.ts"
import { onInterruption } from "./demo/interrupt.ts"
import { people } from "./demo/people.ts"
import { type Report, reportOf, showReport } from "./demo/report.ts"
import { tellStory } from "./demo/story.ts"
import { createTeller, seconds, thousands } from "./demo/tell.ts"

const USAGE = `Usage: npm start -- [--json] [--logs DIR]

Starts a network on this machine and does the main job on it: a secret contract is deployed, called by three people, calls
Ethereum back, and outlives the worker that ran it. Exits with 0 when everything that is said has been checked and holds.

  --json   print one JSON object on standard output and the story on standard error (with: npm start --silent -- --json)
  --logs DIR   keep the logs of all processes in DIR, with every detail`

/** Long enough for a slow machine to do a whole act within one; what is left of an epoch is fast-forwarded. */
const EPOCH_LENGTH_BLOCKS = 120
const COMMIT_BLOCKS = 24

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    logs: { type: "string" },
    help: { type: "boolean", default: false },
  },
})
if (values.help) {
  console.log(USAGE)
  process.exit(0)
}

const startedAt = performance.now()
const interruption = onInterruption()
const { signal } = interruption
const teller = createTeller(values.json ? process.stderr : process.stdout)
const claims = createClaims(teller)

function describe({ rpcUrl, workers, addresses }: Devnet): void {
  teller.line("chain", `${rpcUrl}, a Hardhat node with a block every 250 ms`)
  teller.line("Enigma", addresses.enigma)
  for (const { name, stakeEng, gatewayUrl, process } of workers)
    teller.line(
      name,
      `stake ${thousands(stakeEng)} ENG, gateway ${gatewayUrl}, process ${process.pid} with its own enclave process`,
    )
  teller.line("key manager", "1 of 1: this box can read everything (local networks only)")
}

/** The logs go with the network; what they say at the end is kept on the screen. */
function showLogs({ keyManager, witness, workers, chain }: Devnet): void {
  for (const part of [chain.process, keyManager, witness, ...workers.map((worker) => worker.process)])
    showLog(part.name, part.tail())
}
const showLog = (name: string, tail: string) => console.error(`\n--- ${name}: last lines of its log\n${tail}`)

function newDirectory(name: string): string {
  fs.mkdirSync(name, { recursive: true })
  return path.resolve(name)
}

async function run(): Promise<Report> {
  teller.title("Enigma Discovery: a secret contract, end to end")
  teller.step("A local network: chain, key manager, witness, three workers with an enclave each")
  const artifactsDirectory = compiledContracts({ signal, say: (text) => teller.line("setup", text) })
  const network = await startDevnet({
    epochLengthBlocks: EPOCH_LENGTH_BLOCKS,
    commitBlocks: COMMIT_BLOCKS,
    artifactsDirectory,
    ...(values.logs !== undefined && { logDirectory: newDirectory(values.logs), logLevel: "debug" as const }),
    signal,
    onEvent: (event) => {
      if (event.kind === "up") teller.line(event.what, `up (${seconds(event.tookMs)})`)
      else if (event.kind === "log") showLog(event.what, event.logTail)
      else claims.check(`${event.what} keeps running (${event.how})`, false)
    },
  })
  try {
    describe(network)
    const artifacts = await artifactsDirectory
    const scene = { network, teller, claims, signal, artifacts, people: people(network), worths: new Map() }
    const { secretContract, findings } = await tellStory(scene)
    teller.done()
    return await reportOf(network, secretContract, findings, claims.failed.length === 0, startedAt).then((report) => {
      showReport(teller, network, report)
      return report
    })
  } catch (error) {
    if (!signal.aborted) showLogs(network)
    throw error
  } finally {
    await network.stop()
  }
}

async function main(): Promise<number> {
  const report = await run()
  if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`)
  else if (report.ok) teller.title(`\nEverything said above was checked and holds (${report.seconds} s).`)
  for (const claim of claims.failed) console.error(`\nThis did not hold: ${claim}`)
  return report.ok ? 0 : 1
}

process.exitCode = await main().catch((error: unknown) => {
  if (signal.aborted) return interruption.exitCode() ?? 1
  console.error(`\n${explain(error)}`)
  return 1
})
