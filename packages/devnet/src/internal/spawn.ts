/** How programs of this package and of `node` are started: same Node, same module resolution, own process group. */
import { type ChildProcess, type StdioOptions, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

/** `.ts` from source, `.js` when packed: neighbours of this file have the same form. */
const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js"
/** A program of this package. */
export const programPath = (name: string): string =>
  fileURLToPath(new URL(`../programs/${name}${extension}`, import.meta.url))

/** Resolution conditions given to this process on its command line; those in NODE_OPTIONS are inherited anyway. */
const conditions = process.execArgv.filter((arg) => /^(--conditions|-C)=/.test(arg))

/** Starts `node <program> <args>` as the leader of a session of its own, so that a terminal's Ctrl-C reaches only us. */
export function spawnNode(
  program: string,
  args: readonly string[],
  stdio: StdioOptions,
  preload?: string,
): ChildProcess {
  const imports = preload ? ["--import", preload] : []
  return spawn(process.execPath, [...conditions, ...imports, program, ...args], {
    detached: true,
    stdio,
    env: childEnvironment(),
    cwd: "/",
  })
}

/** Nothing of a test runner's or npm's environment: a node's behaviour depends on its configuration alone. */
function childEnvironment(): NodeJS.ProcessEnv {
  const kept = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SystemRoot"]
  kept.push("NODE_OPTIONS", "NODE_EXTRA_CA_CERTS", "NODE_COMPILE_CACHE")
  return Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )
}
