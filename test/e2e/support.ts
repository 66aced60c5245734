/** Runs what npm runs, as a process of its own, and finds what it left behind. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import fs from "node:fs"
import os from "node:os"
import path from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { compiledContracts } from "../../scripts/contracts/compiled.ts"

const COMPILE_TIMEOUT_MS = 300_000
export const root = path.resolve(import.meta.dirname, "../..")
const WATCH = new URL("../../scripts/end-with-parent.mjs", import.meta.url).href

export interface ScriptRun {
  readonly child: ChildProcess
  /** Its temporary files, and nobody else's, are in here. */
  readonly temporary: string
  readonly stdout: () => string
  readonly stderr: () => string
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
  /** Resolves with the first complete line of standard output. */
  readonly firstLine: Promise<string>
}

/** So that no test waits for the compiler within its own time. */
export const compileFirst = () =>
  compiledContracts({ signal: AbortSignal.timeout(COMPILE_TIMEOUT_MS), say: (text) => console.log(text) })

/** Starts `scripts/<name>`; all it writes outside the checkout goes into a directory of its own. */
export function runScript(name: string, args: readonly string[]): ScriptRun {
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "enigma-e2e "))
  const child = spawn(process.execPath, ["--import", WATCH, path.join(root, "scripts", name), ...args], {
    cwd: root,
    env: { ...process.env, TMPDIR: temporary, NODE_OPTIONS: "--conditions=@enigma/source" },
    stdio: ["ignore", "pipe", "pipe"],
  })
  const output = { stdout: "", stderr: "" }
  const line = Promise.withResolvers<string>()
  child.stdout?.on("data", (data) => {
    output.stdout += String(data)
    const end = output.stdout.indexOf("\n")
    if (end >= 0) line.resolve(output.stdout.slice(0, end))
  })
  child.stderr?.on("data", (data) => {
    output.stderr += String(data)
  })
  const exited = once(child, "close").then(([code, signal]) => {
    line.reject(new Error(`${name} ended with code ${code}, signal ${signal}:\n${output.stderr.slice(-4_000)}`))
    return { code, signal }
  })
  line.promise.catch(() => {}) // looked at by those who wait for a line
  return { child, temporary, stdout: () => output.stdout, stderr: () => output.stderr, exited, firstLine: line.promise }
}

interface Entry {
  readonly pid: number
  readonly parentPid: number
  /** With the pid, the same process for ever. */
  readonly startedAt: string
}

function readProcess(pid: string): Entry | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8")
    const [state, parentPid, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    if (state === "Z" || state === "X") return undefined
    return { pid: Number(pid), parentPid: Number(parentPid), startedAt: rest[17] ?? "" } // fields 4 and 22 of proc(5)
  } catch {
    return undefined // it ended while we looked
  }
}

const allProcesses = (): readonly Entry[] =>
  fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => readProcess(pid) ?? [])

/** Everything that descends from a run now, whatever session it is in; enclaves among them, whose environment is empty. */
export function processesOf({ child }: ScriptRun): readonly Entry[] {
  const everyone = allProcesses()
  const members = new Set([child.pid])
  for (let size = 0; size !== members.size; ) {
    size = members.size
    for (const { pid, parentPid } of everyone) if (members.has(parentPid)) members.add(pid)
  }
  return everyone.filter(({ pid }) => members.has(pid))
}

/**
 * Waits until nothing of a run is left.
 * @param seen what descended from it while it ran
 * @returns what is left at the deadline: processes and files
 */
export async function leftovers(run: ScriptRun, seen: readonly Entry[], timeoutMs: number): Promise<readonly string[]> {
  for (const deadline = Date.now() + timeoutMs; ; await delay(100)) {
    const running = new Map(allProcesses().map(({ pid, startedAt }) => [pid, startedAt]))
    const processes = seen.filter(({ pid, startedAt }) => running.get(pid) === startedAt)
    const left = [...processes.map(({ pid }) => `process ${pid}`), ...fs.readdirSync(run.temporary)]
    if (left.length === 0) {
      fs.rmdirSync(run.temporary)
      return []
    }
    if (Date.now() > deadline) return left
  }
}
