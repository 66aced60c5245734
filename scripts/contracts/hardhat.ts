// Hardhat, one run at a time in a checkout: two compiling at once would read each other's half-written artifacts.
import { spawn } from "node:child_process"
import os from "node:os"
import path from "node:path"
import { fileLock } from "../file-lock.mjs"

export const root = path.resolve(import.meta.dirname, "../..")
const CLI = path.join(root, "node_modules/hardhat/dist/src/cli.js")
const LOCK = path.join(root, "node_modules/.hardhat-lock")

/** Runs `hardhat <args>` with output inherited. @returns its exit code */
export async function hardhat(args: readonly string[]): Promise<number> {
  let pid: number | undefined
  const lock = fileLock(LOCK, () => (pid === undefined ? [] : [pid]))
  await lock.acquire((pids) => console.error(`another Hardhat runs here (process ${pids.join(", ")}); waiting for it`))
  try {
    // Hardhat asks about telemetry when it sees a terminal, and would wait for the answer.
    const child = spawn(process.execPath, [CLI, ...args], { cwd: root, stdio: ["ignore", "inherit", "inherit"] })
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
