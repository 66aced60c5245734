/** Epochs, beacon and draw (PROTOCOL §5). */
import { words } from "./bytes.ts"
import { TAG } from "./tags.ts"

/** RFC 9380 domain separation tags: beacon signatures are public, PRF values are keys, so they never share one. */
export const BEACON_DST = "ENIGMA-V1-BEACON_BLS12381G1_XMD:SHA-256_SSWU_RO_"
export const PRF_DST = "ENIGMA-V1-PRF_BLS12381G1_XMD:SHA-256_SSWU_RO_"

/** §5.1: schedule. Starts are the multiples of the epoch length; the start that `blockNumber` belongs to. */
export const scheduledStart = (blockNumber: bigint, epochLengthBlocks: bigint): bigint =>
  blockNumber - (blockNumber % epochLengthBlocks)
/** The last block before the next scheduled start: until then a batch made at `blockNumber` is valid. */
export const lastBlockOfSchedule = (blockNumber: bigint, epochLengthBlocks: bigint): bigint =>
  scheduledStart(blockNumber, epochLengthBlocks) + epochLengthBlocks - 1n

/** §5.2: what the committee signs for epoch n, 5 words. `blockHash` is that of the last block before the scheduled start. */
export const beaconMessage = (chainId: bigint, enigma: Uint8Array, epoch: number, blockHash: Uint8Array): Uint8Array =>
  words(TAG.BEACON, chainId, enigma, epoch, blockHash)
/** §5.3: draw number k (0: the worker; more for a group) of a contract: uint256(keccak256(4 words)) mod total weight. */
export const drawPreimage = (seed: Uint8Array, contract: Uint8Array, k: number): Uint8Array =>
  words(TAG.DRAW, seed, contract, k)

/** §5.4: sum tree. */
export const TREE_ARITY = 7
/** Key of a node in the `nodes` mapping: level in the bits from 32 up, position below. Level 0 holds workers' weights. */
export const treeNodeKey = (level: number, position: number): bigint => (BigInt(level) << 32n) | BigInt(position)
