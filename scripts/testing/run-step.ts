// Runs one step of the table and says how it went.
import fs from "node:fs"
import path from "node:path"
import { type Counts, countHardhat } from "./counts.ts"
import { runCommand } from "./run-command.ts"
import { runFiles } from "./run-files.ts"
import { type CheckStep, type FilesStep, HARDHAT, type HardhatStep, root, type Step } from "./steps.ts"

export interface StepResult {
  readonly step: Step
  readonly counts: Counts
  readonly durationMs: number
  /** What went wrong, with the output; empty for a step that passed. */
  readonly failures: readonly string[]
}

export interface StepOptions {
  /** Paths that test files must lie in; empty for all. */
  readonly within: readonly string[]
  readonly onOutput?: ((text: string) => void) | undefined
  readonly onProgress: (text: string) => void
}

type Outcome = Pick<StepResult, "counts" | "failures">

export async function runStep(step: Step, options: StepOptions): Promise<StepResult> {
  const startedAt = performance.now()
  const outcome =
    step.kind === "check"
      ? await runChecks(step, options)
      : step.kind === "files"
        ? await runFilesStep(step, options)
        : await runHardhat(step, options)
  return { step, durationMs: performance.now() - startedAt, ...outcome }
}

/** The test files of a step that lie within `within`; empty too for a step that has no files. */
export function filesOf(step: Step, within: readonly string[]): readonly string[] {
  if (step.kind === "check") return []
  const wanted = within.map((one) => path.resolve(root, one))
  return step.globs
    .flatMap((glob) => fs.globSync(glob, { cwd: root, exclude: (name) => name === "node_modules" }))
    .map((file) => path.join(root, file))
    .filter((file) => wanted.length === 0 || wanted.some((one) => file === one || file.startsWith(one + path.sep)))
    .sort()
}

async function runChecks(step: CheckStep, { onOutput }: StepOptions): Promise<Outcome> {
  const failures: string[] = []
  for (const command of step.commands) {
    const { output, failure } = await runCommand(command, { cwd: root, limitMs: step.limitMs, onOutput })
    const shown = command
      .slice(1)
      .join(" ")
      .replaceAll(root + path.sep, "")
    if (failure !== undefined) failures.push(`--- ${shown} ${failure}\n${output}`)
  }
  const failed = failures.length
  return { counts: { passed: step.commands.length - failed, failed, skipped: 0 }, failures }
}

async function runFilesStep(step: FilesStep, { within, onOutput, onProgress }: StepOptions): Promise<Outcome> {
  const files = filesOf(step, within)
  if (files.length === 0) return noTests(step)
  const { counts, failures } = await runFiles(files, {
    root,
    concurrency: step.concurrency,
    testLimitMs: step.testLimitMs,
    fileLimitMs: step.fileLimitMs,
    stepLimitMs: step.limitMs,
    onOutput,
    onProgress: (done, of) => onProgress(`${done}/${of} files`),
  })
  return { counts, failures }
}

async function runHardhat(step: HardhatStep, { within, onOutput }: StepOptions): Promise<Outcome> {
  const files = filesOf(step, within)
  if (files.length === 0) return noTests(step)
  const { options = [] } = step
  const command = [...HARDHAT, ...options, "test", ...(within.length > 0 || options.length > 0 ? files : [])]
  const { output, failure } = await runCommand(command, { cwd: root, limitMs: step.limitMs, onOutput })
  const counts = countHardhat(output)
  if (failure === undefined && counts.failed === 0 && counts.passed > 0) return { counts, failures: [] }
  const reason = failure ?? (counts.failed > 0 ? "has failing tests" : "ran no tests")
  return {
    counts: { ...counts, failed: Math.max(counts.failed, 1) },
    failures: [`--- hardhat test ${reason}\n${withoutPassed(output)}`],
  }
}

/** What Hardhat printed, without a line for each test that passed: hundreds, in which the one that failed is lost. */
export const withoutPassed = (output: string): string => output.replaceAll(/^ *✔ .*\n/gm, "")

/** A step whose tests are gone has not passed. */
function noTests(step: FilesStep | HardhatStep): Outcome {
  return {
    counts: { passed: 0, failed: 1, skipped: 0 },
    failures: [`--- no test file matches ${step.globs.join(" ")}\n`],
  }
}
