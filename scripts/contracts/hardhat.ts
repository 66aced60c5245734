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
  /** Keep its output to ourselves and show it, on standard error, only when it fails. */
  readonly quiet?: boolean
  /** Ends it when aborted. */
  readonly signal?: AbortSignal
}

/** Runs `hardhat <args>`; it ends with us, however we end. @returns its exit code */
export async function hardhat(
  args: readonly string[],
  { quiet = false, signal }: HardhatOptions = {},
): Promise<number> {
  let pid: number | undefined
  const lock = fileLock(LOCK, () => (pid === undefined ? [] : [pid]))
  await lock.acquire((pids) => console.error(`another Hardhat runs here (process ${pids.join(", ")}); waiting for it`))
  try {
    // Hardhat asks about telemetry when it sees a terminal, and would wait for the answer.
    const child = spawn(process.execPath, ["--import", WATCH, CLI, ...args], {
      cwd: root,
      env: { ...process.env, TSX_DISABLE_CACHE: "1" }, // its loader would leave a cache in the temporary directory
      stdio: quiet ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"],
      ...(signal && { signal }),
    })
    pid = child.pid
    lock.touch()
    const said: Buffer[] = []
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data: Buffer) => said.push(data))
    const code = await new Promise<number>((resolve, reject) => {
      child.once("error", reject)
      child.once("close", (code, signal) => resolve(code ?? 128 + os.constants.signals[signal ?? "SIGKILL"]))
    })
    if (code !== 0) process.stderr.write(Buffer.concat(said))
    return code
  } finally {
    lock.release()
  }
}
