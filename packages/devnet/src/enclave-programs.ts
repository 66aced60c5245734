/** The two measured programs, bundled once for all processes of a network. */
import { writeProgram } from "@enigma-discovery/enclave/bundle"
import { type Hex, toHex } from "@enigma-discovery/protocol"

export interface EnclaveProgram {
  /** One file. */
  readonly file: string
  /** Its SHA-256, 0x-hex. */
  readonly measurement: Hex
}
export interface EnclavePrograms {
  readonly worker: EnclaveProgram
  readonly keyManager: EnclaveProgram
}

export async function writePrograms(directory: string): Promise<EnclavePrograms> {
  const [worker, keyManager] = await Promise.all([
    writeProgram("worker", directory),
    writeProgram("keyManager", directory),
  ])
  const named = ({ file, measurement }: typeof worker) => Object.freeze({ file, measurement: toHex(measurement) })
  return Object.freeze({ worker: named(worker), keyManager: named(keyManager) })
}
