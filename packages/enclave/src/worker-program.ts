import { nodeCrypto } from "@enigma-discovery/crypto/node"
import { initWasi } from "@enigma-discovery/runtime-wasm"
import { LocalEngine } from "./core/local-engine.ts"
import { Worker } from "./core/worker.ts"
import { WORKER_CALLS } from "./pipe/calls.ts"
import { runProgram } from "./pipe/run-program.ts"
import { serveCalls } from "./pipe/serve.ts"
import { endSilentlyOnFault, stdio } from "./pipe/stdio.ts"

const worker = new Worker({ crypto: nodeCrypto, engine: new LocalEngine(nodeCrypto) })
endSilentlyOnFault(() => worker.wipe())
await initWasi()
await runProgram(serveCalls(WORKER_CALLS, worker), stdio())
worker.wipe()
process.exit(0)
