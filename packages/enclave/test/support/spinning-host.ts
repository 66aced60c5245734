// A host of its own process whose worker's engine computes for minutes: `node spinning-host.ts DIRECTORY`. It says "ready" when
// the task is with the core.

import { lab, TestNetwork } from "./network.ts"
import { processBackend } from "./process-backend.ts"

const { backend } = await processBackend(process.argv[2]!)
const network = await (await TestNetwork.ready({ backend, workers: 1 })).deployed()
const fields = { gasLimit: 500_000_000_000n, gasPriceGrains: 1n }
network.execute(1, network.record({ calldata: lab.spin(), fields })).catch(() => undefined)
process.stdout.write("ready\n")
