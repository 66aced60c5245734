/**
 * Throws mutated modules and every hand-made worst case at the engine. Each must end in a typed refusal or an outcome,
 * in bounded time and memory, and no unit of gas may cost more than 20 times the median.
 *
 *   npm run fuzz:runtime                             50,000 mutants, a summary
 *   npm run fuzz:runtime -- --count 1000 --seed 7    others
 *   npm run fuzz:runtime -- --json                   one JSON object on standard output
 */
import { fork } from "node:child_process"
import { parseArgs } from "node:util"
import { initWasi } from "../src/index.ts"
import { type CampaignResult, campaign } from "./campaign.ts"

const MAX_DEAR_RATIO = 20
const MAX_PREPARE_MS = 5_000
const MAX_RSS_BYTES = 1_500_000_000
/** Nothing that takes a minute without a word is still going to end. */
const SILENCE_MS = 60_000

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "50000" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
})
type Message = { readonly seed: number } | { readonly result: CampaignResult; readonly rssBytes: number }

async function child(): Promise<void> {
  await initWasi()
  const tell = (message: Message) => process.send!(message)
  const result = campaign(Number(values.seed), Number(values.count), (seed) => {
    if (seed % 100 === 0) tell({ seed })
  })
  tell({ result, rssBytes: process.resourceUsage().maxRSS * 1_024 })
  process.disconnect()
}

function parent(): void {
  const engine = fork(import.meta.filename, process.argv.slice(2), { env: { ...process.env, FUZZ_CHILD: "1" } })
  let last = Number(values.seed)
  let done = false
  const hung = () => {
    console.error(`nothing was heard for ${SILENCE_MS / 1e3} s after seed ${last}`)
    engine.kill("SIGKILL")
  }
  let watch = setTimeout(hung, SILENCE_MS)
  engine.on("message", (message: Message) => {
    clearTimeout(watch)
    watch = setTimeout(hung, SILENCE_MS)
    if ("seed" in message) last = message.seed
    else {
      done = true
      report(message.result, message.rssBytes)
    }
  })
  engine.on("exit", (code, signal) => {
    clearTimeout(watch)
    if (done) return
    console.error(`the engine ended with ${code ?? signal} after seed ${last}`)
    process.exitCode = 1
  })
}

function report(result: CampaignResult, rssBytes: number): void {
  const problems = [
    ...result.wrong,
    ...(result.dearestRatio > MAX_DEAR_RATIO
      ? [`${result.dearest[0]!.name} costs ${result.dearestRatio.toFixed(1)} times the median a unit of gas`]
      : []),
    ...(result.slowestPrepareMs > MAX_PREPARE_MS ? [`${result.slowestPrepareMs} ms to prepare a module`] : []),
    ...(rssBytes > MAX_RSS_BYTES ? [`${rssBytes} bytes of memory`] : []),
  ]
  if (values.json) console.log(JSON.stringify({ ...result, rssBytes, problems }))
  else {
    console.table(result.ends)
    console.table(result.dearest)
    const { mutants, medianNsPerGas, dearestRatio, slowestPrepareMs, slowestCallMs } = result
    console.table({ mutants, medianNsPerGas, dearestRatio, slowestPrepareMs, slowestCallMs, rssBytes })
    for (const problem of problems) console.log(problem)
  }
  process.exitCode = problems.length === 0 ? 0 : 1
}

if (process.env.FUZZ_CHILD === undefined) parent()
else await child()
