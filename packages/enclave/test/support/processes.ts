import { mkdtempSync } from "node:fs"
import { rm } from "node:fs/promises"
import os from "node:os"
import path from "node:path"
import { after } from "node:test"
import { processBackend } from "./process-backend.ts"

/** Programs as the product ships them, bundled once a test file. */
export const programDirectory = mkdtempSync(path.join(os.tmpdir(), "enigma-enclave-test-"))
after(() => rm(programDirectory, { recursive: true, force: true }))

const started = await processBackend(programDirectory)
export const workerProgram = started.worker
export const keyManagerProgram = started.keyManager

/** Enclaves in processes of their own. */
export const processes = started.backend
