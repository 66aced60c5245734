import { nodeCrypto } from "@enigma-discovery/crypto/node"
import { initWasi } from "@enigma-discovery/runtime-wasm"
import { ENGINE_MEMORY_MB } from "./constants.ts"
import { EngineServer } from "./core/engine-server.ts"
import { ProcessEngine } from "./core/process-engine.ts"
import { Worker } from "./core/worker.ts"
import { WORKER_CALLS } from "./pipe/calls.ts"
import { canEndWithParent, endsWithParent } from "./pipe/ends-with-parent.ts"
import { ENGINE_CALLS } from "./pipe/engine-calls.ts"
import { nodeArguments } from "./pipe/node-arguments.ts"
import { openProcessLink } from "./pipe/process-link.ts"
import { runProgram } from "./pipe/run-program.ts"
import { serveCalls } from "./pipe/serve.ts"
import { endSilentlyOnFault, stdio } from "./pipe/stdio.ts"

/** The one argument the program knows, by which its core starts engines from the same measured file. */
const ENGINE = "engine"

async function runEngine(): Promise<void> {
  endSilentlyOnFault(() => undefined)
  await initWasi()
  await runProgram(serveCalls(ENGINE_CALLS, new EngineServer(nodeCrypto)), stdio())
}

async function runCore(): Promise<void> {
  const file = process.argv[1]!
  const engine = [...nodeArguments(file, ENGINE_MEMORY_MB, false), ENGINE]
  const [command, ...args] = canEndWithParent()
    ? endsWithParent(process.execPath, engine)
    : [process.execPath, ...engine]
  const open = openProcessLink({ command: command!, args, ownGroup: false, stopTimeoutMs: 0 })
  const worker = new Worker({ crypto: nodeCrypto, engine: new ProcessEngine(open) })
  endSilentlyOnFault(() => worker.wipe())
  await runProgram(serveCalls(WORKER_CALLS, worker), stdio())
  worker.wipe()
}

await (process.argv[2] === ENGINE ? runEngine() : runCore())
process.exit(0)
