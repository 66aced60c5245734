import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { FrameReader, frameOf } from "../pipe/frames.ts"
import { type Isolation, nodeArguments } from "./isolation.ts"
import type { Ended, Link, LinkEvents, OpenLink } from "./link.ts"

export interface ProcessLinkOptions {
  readonly programFile: string
  readonly isolation: Isolation
  /** Heap bound of the process, MiB. */
  readonly memoryMb: number
  /** How long an asked-for end may take before the process is killed. */
  readonly stopTimeoutMs: number
}

const MAX_STDERR_BYTES = 2_048

/** Starts a program as a child process with an empty environment, in a process group of its own. */
export const openProcessLink =
  ({ programFile, isolation, memoryMb, stopTimeoutMs }: ProcessLinkOptions): OpenLink =>
  (events) => {
    const [command, args] = isolation.command(process.execPath, nodeArguments(programFile, memoryMb))
    const child = spawn(command, args, { env: {}, cwd: "/", detached: true, stdio: ["pipe", "pipe", "pipe"] })
    return link(child, events, stopTimeoutMs)
  }

function link(child: ChildProcess, events: LinkEvents, stopTimeoutMs: number): Link {
  let stopping = false
  let why: string | undefined
  let stderr = ""
  const reader = new FrameReader()
  const abort = (reason: string) => {
    why ??= reason
    killGroup(child)
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
    child.once("error", (error) => resolve({ expected: false, detail: error.message }))
    child.once("close", (code, signal) => {
      killGroup(child)
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`
      resolve({ expected: stopping, detail: [why, how, stderr.trim()].filter(Boolean).join("; ") })
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
      const timer = setTimeout(() => killGroup(child), stopTimeoutMs)
      if (child.exitCode === null && child.signalCode === null) await once(child, "close")
      clearTimeout(timer)
    },
  }
}

/** The whole group: the program and whatever it had started. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, "SIGKILL")
  } catch {
    // it is gone already
  }
}
