// Runs node:test files, each in a process of its own with its own time limit, a few at a time.
import fs from "node:fs"
import os from "node:os"
import path from "node:path"
import { add, type Counts, countRecord, NOTHING } from "./counts.ts"
import { runCommand } from "./run-command.ts"

export interface FilesOptions {
  readonly root: string
  readonly concurrency: number
  readonly testLimitMs: number
  readonly fileLimitMs: number
  /** For all files together: what has not started by then is a failure. */
  readonly stepLimitMs: number
  readonly onOutput?: ((text: string) => void) | undefined
  readonly onProgress: (done: number, of: number) => void
}

export interface FilesResult {
  readonly counts: Counts
  /** Output of each file that failed. */
  readonly failures: readonly string[]
}

export async function runFiles(files: readonly string[], options: FilesOptions): Promise<FilesResult> {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "enigma-test-"))
  const failures: string[] = []
  let counts = NOTHING
  let done = 0
  const queue = [...files.entries()]
  const endAt = performance.now() + options.stepLimitMs
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [index, file] = next
      const limitMs = Math.min(options.fileLimitMs, endAt - performance.now())
      const record = path.join(scratch, `${index}.jsonl`)
      const result = limitMs > 0 ? await runFile(file, record, limitMs, options) : outOfTime(file, options)
      counts = add(counts, result.counts)
      if (result.failure !== undefined) failures.push(result.failure)
      options.onProgress(++done, files.length)
    }
  }
  try {
    await Promise.all(Array.from({ length: options.concurrency }, work))
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true })
  }
  return { counts, failures }
}

interface FileResult {
  readonly counts: Counts
  readonly failure: string | undefined
}

function outOfTime(file: string, { root, stepLimitMs }: FilesOptions): FileResult {
  const failure = `--- ${path.relative(root, file)} did not run: the step took longer than ${stepLimitMs / 1000} s\n`
  return { counts: { ...NOTHING, failed: 1 }, failure }
}

async function runFile(file: string, recordFile: string, limitMs: number, options: FilesOptions): Promise<FileResult> {
  const command = [
    process.execPath,
    `--test-timeout=${options.testLimitMs}`,
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
    `--test-reporter=${path.join(import.meta.dirname, "reporter.ts")}`,
    `--test-reporter-destination=${recordFile}`,
    file,
  ]
  const { output, failure } = await runCommand(command, {
    cwd: options.root,
    limitMs,
    onOutput: options.onOutput,
  })
  const record = fs.existsSync(recordFile) ? fs.readFileSync(recordFile, "utf8") : ""
  const { isComplete, ...counts } = countRecord(record)
  const reason = failure ?? whyNot(counts, isComplete)
  if (reason === undefined) return { counts, failure: undefined }
  // A file that dies, hangs or is empty counts as a failed test, also when each test in it passed.
  const failed = Math.max(counts.failed, 1)
  return { counts: { ...counts, failed }, failure: `--- ${path.relative(options.root, file)} ${reason}\n${output}` }
}

function whyNot({ passed, failed, skipped }: Counts, isComplete: boolean): string | undefined {
  if (failed > 0) return "has failing tests"
  if (passed + skipped === 0) return "has no tests, or ended before them"
  return isComplete ? undefined : "ended before its tests did"
}
