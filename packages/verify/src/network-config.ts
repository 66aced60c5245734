import { keccak256 } from "@enigma-discovery/crypto"
import { type NetworkConfig, toHex, trustPreimage, witnessesPreimage } from "@enigma-discovery/protocol"
import { verifyErrors } from "./errors.ts"

/** PROTOCOL §7.3: what an enclave was told of its network; Enigma demands it in every report. */
export const trustHash = (config: NetworkConfig): Uint8Array =>
  keccak256(
    trustPreimage(
      config,
      keccak256(config.beaconKey),
      keccak256(config.contractKey),
      keccak256(witnessesPreimage(config)),
    ),
  )

/** Refuses a configuration that would switch a check off. @throws VERIFY_CONFIG */
export function checkNetworkConfig(config: NetworkConfig): void {
  const bad = (why: string) => verifyErrors.make("CONFIG", { why })
  const { witnesses, witnessThreshold, keyThreshold, keyManagers } = config
  if (new Set(witnesses.map(toHex)).size !== witnesses.length) throw bad("a witness is listed twice")
  if (witnessThreshold < 1 || witnessThreshold > witnesses.length) throw bad("witness threshold")
  if (keyThreshold < 1 || keyThreshold > keyManagers) throw bad("key threshold")
  const { epochLengthBlocks, expiryBlocks } = config
  if (epochLengthBlocks < 1) throw bad("epoch length")
  if (expiryBlocks < 2 * epochLengthBlocks || expiryBlocks > 60 * epochLengthBlocks) throw bad("expiry")
}
