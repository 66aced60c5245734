/**
 * Makes a key manager's shares, before there is an Enigma to serve: the deployment names their public keys. Shares that are there
 * already are opened and told again, never replaced.
 */
import { type KeyManagerEnclave, startKeyManagerEnclave } from "@enigma-discovery/enclave/host"
import { toHex } from "@enigma-discovery/protocol"
import type { KeyGenerationConfig } from "../config.ts"
import type { NodeDeps } from "../deps.ts"
import { enclaveOptions } from "../enclave-options.ts"
import { nodeErrors } from "../errors.ts"
import type { KeysEvent } from "../events.ts"
import { sharesIn } from "./sealed-shares.ts"

/** @throws NODE_START_FAILED */
export async function generateKeys(
  config: KeyGenerationConfig,
  { clock, startKeyManagerEnclave: start = startKeyManagerEnclave, shares = sharesIn(config.dataDir) }: NodeDeps,
): Promise<KeysEvent> {
  let enclave: KeyManagerEnclave | undefined
  try {
    enclave = await start(enclaveOptions(config.enclave, clock, undefined))
    const known = await shares.read()
    const { beaconKey, contractKey, sealed } = await enclave.generate(known)
    if (known === undefined) await shares.write(sealed)
    return Object.freeze({
      event: "keys",
      beaconKey: toHex(beaconKey),
      contractKey: toHex(contractKey),
      measurement: toHex(enclave.measurement),
    })
  } catch (cause) {
    throw nodeErrors.make("START_FAILED", { step: "key generation" }, { cause })
  } finally {
    await enclave?.stop()
  }
}
