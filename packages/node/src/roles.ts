/** Starts the role that a configuration names. Each role is assembled by hand in its own file, in dependency order. */
import type { NodeConfig } from "./config.ts"
import type { NodeDeps } from "./deps.ts"
import { nodeErrors } from "./errors.ts"
import type { KeysEvent, ReadyEvent } from "./events.ts"
import { startWorker } from "./worker/worker.ts"

export interface RunningNode {
  readonly ready: ReadyEvent
  stop(): Promise<void>
  /** Settles when the node can't go on by itself: its enclave ended, its store failed. Never when stopped. */
  readonly failed: Promise<unknown>
}

/** `kept: false`: the work is done and the process ends (key generation). */
export type StartedRole =
  | { readonly kept: true; readonly node: RunningNode }
  | { readonly kept: false; readonly event: KeysEvent }

/** @throws NODE_START_FAILED */
export async function startRole(config: NodeConfig, deps: NodeDeps): Promise<StartedRole> {
  switch (config.role) {
    case "worker":
      return { kept: true, node: await startWorker(config, deps) }
    default:
      throw nodeErrors.make("ROLE_MISSING", { role: config.role })
  }
}
