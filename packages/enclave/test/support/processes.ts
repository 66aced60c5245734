import { mkdtempSync } from "node:fs"
import { rm } from "node:fs/promises"
import os from "node:os"
import path from "node:path"
import { after } from "node:test"
import { writeProgram } from "../../src/bundle.ts"
import { startKeyManagerEnclave, startWorkerEnclave } from "../../src/host/start.ts"
import { type Backend, quoting } from "./network.ts"

/** Programs as the product ships them, bundled once a test file. */
export const programDirectory = mkdtempSync(path.join(os.tmpdir(), "enigma-enclave-test-"))
after(() => rm(programDirectory, { recursive: true, force: true }))

export const workerProgram = await writeProgram("worker", programDirectory)
export const keyManagerProgram = await writeProgram("keyManager", programDirectory)

/** Enclaves in processes of their own. */
export const processes: Backend = {
  worker: () => startWorkerEnclave({ program: workerProgram.file, measurement: workerProgram.measurement, quoting }),
  keyManager: () =>
    startKeyManagerEnclave({ program: keyManagerProgram.file, measurement: keyManagerProgram.measurement, quoting }),
}
