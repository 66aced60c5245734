/** When an epoch may be opened, and whose turn it is (PROTOCOL §5.2, §5.6). Pure. */
import { keccak256 } from "@enigma-discovery/crypto"
import { bytesToBigint, type NetworkConfig, scheduledStart, words } from "@enigma-discovery/protocol"
import type { EpochState } from "@enigma-discovery/verify"

/** An opening that waits for somebody to make it. Blocks by number. */
export interface DueEpoch {
  readonly epoch: number
  /** Its scheduled start S; the beacon is over the hash of block S - 1. */
  readonly start: number
  /** Last block in which it may be opened. */
  readonly lastBlock: number
}

/** The opening that the next block could hold; undefined when none is due. Mirrors Enigma's own rule. */
export function dueEpoch(
  nextBlock: number,
  state: Pick<EpochState, "epoch" | "scheduledStartBlock">,
  epochLengthBlocks: number,
  openWindowBlocks: number,
): DueEpoch | undefined {
  const start = Number(scheduledStart(BigInt(nextBlock), BigInt(epochLengthBlocks)))
  const lastBlock = start + Math.min(openWindowBlocks, epochLengthBlocks - 1)
  if (BigInt(start) <= state.scheduledStartBlock || nextBlock > lastBlock) return undefined
  return Object.freeze({ epoch: state.epoch + 1, start, lastBlock })
}

/** Places in the order of keepers: more of them than this share places, which costs a reverted transaction now and then. */
export const MAX_PLACES = 16

export interface TurnOptions {
  readonly network: Pick<NetworkConfig, "chainId" | "enigma" | "depth" | "keyManagers">
  readonly due: DueEpoch
  /** 20 bytes. */
  readonly account: Uint8Array
  /** Workers logged in: with the key managers, those who may keep. */
  readonly activeWorkers: number
  /** Blocks that each further place waits. */
  readonly ladderBlocks: number
}

/**
 * The head from which an account sends: its place is a hash of epoch and account, so that another one is first each time. All have
 * had their turn by the middle of the window, whatever `ladderBlocks` asks for: nobody's absence may cost the epoch.
 */
export function turnAt({ network, due, account, activeWorkers, ladderBlocks }: TurnOptions): number {
  const places = Math.max(1, Math.min(activeWorkers + network.keyManagers, MAX_PLACES))
  const digest = keccak256(words(network.chainId, network.enigma, due.epoch, account))
  const place = Number(bytesToBigint(digest) % BigInt(places))
  // Block S - 1 is at depth once the head is `depth` above it; and nodes simulate at the head, which must have reached S.
  const first = due.start - 1 + Math.max(1, network.depth)
  const step = Math.min(ladderBlocks, Math.floor((due.lastBlock - first) / (2 * places)))
  return first + place * Math.max(0, step)
}
