import { blsVerify, keccak256 } from "@enigma-discovery/crypto"
import { BEACON_DST, beaconMessage, EPOCH_RING_SIZE, type NetworkConfig, utf8Bytes } from "@enigma-discovery/protocol"
import type { BlockHeader } from "./block-header.ts"
import type { Claim } from "./claim.ts"
import { verifyErrors } from "./errors.ts"
import { SLOT } from "./storage.ts"
import { type EpochState, readEpochEntry, readEpochState, wordBytes } from "./storage-words.ts"

export function* epochStateClaim(): Claim<EpochState> {
  const [word] = yield [SLOT.epochState()]
  return readEpochState(word!)
}

/** Seed of an epoch still in the ring, 32 bytes. @throws VERIFY_EPOCH_GONE */
export function* seedClaim(epoch: number, present: number): Claim<Uint8Array> {
  const [entry, seed] = yield SLOT.epoch(epoch)
  if (epoch < 1 || readEpochEntry(entry!).epoch !== epoch) throw verifyErrors.make("EPOCH_GONE", { epoch, present })
  return wordBytes(seed!)
}

/**
 * Epoch of a record at a block (PROTOCOL §3.3): the newest one opened strictly before it; 0 before any opening.
 * @throws VERIFY_EPOCH_GONE when it is older than the ring
 */
export function* epochOfBlockClaim(block: bigint, state: EpochState): Claim<number> {
  if (state.epoch === 0 || state.openedAtBlock < block) return state.epoch
  const oldest = Math.max(1, state.epoch - EPOCH_RING_SIZE + 1)
  for (let epoch = state.epoch - 1; epoch >= oldest; epoch--) {
    const [word] = yield [SLOT.epoch(epoch)[0]]
    const entry = readEpochEntry(word!)
    if (entry.epoch !== epoch) throw verifyErrors.make("EPOCH_GONE", { epoch, present: state.epoch })
    if (entry.openedAtBlock < block) return epoch
  }
  if (oldest === 1) return 0
  throw verifyErrors.make("EPOCH_GONE", { epoch: oldest - 1, present: state.epoch })
}

/**
 * What the committee signs for the epoch that starts after a block (PROTOCOL §5.2), built from that block's proven state and
 * never from a request's bytes. The header must be that of the last block before a scheduled start: its hash is the entropy.
 * @throws VERIFY_WRONG_BLOCK, VERIFY_WRONG_EPOCH
 */
export function* beaconMessageClaim(
  config: Pick<NetworkConfig, "chainId" | "enigma" | "epochLengthBlocks">,
  header: Pick<BlockHeader, "number" | "hash">,
  epoch: number,
): Claim<Uint8Array> {
  const length = config.epochLengthBlocks
  if ((header.number + 1n) % BigInt(length) !== 0n) {
    throw verifyErrors.make("WRONG_BLOCK", { got: header.number, length })
  }
  const state = yield* epochStateClaim()
  if (epoch !== state.epoch + 1) throw verifyErrors.make("WRONG_EPOCH", { got: epoch, present: state.epoch })
  return beaconMessage(config.chainId, config.enigma, epoch, header.hash)
}

/** Seed of an epoch from its beacon (128 bytes, EIP-2537), once the beacon is found to be the committee's. @throws VERIFY_BAD_BEACON */
export function checkBeacon(
  config: Pick<NetworkConfig, "chainId" | "enigma" | "beaconKey">,
  epoch: number,
  blockHash: Uint8Array,
  beacon: Uint8Array,
): Uint8Array {
  const message = beaconMessage(config.chainId, config.enigma, epoch, blockHash)
  if (!blsVerify(beacon, message, config.beaconKey, utf8Bytes(BEACON_DST))) {
    throw verifyErrors.make("BAD_BEACON", { epoch })
  }
  return keccak256(beacon)
}
