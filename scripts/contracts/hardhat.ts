// Hardhat, one run at a time in a checkout: two compiling at once would read each other's half-written artifacts.
import { spawn } from "node:child_process"
import os from "node:os"
import path from "node:path"
import { pathToFileURL } from "node:url"
import { fileLock } from "../file-lock.mjs"

export const root = path.resolve(import.meta.dirname, "../..")
const CLI = path.join(root, "node_modules/hardhat/dist/src/cli.js")
const LOCK = path.join(root, "node_modules/.hardhat-lock")

const WATCH = pathToFileURL(path.join(root, "scripts/end-with-parent.mjs")).href

export interface HardhatOptions {
  /** File descriptor that takes its standard output; 1 unless that one belongs to somebody else. */
  readonly stdout?: number
  /** Ends it when aborted. */
  readonly signal?: AbortSignal
}

/** Runs `hardhat <args>`; it ends with us, however we end. @returns its exit code */
export async function hardhat(args: readonly string[], { stdout = 1, signal }: HardhatOptions = {}): Promise<number> {
  let pid: number | undefined
  const lock = fileLock(LOCK, () => (pid === undefined ? [] : [pid]))
  await lock.acquire((pids) => console.error(`another Hardhat runs here (process ${pids.join(", ")}); waiting for it`))
  try {
    // Hardhat asks about telemetry when it sees a terminal, and would wait for the answer.
    const child = spawn(process.execPath, ["--import", WATCH, CLI, ...args], {
      cwd: root,
      stdio: ["ignore", stdout, 2],
      ...(signal && { signal }),
    })
    pid = child.pid
    lock.touch()
    return await new Promise((resolve, reject) => {
      child.once("error", reject)
      child.once("exit", (code, signal) => resolve(code ?? 128 + os.constants.signals[signal ?? "SIGKILL"]))
    })
  } finally {
    lock.release()
  }
}
