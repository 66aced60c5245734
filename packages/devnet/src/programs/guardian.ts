/**
 * Outlives the launcher to clean up after it, also when it was killed: owns the network's directory and knows the pids.
 * Standard input, one command a line: `+<pid>` a process was started, `-<pid>` it was seen to end. End of input: whoever is
 * left may end by itself for a moment, is then killed with its tree, and the directory is removed.
 */
import fs from "node:fs"
import os from "node:os"
import path from "node:path"
import { createInterface } from "node:readline"
import { setTimeout as delay } from "node:timers/promises"
import { DIRECTORY_PREFIX, KILL_TIMEOUT_MS, ORPHAN_GRACE_MS } from "../constants.ts"
import { alive, identify, killTree, type ProcessIdentity, treeOf } from "../internal/process-tree.ts"

const POLL_MS = 50

for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => {}) // the pipe alone says when
process.stdout.on("error", () => {}) // a launcher that died at once reads no more

const directory = fs.mkdtempSync(path.join(os.tmpdir(), DIRECTORY_PREFIX))
fs.chmodSync(directory, 0o700)
const watched = new Map<number, ProcessIdentity>()

const input = createInterface({ input: process.stdin })
input.on("line", (line) => {
  const pid = Number(line.slice(1))
  const found = line.startsWith("+") ? identify(pid) : undefined
  if (found) watched.set(pid, found)
  else watched.delete(pid)
})
input.on("close", () => void cleanUp())
process.stdout.write(`${JSON.stringify({ directory })}\n`)

async function cleanUp(): Promise<void> {
  const roots = [...watched.values()].reverse()
  const members = roots.flatMap((root) => treeOf(root))
  const deadline = Date.now() + ORPHAN_GRACE_MS
  while (alive(members).length > 0 && Date.now() < deadline) await delay(POLL_MS)
  for (const root of [...roots, ...alive(members)]) await killTree(root, KILL_TIMEOUT_MS)
  fs.rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
}
