// `npm test`: every check this project has, in one table of steps.
import os from "node:os"
import { parseArgs } from "node:util"
import { add, NOTHING } from "./testing/counts.ts"
import { endAll } from "./testing/run-command.ts"
import { filesOf, runStep, type StepResult } from "./testing/run-step.ts"
import { STEPS, type Step } from "./testing/steps.ts"

const USAGE = `Usage: npm test -- [--only STEP[,STEP]] [--verbose] [PATH ...]

  --only STEP   run these steps only
  --verbose     show the output of steps that pass, too
  PATH          run only test files in these files or folders

Steps:
${STEPS.map(({ name, title, onlyIfAsked }) => `  ${name.padEnd(10)} ${title}${onlyIfAsked ? " (only if asked for)" : ""}`).join("\n")}

The last line is always "N passed, N failed". Each check without tests of its own counts as one.`

const PROGRESS_MS = 20_000

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string", multiple: true },
    verbose: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
})
if (values.help) {
  console.log(USAGE)
  process.exit(0)
}

function chooseSteps(): readonly Step[] {
  const asked = (values.only ?? []).flatMap((names) => names.split(","))
  const unknown = asked.filter((name) => !STEPS.some((step) => step.name === name))
  if (unknown.length > 0) {
    console.error(`There is no step ${unknown.join(", ")}.\n\n${USAGE}`)
    process.exit(2)
  }
  const steps = STEPS.filter((step) => (asked.length > 0 ? asked.includes(step.name) : !step.onlyIfAsked))
  const chosen = positionals.length > 0 ? steps.filter((step) => filesOf(step, positionals).length > 0) : steps
  if (chosen.length === 0) {
    console.error(`No test file lies in ${positionals.join(", ")}.`)
    process.exit(2)
  }
  return chosen
}

async function runVisibly(step: Step): Promise<StepResult> {
  const startedAt = performance.now()
  let progress = ""
  const ticker = setInterval(() => {
    console.log(`   ... ${step.name.padEnd(10)} ${seconds(performance.now() - startedAt)}  ${progress}`)
  }, PROGRESS_MS)
  try {
    const onOutput = values.verbose ? (text: string) => process.stdout.write(text) : undefined
    const onProgress = (text: string) => {
      progress = text
    }
    const result = await runStep(step, { within: positionals, onOutput, onProgress })
    console.log(line(result))
    if (!values.verbose) for (const failure of result.failures) console.log(failure)
    return result
  } finally {
    clearInterval(ticker)
  }
}

function line({ step, counts, durationMs }: StepResult): string {
  const verdict = counts.failed > 0 ? "FAIL" : "  ok"
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ""
  const failed = counts.failed > 0 ? `, ${counts.failed} failed` : ""
  return `${verdict} ${step.name.padEnd(10)} ${seconds(durationMs)}  ${counts.passed} passed${failed}${skipped}`
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1).padStart(6)} s`

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    endAll("SIGTERM")
    console.log(`Interrupted by ${signal}.`)
    process.exit(128 + os.constants.signals[signal])
  })
}

const steps = chooseSteps()
const startedAt = performance.now()
const results: StepResult[] = []
for (const step of steps) results.push(await runVisibly(step))

if (results.length > 1) {
  console.log(`\nSummary, ${seconds(performance.now() - startedAt).trim()}:`)
  for (const result of results) console.log(line(result))
}
const total = results.map(({ counts }) => counts).reduce(add, NOTHING)
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exit(total.failed > 0 ? 1 : 0)
