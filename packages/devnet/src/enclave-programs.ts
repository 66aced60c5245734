/** The two measured programs, bundled once for all processes of a network. */
import { writeProgram } from "@enigma-discovery/enclave/bundle"
import { toHex } from "@enigma-discovery/protocol"
import type { EnclavePrograms } from "./node-configs.ts"

export async function writePrograms(directory: string): Promise<EnclavePrograms> {
  const [worker, keyManager] = await Promise.all([
    writeProgram("worker", directory),
    writeProgram("keyManager", directory),
  ])
  const named = ({ file, measurement }: typeof worker) => Object.freeze({ file, measurement: toHex(measurement) })
  return Object.freeze({ worker: named(worker), keyManager: named(keyManager) })
}
