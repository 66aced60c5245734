// Runs one command, bounded in time, in a process group of its own of which nothing is left afterwards.
import { spawn } from "node:child_process"

export interface Finished {
  readonly output: string
  /** Why it is not a success; undefined if it is one. */
  readonly failure: string | undefined
}

export interface RunOptions {
  readonly cwd: string
  readonly limitMs: number
  readonly env?: NodeJS.ProcessEnv
  /** Between SIGTERM and SIGKILL, when the limit is reached. */
  readonly termGraceMs?: number
  /** Sees the output as it comes. */
  readonly onOutput?: ((text: string) => void) | undefined
}

const MAX_OUTPUT_CHARS = 4_000_000
const TERM_GRACE_MS = 10_000 // time to stop what it started, before SIGKILL
const EXIT_GRACE_MS = 3_000 // time for what it started to end after it, before that counts as left behind
const groups = new Set<number>()

/** Ends every command that runs now; for a runner that was itself told to end. */
export function endAll(signal: NodeJS.Signals): void {
  for (const group of groups) signalGroup(group, signal)
}

export async function runCommand(command: readonly string[], options: RunOptions): Promise<Finished> {
  const [program = "", ...args] = command
  // A test run inside a test run must not report to the outer one.
  const { NODE_TEST_CONTEXT: _, ...env } = options.env ?? process.env
  const child = spawn(program, args, { cwd: options.cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] })
  const group = child.pid
  if (group !== undefined) groups.add(group)

  let output = ""
  const keep = (text: string) => {
    options.onOutput?.(text)
    output += text
    if (output.length > 2 * MAX_OUTPUT_CHARS) output = output.slice(-MAX_OUTPUT_CHARS)
  }
  child.stdout.setEncoding("utf8").on("data", keep)
  child.stderr.setEncoding("utf8").on("data", keep)

  let failure: string | undefined
  const limit = setTimeout(() => {
    failure = `took longer than ${options.limitMs / 1000} s`
    if (group !== undefined) endGroup(group, options.termGraceMs ?? TERM_GRACE_MS)
  }, options.limitMs)

  const exit = await new Promise<string | undefined>((resolve) => {
    child.once("error", (error) => resolve(`could not start: ${error.message}`))
    child.once("exit", (code, signal) =>
      resolve(code === 0 ? undefined : `ended with ${signal ?? `exit code ${code}`}`),
    )
  })
  clearTimeout(limit)
  failure ??= exit
  if (group !== undefined && !(await isGone(group, EXIT_GRACE_MS))) {
    failure ??= "left processes running behind it"
    signalGroup(group, "SIGKILL")
  }
  if (group !== undefined) groups.delete(group)
  return { output, failure }
}

function endGroup(group: number, graceMs: number): void {
  signalGroup(group, "SIGTERM")
  setTimeout(() => signalGroup(group, "SIGKILL"), graceMs).unref()
}

async function isGone(group: number, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs
  while (signalGroup(group, 0)) {
    if (performance.now() > until) return false
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return true
}

/** @returns whether the group has any process */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal)
  } catch {
    return false
  }
}
