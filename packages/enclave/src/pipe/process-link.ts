import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { FrameReader, frameOf } from "./frames.ts"
import type { Ended, Link, LinkEvents, OpenLink } from "./link.ts"

export interface ProcessLinkOptions {
  readonly command: string
  readonly args: readonly string[]
  /** In a process group of its own, which is killed as a whole. */
  readonly ownGroup: boolean
  /** How long an asked-for end may take before the process is killed. */
  readonly stopTimeoutMs: number
}

const MAX_STDERR_BYTES = 2_048
/** Signals by which somebody else ends a process; any other end that was not asked for is a crash. */
const FROM_OUTSIDE: ReadonlySet<string> = new Set(["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"])

/** Starts a program as a child process with an empty environment. */
export const openProcessLink =
  (options: ProcessLinkOptions): OpenLink =>
  (events) => {
    const { command, args, ownGroup } = options
    const child = spawn(command, args, { env: {}, cwd: "/", detached: ownGroup, stdio: ["pipe", "pipe", "pipe"] })
    return link(child, events, options)
  }

function link(child: ChildProcess, events: LinkEvents, { ownGroup, stopTimeoutMs }: ProcessLinkOptions): Link {
  const kill = () => end(child, ownGroup)
  let stopping = false
  let why: string | undefined
  let stderr = ""
  const reader = new FrameReader()
  const abort = (reason: string) => {
    why ??= reason
    kill()
  }
  child.stdout!.on("data", (chunk: Uint8Array) => {
    try {
      for (const body of reader.push(chunk)) events.onBody(body)
    } catch {
      abort("a frame that can't be read")
    }
  })
  child.stderr!.on("data", (chunk: Uint8Array) => {
    stderr = (stderr + new TextDecoder().decode(chunk)).slice(-MAX_STDERR_BYTES)
  })
  // Writing to a program that has ended fails; `ended` tells it.
  child.stdin!.on("error", () => undefined)
  const ended = new Promise<Ended>((resolve) => {
    child.once("error", (error) => resolve({ expected: false, detail: error.message, crashed: true }))
    child.once("close", (code, signal) => {
      kill()
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`
      const crashed = why !== undefined || (!stopping && (signal === null || !FROM_OUTSIDE.has(signal)))
      resolve({ expected: stopping, detail: [why, how, stderr.trim()].filter(Boolean).join("; "), crashed })
    })
  })
  return {
    ended,
    abort,
    send: (body) => void child.stdin!.write(frameOf(body)),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      stopping = true
      child.stdin!.end()
      if (stopTimeoutMs === 0) kill()
      const timer = setTimeout(kill, stopTimeoutMs)
      if (child.exitCode === null && child.signalCode === null) await once(child, "close")
      clearTimeout(timer)
    },
  }
}

/** With a group of its own, whatever the program had started goes with it. */
function end(child: ChildProcess, ownGroup: boolean): void {
  const { pid } = child
  if (pid === undefined) return
  if (!ownGroup) {
    child.kill("SIGKILL")
    return
  }
  try {
    process.kill(-pid, "SIGKILL")
  } catch {
    // it is gone already
  }
}
