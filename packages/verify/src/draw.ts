import { keccak256 } from "@enigma-discovery/crypto"
import { bytesToBigint, drawPreimage, TREE_ARITY, treeNodeKey } from "@enigma-discovery/protocol"
import type { Claim } from "./claim.ts"
import { MAX_GROUP_SIZE, MAX_TREE_DEPTH } from "./constants.ts"
import { verifyErrors } from "./errors.ts"
import { SLOT } from "./storage.ts"

export interface DrawInput {
  /** keccak256 of the epoch's beacon, 32 bytes. */
  readonly seed: Uint8Array
  readonly contract: Uint8Array
  /** The epoch whose weights count. */
  readonly epoch: number
  readonly treeDepth: number
}

/** A drawn leaf: its worker and weight (whole ENG). */
interface Drawn {
  readonly workerId: number
  readonly weight: bigint
}

/** The worker of a contract in an epoch (PROTOCOL §5.3, k = 0). @throws VERIFY_NO_WORKERS, VERIFY_TREE */
export function* drawClaim(input: DrawInput): Claim<number> {
  return (yield* drawNext(input, [])).workerId
}

/** `size` distinct workers, the first being `drawClaim`'s (PROTOCOL §5.3). @throws VERIFY_NO_WORKERS, VERIFY_TREE, VERIFY_CONFIG */
export function* drawGroupClaim(input: DrawInput, size: number): Claim<readonly number[]> {
  if (!Number.isInteger(size) || size < 1 || size > MAX_GROUP_SIZE)
    throw verifyErrors.make("CONFIG", { why: "group size" })
  const drawn: Drawn[] = []
  while (drawn.length < size) drawn.push(yield* drawNext(input, drawn))
  return drawn.map(({ workerId }) => workerId)
}

/** Weights of a tree node in force in an epoch (PROTOCOL §5.4): seven numbers of 32 bits; the tag stands in `pending`. */
export function nodeWeights(current: bigint, pending: bigint, epoch: number): readonly bigint[] {
  const word = pending >> 224n < BigInt(epoch) ? pending : current
  return Array.from({ length: TREE_ARITY }, (_, child) => (word >> BigInt(32 * child)) & 0xffff_ffffn)
}

function* drawNext(input: DrawInput, drawn: readonly Drawn[]): Claim<Drawn> {
  const { treeDepth } = input
  if (treeDepth > MAX_TREE_DEPTH) throw verifyErrors.make("CONFIG", { why: "tree depth" })
  const root = treeDepth === 0 ? [] : yield* remainingWeights(input, treeDepth - 1, 0, drawn)
  const total = root.reduce((sum, weight) => sum + weight, 0n)
  if (total <= 0n) throw verifyErrors.make("NO_WORKERS", { drawn: drawn.length })
  let rest = bytesToBigint(keccak256(drawPreimage(input.seed, input.contract, drawn.length))) % total
  let weights: readonly bigint[] = root
  let position = 0
  for (let level = treeDepth - 1; ; level--) {
    const child = weights.findIndex((weight) => {
      if (rest < weight) return true
      rest -= weight
      return false
    })
    // The children's sum must be what the parent says: a mismatch is a broken tree, never a draw.
    if (child < 0) throw verifyErrors.make("TREE", { level, position })
    position = position * TREE_ARITY + child
    if (level === 0) return { workerId: position + 1, weight: weights[child]! }
    weights = yield* remainingWeights(input, level - 1, position, drawn)
  }
}

/** A node's weights less those of the leaves already drawn below each child. */
function* remainingWeights(
  { epoch }: DrawInput,
  level: number,
  position: number,
  drawn: readonly Drawn[],
): Claim<readonly bigint[]> {
  const [current, pending] = yield SLOT.node(treeNodeKey(level, position))
  const weights = [...nodeWeights(current!, pending!, epoch)]
  const leavesBelow = TREE_ARITY ** level
  for (const { workerId, weight } of drawn) {
    const ancestor = Math.floor((workerId - 1) / leavesBelow)
    if (Math.floor(ancestor / TREE_ARITY) === position) weights[ancestor % TREE_ARITY]! -= weight
  }
  return weights
}
