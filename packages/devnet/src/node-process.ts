/** A node of the network as a process: `node main --config <file>`, which says on standard output when it is ready. */
import fs from "node:fs"
import path from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import type { KeysEvent, NodeConfigInput, NodeEvent, ReadyEvent } from "@enigma-discovery/node"
import { STOP_TIMEOUT_MS } from "./constants.ts"
import { type ManagedProcess, type ProcessHost, startProcess } from "./internal/managed-process.ts"

const nodeProgram = () => fileURLToPath(import.meta.resolve("@enigma-discovery/node/main"))

function parseEvent(line: string): NodeEvent | undefined {
  try {
    return JSON.parse(line) as NodeEvent
  } catch {
    return undefined // not ours: something a library printed
  }
}

/** Keys are in it: readable by this user alone. */
function writeConfig(directory: string, name: string, config: NodeConfigInput): string {
  const file = path.join(directory, `${name}.json`)
  fs.writeFileSync(file, JSON.stringify(config, null, 2), { mode: 0o600 })
  return file
}

export type NodeProcess = ManagedProcess<ReadyEvent>

/** Starts a long-running role. @throws DEVNET_PROCESS_EXITED, DEVNET_PROCESS_NOT_READY */
export const startNodeProcess = (host: ProcessHost, name: string, config: NodeConfigInput): Promise<NodeProcess> =>
  startProcess(host, {
    name,
    program: nodeProgram(),
    args: ["--config", writeConfig(host.guardian.directory, name, config)],
    ready: (line) => {
      const event = parseEvent(line)
      return event?.event === "ready" ? event : undefined
    },
  })

/** Runs key generation to its end. */
export async function generateKeys(host: ProcessHost, config: NodeConfigInput): Promise<KeysEvent> {
  const name = "key-generation"
  const child = await startProcess(host, {
    name,
    program: nodeProgram(),
    args: ["--config", writeConfig(host.guardian.directory, name, config)],
    ready: (line) => {
      const event = parseEvent(line)
      return event?.event === "keys" ? event : undefined
    },
  })
  // It ends by itself once the sealed shares are on disk; stopping it is for one that does not.
  await Promise.race([child.exited, delay(STOP_TIMEOUT_MS, undefined, { ref: false })])
  await child.stop()
  return child.ready
}
