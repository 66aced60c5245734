/** What a node process says on standard output: one JSON object a line, nothing else. */
import { renameSync, writeFileSync } from "node:fs"
import type { Hex } from "@enigma-discovery/protocol"

export interface ReadyEvent {
  readonly event: "ready"
  readonly role: "worker" | "key-manager" | "witness"
  readonly pid: number
  readonly peerId: string
  /** Multiaddrs with /p2p/ id that others can dial. */
  readonly addresses: readonly string[]
  readonly rpcUrl: string
  readonly wsUrl: string
  /** Worker: operator account and id in the registry. */
  readonly operator?: Hex
  readonly workerId?: number
  /** Roles with an enclave: its signer and measurement. Witness: the address that signs headers. */
  readonly signer?: Hex
  readonly measurement?: Hex
}

/** The key-generation role: public keys for the deployment, EIP-2537 G2 points, and the measurement that holds the shares. */
export interface KeysEvent {
  readonly event: "keys"
  readonly beaconKey: Hex
  readonly contractKey: Hex
  readonly measurement: Hex
}
/** `clean` is false when a part had to be given up. */
export interface StoppedEvent {
  readonly event: "stopped"
  readonly clean: boolean
}
export interface FailedEvent {
  readonly event: "failed"
  readonly code: string
  readonly message: string
}
export type NodeEvent = ReadyEvent | KeysEvent | StoppedEvent | FailedEvent

export const printEvent = (event: NodeEvent): void => void process.stdout.write(`${JSON.stringify(event)}\n`)

/** Whole or not at all: written beside and renamed. */
export function writeEventFile(path: string, event: NodeEvent): void {
  const temporary = `${path}.${process.pid}.tmp`
  writeFileSync(temporary, `${JSON.stringify(event)}\n`, { mode: 0o600 })
  renameSync(temporary, path)
}
