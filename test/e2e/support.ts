/** Runs what npm runs, as a process of its own, and finds what it left behind. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import fs from "node:fs"
import os from "node:os"
import path from "node:path"
import { setTimeout as delay } from "node:timers/promises"

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

/** Processes that a run started, wherever they are now: each has the run's directory in its arguments or environment. */
export function processesOf({ temporary }: ScriptRun): readonly string[] {
  const readText = (file: string) => {
    try {
      return fs.readFileSync(file, "utf8")
    } catch {
      return "" // it ended while we looked, or is not ours to look at
    }
  }
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => /^State:\s+[^ZX]/m.test(readText(`/proc/${pid}/status`)))
    .filter((pid) => `${readText(`/proc/${pid}/cmdline`)}\0${readText(`/proc/${pid}/environ`)}`.includes(temporary))
    .map((pid) => `${pid}: ${readText(`/proc/${pid}/cmdline`).replaceAll("\0", " ")}`)
}

/** Waits until nothing of a run is left. @returns what is left at the deadline: processes and files */
export async function leftovers(run: ScriptRun, timeoutMs: number): Promise<readonly string[]> {
  for (const deadline = Date.now() + timeoutMs; ; await delay(100)) {
    const left = [...processesOf(run), ...fs.readdirSync(run.temporary)]
    if (left.length === 0) {
      fs.rmdirSync(run.temporary)
      return []
    }
    if (Date.now() > deadline) return left
  }
}
