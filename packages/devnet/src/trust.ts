/** The secrets that a local network makes for itself at each start, and the parameters all its enclaves are told. */
import { randomBytes } from "node:crypto"
import { fromHex, type Hex, type NetworkConfig, toHex } from "@enigma-discovery/protocol"
import { computeAddress } from "ethers"
import type { ResolvedOptions } from "./options.ts"

/** secp256k1 keys, 0x-hex. Random, so that nothing signed in one network means anything in another. */
export interface NetworkSecrets {
  /** Root of the simulated attestation. */
  readonly devRootKey: Hex
  readonly witnessKey: Hex
}

export const newSecrets = (): NetworkSecrets =>
  Object.freeze({ devRootKey: toHex(randomBytes(32)), witnessKey: toHex(randomBytes(32)) })

export const addressOf = (secretKey: Hex): Hex => computeAddress(secretKey).toLowerCase() as Hex

/** What key generation says before anything is deployed. */
export interface GroupKeys {
  readonly beaconKey: Hex
  readonly contractKey: Hex
  readonly measurement: Hex
}

/** Epoch lengths after which a record may be settled: within the 64 epochs that the chain remembers. */
const EXPIRY_EPOCHS = 30
/** Blocks to wait for an envelope that never came. */
const INPUTS_GRACE_BLOCKS = 20

/** PROTOCOL §7.3. One key manager and one witness: this machine can read everything, and says so. */
export function networkConfig(
  options: ResolvedOptions,
  secrets: NetworkSecrets,
  keys: GroupKeys,
  enigma: Hex,
): NetworkConfig {
  const { chainId, epochLengthBlocks, depth, storageReceipts } = options
  return Object.freeze({
    version: 1,
    chainId,
    enigma: fromHex(enigma, 20, "Enigma's address"),
    epochLengthBlocks,
    depth,
    storageReceipts,
    witnessThreshold: 1,
    witnesses: [fromHex(addressOf(secrets.witnessKey), 20, "witness")],
    keyThreshold: 1,
    keyManagers: 1,
    beaconKey: fromHex(keys.beaconKey, 256, "beacon key"),
    contractKey: fromHex(keys.contractKey, 256, "contract key"),
    expiryBlocks: EXPIRY_EPOCHS * epochLengthBlocks,
    inputsGraceBlocks: INPUTS_GRACE_BLOCKS,
    keyManagerMeasurement: fromHex(keys.measurement, 32, "measurement"),
  })
}
