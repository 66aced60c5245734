import { readFile, realpath } from "node:fs/promises"
import { signDigest } from "@enigma-discovery/crypto"
import { nodeCrypto } from "@enigma-discovery/crypto/node"
import { equalBytes, toHex } from "@enigma-discovery/protocol"
import { initWasi } from "@enigma-discovery/runtime-wasm"
import type { IsolationStatus, KeyManagerEnclave, WorkerEnclave } from "../api.ts"
import { newIdentity } from "../core/identity.ts"
import { KeyManager } from "../core/key-manager.ts"
import { LocalEngine } from "../core/local-engine.ts"
import { Worker } from "../core/worker.ts"
import { enclaveErrors } from "../errors.ts"
import { measurementOf } from "../measurement.ts"
import { KEY_MANAGER_CALLS, WORKER_CALLS } from "../pipe/calls.ts"
import { nodeArguments } from "../pipe/node-arguments.ts"
import { openProcessLink } from "../pipe/process-link.ts"
import { serveCalls } from "../pipe/serve.ts"
import type { QuotingHardware } from "./dev-quoting.ts"
import type { HandleOptions } from "./enclave-handle.ts"
import { openInProcessLink } from "./in-process-link.ts"
import { detectIsolation } from "./isolation.ts"
import { KeyManagerHandle } from "./key-manager-handle.ts"
import { WorkerHandle } from "./worker-handle.ts"

export interface StartOptions {
  /** The bundled program, one file. */
  readonly program: string
  /** SHA-256 the program must have, 32 bytes: another one is not started. */
  readonly measurement: Uint8Array
  readonly quoting: QuotingHardware
  /** Heap bound of the process, MiB. Default 512. */
  readonly memoryMb?: number
  /** How long an asked-for end may take before the process is killed. Default 2,000. */
  readonly stopTimeoutMs?: number
}

/** A worker enclave in a process of its own. @throws ENCLAVE_WRONG_MEASUREMENT, ENCLAVE_START_FAILED */
export const startWorkerEnclave = async (options: StartOptions): Promise<WorkerEnclave> =>
  new WorkerHandle(await processOptions(options, true))

/** A key-manager enclave in a process of its own. @throws ENCLAVE_WRONG_MEASUREMENT, ENCLAVE_START_FAILED */
export const startKeyManagerEnclave = async (options: StartOptions): Promise<KeyManagerEnclave> =>
  new KeyManagerHandle(await processOptions(options, false))

export interface InProcessOptions {
  /** What quotes will say was measured: nothing is, in this form. */
  readonly measurement: Uint8Array
  readonly quoting: QuotingHardware
  /** 32 bytes from which the enclave's keys follow, so that it can be made again; fresh ones without it. */
  readonly seed?: Uint8Array
}

/** What only an enclave without a boundary can show. */
export interface InProcessWorkerEnclave extends WorkerEnclave {
  /** A contract's state in clear, keys ascending. @throws ENCLAVE_UNKNOWN_CONTRACT */
  debugState(contract: Uint8Array): readonly { readonly key: Uint8Array; readonly value: Uint8Array }[]
  /** A signature of the enclave's key on whatever is asked, as from an enclave that was broken. */
  debugSign(digest: Uint8Array): Uint8Array
}

/** A worker's program without any boundary, for tests: its status says so. */
export async function startWorkerEnclaveInProcess(options: InProcessOptions): Promise<InProcessWorkerEnclave> {
  await initWasi()
  const identity = newIdentity(nodeCrypto, options.seed)
  const worker = new Worker({
    crypto: nodeCrypto,
    engine: new LocalEngine(nodeCrypto),
    identity,
  })
  const open = openInProcessLink(serveCalls(WORKER_CALLS, worker), () => worker.wipe())
  const handle = new WorkerHandle({ ...options, open, isolation: NO_ISOLATION })
  return Object.assign(handle, {
    debugState: (contract: Uint8Array) => worker.debugState(contract),
    debugSign: (digest: Uint8Array) => signDigest(digest, identity.signingKey),
  })
}

/** A key manager's program without any boundary, for tests: its status says so. */
export function startKeyManagerEnclaveInProcess(options: InProcessOptions): Promise<KeyManagerEnclave> {
  const manager = new KeyManager(nodeCrypto, options.seed)
  const open = openInProcessLink(serveCalls(KEY_MANAGER_CALLS, manager), () => manager.wipe())
  return Promise.resolve(new KeyManagerHandle({ ...options, open, isolation: NO_ISOLATION }))
}

const NO_ISOLATION: IsolationStatus = Object.freeze({
  form: "in-process",
  network: "host",
  filesystem: "host",
  notes: Object.freeze(["no boundary at all: for tests only"]),
})

async function processOptions(options: StartOptions, mayFork: boolean): Promise<HandleOptions> {
  const { program, measurement, quoting, memoryMb = 512, stopTimeoutMs = 2_000 } = options
  let programFile: string
  let code: Uint8Array
  try {
    programFile = await realpath(program)
    code = await readFile(programFile)
  } catch (cause) {
    throw enclaveErrors.make(
      "START_FAILED",
      { why: `the program can't be read (${(cause as Error).message})` },
      { cause },
    )
  }
  const measured = measurementOf(code)
  if (!equalBytes(measured, measurement))
    throw enclaveErrors.make("WRONG_MEASUREMENT", { got: toHex(measured), want: toHex(measurement) })
  const isolation = detectIsolation()
  const [command, args] = isolation.command(process.execPath, nodeArguments(programFile, memoryMb, mayFork))
  const open = openProcessLink({ command, args, ownGroup: true, stopTimeoutMs })
  return { open, measurement: measured, isolation: isolation.status, quoting }
}
