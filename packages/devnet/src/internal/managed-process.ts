/** One child process of the network: started with a lifeline, its log in a file, ended by its pid with a deadline. */
import type { ChildProcess } from "node:child_process"
import fs from "node:fs"
import path from "node:path"
import { createInterface } from "node:readline"
import { setTimeout as delay } from "node:timers/promises"
import { KILL_TIMEOUT_MS, LOG_TAIL_LINES, READY_TIMEOUT_MS, STOP_TIMEOUT_MS } from "../constants.ts"
import { devnetErrors } from "../errors.ts"
import type { Guardian } from "./guardian.ts"
import { identify, killTree, type ProcessIdentity } from "./process-tree.ts"
import { programPath, spawnNode } from "./spawn.ts"
import type { Stoppable } from "./stack.ts"

/** Where processes are started: who cleans up after them, and what ends them while they start. */
export interface ProcessHost {
  readonly guardian: Guardian
  readonly logDirectory: string
  /** Aborted when the network is not wanted any more: what is starting is killed, nothing new is started. */
  readonly signal: AbortSignal
}

export interface ProcessSpec<T> {
  /** Also the name of its log file. */
  readonly name: string
  /** Path of the program. */
  readonly program: string
  readonly args: readonly string[]
  /** Finds in a line of standard output what says that the process is ready. */
  readonly ready: (line: string) => T | undefined
  readonly readyTimeoutMs?: number
  readonly stopTimeoutMs?: number
}

export interface ExitInfo {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface ManagedProcess<T = unknown> extends Stoppable {
  readonly name: string
  readonly pid: number
  readonly logFile: string
  /** What the process said when it was ready. */
  readonly ready: T
  readonly running: boolean
  /** Whether `stop()` or `kill()` was called: its end is no surprise then. */
  readonly endRequested: boolean
  /** Settles when the process itself has ended. */
  readonly exited: Promise<ExitInfo>
  /** The last lines of its log. */
  tail(lines?: number): string
  /** SIGTERM, and after the deadline SIGKILL to its whole tree. */
  stop(): Promise<void>
  /** SIGKILL to its whole tree (descendants and process groups), at once; resolves when nobody is left. */
  kill(): Promise<void>
}

export function readTail(file: string, lines: number): string {
  if (!fs.existsSync(file)) return "(no log)"
  return fs.readFileSync(file, "utf8").trimEnd().split("\n").slice(-lines).join("\n") || "(empty log)"
}

/**
 * Starts a program and waits until it is ready. On failure nothing of it is left.
 * @throws DEVNET_PROCESS_EXITED, DEVNET_PROCESS_NOT_READY, the signal's reason
 */
export async function startProcess<T>(host: ProcessHost, spec: ProcessSpec<T>): Promise<ManagedProcess<T>> {
  const { guardian, logDirectory, signal } = host
  signal.throwIfAborted()
  const logFile = path.join(logDirectory, `${spec.name}.log`)
  const log = fs.openSync(logFile, "a", 0o600)
  const child = spawnNode(spec.program, spec.args, ["pipe", "pipe", log], programPath("lifeline"))
  const running = supervise(guardian, spec, child, logFile)
  const output = createInterface({ input: child.stdout! })
  output.on("line", (line) => fs.writeSync(log, `${line}\n`))
  child.once("close", () => fs.closeSync(log))
  try {
    const ready = await firstReady(output, spec, running, signal)
    return Object.assign(running, { ready })
  } catch (error) {
    await running.kill()
    throw error
  }
}

async function firstReady<T>(
  output: ReturnType<typeof createInterface>,
  spec: ProcessSpec<T>,
  { exited, tail }: Supervised,
  signal: AbortSignal,
): Promise<T> {
  const timeoutMs = spec.readyTimeoutMs ?? READY_TIMEOUT_MS
  const { name } = spec
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const onLine = (line: string) => {
    const value = spec.ready(line)
    if (value !== undefined) resolve(value)
  }
  const timer = setTimeout(
    () => reject(devnetErrors.make("PROCESS_NOT_READY", { name, timeoutMs, logTail: tail() })),
    timeoutMs,
  )
  void exited.then(({ code, signal }) => {
    const how = signal ? `signal ${signal}` : `exit code ${code}`
    reject(devnetErrors.make("PROCESS_EXITED", { name, how, logTail: tail() }))
  })
  const onAbort = () => reject(signal.reason)
  output.on("line", onLine)
  signal.addEventListener("abort", onAbort)
  if (signal.aborted) onAbort()
  try {
    return await promise
  } finally {
    signal.removeEventListener("abort", onAbort)
    clearTimeout(timer)
    output.off("line", onLine)
  }
}

type Supervised = Omit<ManagedProcess, "ready">

function supervise(guardian: Guardian, spec: ProcessSpec<unknown>, child: ChildProcess, logFile: string): Supervised {
  const { name, stopTimeoutMs = STOP_TIMEOUT_MS } = spec
  const pid = child.pid ?? -1
  const identity: ProcessIdentity | undefined = pid > 0 ? identify(pid) : undefined
  if (pid > 0) guardian.watch(pid)
  let running = pid > 0
  let endRequested = false
  const exited = new Promise<ExitInfo>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }))
    child.once("error", () => resolve({ code: null, signal: null })) // could not be spawned
  }).then((info) => {
    running = false
    return info
  })
  child.stdin?.on("error", () => {}) // it ended before us

  /** Kills the tree, which may outlive its root, and tells the guardian when nobody is left. */
  const endTree = async () => {
    const left = identity ? await killTree(identity, KILL_TIMEOUT_MS) : []
    if (left.length > 0) {
      const pids = left.map((p) => p.pid).join(", ")
      throw devnetErrors.make("PROCESS_WONT_DIE", { name, count: left.length, timeoutMs: KILL_TIMEOUT_MS, pids })
    }
    await exited
    guardian.forget(pid)
  }
  // Also when it ends by itself. A tree that will not die is reported by stop() and kill(), which look again.
  void exited.then(endTree).catch(() => {})

  const stop = async () => {
    endRequested = true
    if (running) child.kill("SIGTERM")
    await Promise.race([exited, delay(stopTimeoutMs, undefined, { ref: false })])
    await endTree()
  }
  return {
    name,
    pid,
    logFile,
    get running() {
      return running
    },
    get endRequested() {
      return endRequested
    },
    exited,
    tail: (lines = LOG_TAIL_LINES) => readTail(logFile, lines),
    stop,
    kill: async () => {
      endRequested = true
      await endTree()
    },
  }
}
