import { keccak256 } from "@enigma-discovery/crypto"
import { compareBytes, concatBytes, equalBytes } from "@enigma-discovery/protocol"
import { MAX_MERKLE_PROOF_LENGTH } from "./constants.ts"
import { verifyErrors } from "./errors.ts"

/**
 * Sorted-pair Merkle trees (PROTOCOL §4.1), verified on chain by OpenZeppelin's MerkleProof. Leaves are hashes of more than
 * 64 bytes, so an inner node, whose preimage is 64 bytes, can't pass for one.
 */
const join = (a: Uint8Array, b: Uint8Array): Uint8Array =>
  keccak256(compareBytes(a, b) < 0 ? concatBytes(a, b) : concatBytes(b, a))

/** @throws VERIFY_TREE_EMPTY */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  let level = leaves
  while (level.length > 1) level = nextLevel(level)
  const root = level[0]
  if (root === undefined) throw verifyErrors.make("TREE_EMPTY")
  return root
}

/** Root and the proof of every leaf, each level made once. @throws VERIFY_TREE_EMPTY */
export function merkleProofs(leaves: readonly Uint8Array[]): {
  readonly root: Uint8Array
  readonly proofs: readonly (readonly Uint8Array[])[]
} {
  const levels: (readonly Uint8Array[])[] = []
  let level = leaves
  for (; level.length > 1; level = nextLevel(level)) levels.push(level)
  const root = level[0]
  if (root === undefined) throw verifyErrors.make("TREE_EMPTY")
  return { root, proofs: leaves.map((_, index) => levels.flatMap((nodes, depth) => nodes[(index >> depth) ^ 1] ?? [])) }
}

/** Sibling hashes from the leaf up. @throws VERIFY_TREE_EMPTY when there is no such leaf */
export function merkleProof(leaves: readonly Uint8Array[], index: number): readonly Uint8Array[] {
  if (leaves[index] === undefined) throw verifyErrors.make("TREE_EMPTY")
  const proof: Uint8Array[] = []
  let at = index
  for (let level = leaves; level.length > 1; level = nextLevel(level)) {
    const sibling = level[at % 2 === 0 ? at + 1 : at - 1]
    if (sibling !== undefined) proof.push(sibling)
    at = Math.floor(at / 2)
  }
  return proof
}

/** The root that a proof leads to from a leaf; the leaf itself without one. */
export const rootAbove = (leaf: Uint8Array, proof: readonly Uint8Array[]): Uint8Array => proof.reduce(join, leaf)

/** False for a wrong proof, and for one longer than any tree here needs. */
export function verifyMerkleProof(root: Uint8Array, leaf: Uint8Array, proof: readonly Uint8Array[]): boolean {
  if (proof.length > MAX_MERKLE_PROOF_LENGTH || proof.some((node) => node.length !== 32)) return false
  return equalBytes(rootAbove(leaf, proof), root)
}

function nextLevel(level: readonly Uint8Array[]): readonly Uint8Array[] {
  const next: Uint8Array[] = []
  for (let i = 0; i < level.length; i += 2) {
    const [left, right] = [level[i]!, level[i + 1]]
    next.push(right === undefined ? left : join(left, right))
  }
  return next
}
