import { writeProgram } from "../../src/bundle.ts"
import { startKeyManagerEnclave, startWorkerEnclave } from "../../src/host/start.ts"
import { type Backend, quoting } from "./network.ts"

/** Enclaves in processes of their own, from programs as the product ships them, bundled into `directory`. */
export async function processBackend(directory: string) {
  const worker = await writeProgram("worker", directory)
  const keyManager = await writeProgram("keyManager", directory)
  const backend: Backend = {
    worker: () => startWorkerEnclave({ program: worker.file, measurement: worker.measurement, quoting }),
    keyManager: () =>
      startKeyManagerEnclave({ program: keyManager.file, measurement: keyManager.measurement, quoting }),
  }
  return { worker, keyManager, backend }
}
