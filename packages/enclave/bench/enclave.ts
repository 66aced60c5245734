/**
 * One worker's enclave at work, through the real boundary: its core and its engine are processes, the envelopes real.
 *
 *   npm run bench:enclave                 a table
 *   npm run bench:enclave -- --json       one JSON object on standard output
 *   npm run bench:enclave -- --quick      a tenth of everything, for comparing two versions
 *   npm run bench:enclave -- --only P     tasks, replay or restore alone
 *   npm run bench:enclave -- --profile D  processor profiles of the core into folder D
 *
 * The counter contract (AssemblyScript), one user, one queue, a state of 1 MB; tasks in calls of 64, as the node makes them.
 * `tasksPerSecond` and `replayDeltasPerSecond` are of the best round, `median...` of the middle one; they are of the wall clock,
 * so other load on the machine takes from them. `cpuUsPerTask` and `replayCpuUsPerDelta` are what the processes computed; other
 * load changes them less.
 *
 * Where the time goes (`--profile`, core): a fifth agreeing on a key with the sender (X25519 through Node's key objects, of
 * which the contract's own is kept), then garbage, writing to pipes, and AES-GCM. What was first and is not any more: one
 * secp256k1 signature a task (now one a run), Keccak in JavaScript (now WASM), a pipe's way to the engine and back a task (now
 * one a portion, during which the core opens the next one), AES-256-GCM-SIV in JavaScript (now WASM). Replay, of about 40 us a
 * delta: 12 GCM-SIV, 8 Keccak, 8 decoding, 4 the preimages of nonce and associated data, the rest garbage.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import os from "node:os"
import path from "node:path"
import { text as readText } from "node:stream/consumers"
import { parseArgs } from "node:util"
import { WorkerHandle } from "../src/host/worker-handle.ts"
import { openProcessLink } from "../src/pipe/process-link.ts"
import { quoting } from "../test/support/network.ts"
import { processBackend } from "../test/support/process-backend.ts"
import { type BenchSizes, benchReplay, benchRestore, benchTasks } from "./bench-enclave.ts"

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    profile: { type: "string" },
    only: { type: "string" },
  },
})

const FULL: BenchSizes = {
  stateBytes: 1_000_000,
  rounds: 5,
  tasksPerRound: 1_024,
  singleTasks: 400,
  deltas: 100_000,
  replays: 3,
  checkpointBytes: 4_000_000,
}
const sizes = values.quick
  ? { ...FULL, rounds: 3, tasksPerRound: 256, singleTasks: 50, deltas: 10_000, replays: 1 }
  : FULL

const parts = { tasks: benchTasks, replay: benchReplay, restore: benchRestore }
const names = Object.keys(parts) as (keyof typeof parts)[]
const result: Record<string, unknown> = {
  stateSizeMB: { counter: sizes.stateBytes / 1e6, restored: sizes.checkpointBytes / 1e6 },
}
const { only } = values
if (only === undefined) for (const name of names) Object.assign(result, await inOneProcess(name))
else Object.assign(result, await measure(names.find((name) => name === only) ?? unknownPart(only)))
if (values.json) console.log(JSON.stringify(result, rounded))
else console.table(JSON.parse(JSON.stringify(result, rounded)))

/** Each part has a process of its own, as a host has: what one leaves on the heap would slow the next. */
async function inOneProcess(name: string): Promise<object> {
  const options = [...(values.quick ? ["--quick"] : []), ...(values.profile ? ["--profile", values.profile] : [])]
  const args = [import.meta.filename, "--json", "--only", name, ...options]
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] })
  const [text, [code]] = await Promise.all([readText(child.stdout), once(child, "exit")])
  if (code !== 0) throw new Error(`${name} ended with ${String(code)}`)
  return JSON.parse(text) as object
}

function unknownPart(name: string): never {
  throw new Error(`there is no part ${name}: ${names.join(", ")}`)
}

async function measure(name: keyof typeof parts): Promise<object> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "enigma-enclave-bench-"))
  try {
    const { backend, worker } = await processBackend(folder)
    const { profile } = values
    const profiled = async () => {
      const args = ["--cpu-prof", `--cpu-prof-dir=${profile}`, worker.file]
      const open = openProcessLink({ command: process.execPath, args, ownGroup: true, stopTimeoutMs: 30_000 })
      const isolation = { form: "process", network: "host", filesystem: "host", notes: ["profiled"] } as const
      return new WorkerHandle({ open, measurement: worker.measurement, isolation, quoting })
    }
    const target = {
      backend: profile === undefined ? backend : { ...backend, worker: profiled },
      program: worker.file,
    }
    return await parts[name](target, sizes)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function rounded(_: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(4)) : value
}
