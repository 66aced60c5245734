/** Starts the role that a configuration names. Each role is assembled by hand in its own file, in dependency order. */
import type { NodeConfig } from "./config.ts"
import type { NodeDeps } from "./deps.ts"
import type { KeysEvent, ReadyEvent } from "./events.ts"
import { generateKeys } from "./key-manager/key-generation.ts"
import { startKeyManagerNode } from "./key-manager/key-manager-role.ts"
import { startWitnessNode } from "./witness/witness-role.ts"
import { startWorkerNode } from "./worker/worker.ts"

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
    case "witness":
      return { kept: true, node: await startWitnessNode(config, deps) }
    case "key-manager":
      return { kept: true, node: await startKeyManagerNode(config, deps) }
    case "key-generation":
      return { kept: false, event: await generateKeys(config, deps) }
    case "worker":
      return { kept: true, node: await startWorkerNode(config, deps) }
  }
}
