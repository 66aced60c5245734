import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import type { IsolationStatus } from "../api.ts"
import { canEndWithParent, endsWithParent } from "../pipe/ends-with-parent.ts"

/** How an enclave process is started on this machine, and what that gives. */
export interface Isolation {
  readonly status: IsolationStatus
  /** Command and arguments that run `node` with its arguments. */
  command(node: string, args: readonly string[]): readonly [string, readonly string[]]
}

const UNSHARE = ["/usr/bin/unshare", "/bin/unshare"]
const SHELL = "/bin/sh"
const PROBE_MS = 5_000

/**
 * Node's permission model does not restrict the network before Node 25, so the process gets a network namespace of its own
 * with nothing in it, where the system lets an unprivileged user make one. `node:sqlite` opens files past the permission
 * model (measured), hence the flag that removes it.
 */
export function detectIsolation(): Isolation {
  const unshare = UNSHARE.find((file) => existsSync(file))
  const probe = unshare && spawnSync(unshare, ["-rn", "true"], { env: {}, timeout: PROBE_MS, stdio: "ignore" })
  const hasNamespace = probe !== undefined && probe !== "" && probe.status === 0
  const hasShell = existsSync(SHELL)
  const hasSetpriv = canEndWithParent()
  const notes = [
    ...(hasNamespace ? [] : ["no empty network namespace: unshare is not there or not allowed"]),
    ...(hasShell ? [] : ["core files can't be switched off: no shell"]),
    ...(hasSetpriv ? [] : ["outlives a killed node until its present task ends: setpriv is not there"]),
    "simulated enclave: the operator of this machine can read its memory",
  ]
  return {
    status: Object.freeze({
      form: "process",
      network: hasNamespace ? "none" : "host",
      filesystem: "none",
      notes: Object.freeze(notes),
    }),
    command(node, args) {
      // Behind unshare: the kernel forgets the wish where a process gains capabilities.
      const program = hasSetpriv ? endsWithParent(node, args) : [node, ...args]
      const inner = hasNamespace ? [unshare!, "-rn", ...program] : program
      if (!hasShell) return [inner[0]!, inner.slice(1)]
      return [SHELL, ["-c", 'ulimit -c 0; exec "$@"', "sh", ...inner]]
    },
  }
}
