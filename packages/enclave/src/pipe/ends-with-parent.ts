import { spawnSync } from "node:child_process"

const SETPRIV = "/usr/bin/setpriv"
const WISH = ["--pdeathsig", "KILL"]
const PROBE_MS = 5_000

/** Whether the kernel can be asked for it here. */
export const canEndWithParent = (): boolean =>
  spawnSync(SETPRIV, [...WISH, "true"], { env: {}, timeout: PROBE_MS, stdio: "ignore" }).status === 0

/**
 * A command that the kernel kills when its parent ends, however that comes to its end (Linux: PR_SET_PDEATHSIG). A program
 * that computes sees the end of its input only when it has done so, which for contract code can be a quarter of an hour.
 */
export const endsWithParent = (command: string, args: readonly string[]): readonly string[] => [
  SETPRIV,
  ...WISH,
  command,
  ...args,
]
