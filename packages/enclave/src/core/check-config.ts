import { cryptoErrors, decodeG2 } from "@enigma-discovery/crypto"
import type { NetworkConfig } from "@enigma-discovery/protocol"
import { checkNetworkConfig, verifyErrors } from "@enigma-discovery/verify"
import { MAX_EXPIRY_EPOCHS, MIN_EXPIRY_EPOCHS } from "../constants.ts"
import { enclaveErrors } from "../errors.ts"

/** Refuses a network whose rules could not hold. @throws ENCLAVE_BAD_CONFIG */
export function checkConfig(config: NetworkConfig): void {
  const bad = (why: string, cause?: unknown) => enclaveErrors.make("BAD_CONFIG", { why }, { cause })
  try {
    checkNetworkConfig(config)
    decodeG2(config.beaconKey, "beacon key")
    decodeG2(config.contractKey, "contract key")
  } catch (error) {
    if (verifyErrors.is(error) || cryptoErrors.is(error)) throw bad(error.code, error)
    throw error
  }
  const { expiryBlocks, epochLengthBlocks } = config
  if (expiryBlocks < MIN_EXPIRY_EPOCHS * epochLengthBlocks || expiryBlocks > MAX_EXPIRY_EPOCHS * epochLengthBlocks)
    throw bad("expiry")
}
