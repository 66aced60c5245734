import { keccak256 } from "@enigma-discovery/crypto"
import { encodeRlpList, encodeRlpString } from "@enigma-discovery/verify"

/** Nodes of a Merkle-Patricia trie (Yellow Paper, Appendix D), built from nothing: what proofs in these tests are made of. */
export interface BuiltTrie {
  readonly root: Uint8Array
  /** Every node that is referred to by its hash, and the root. */
  readonly nodes: readonly Uint8Array[]
}

interface Leaf {
  readonly path: readonly number[]
  readonly value: Uint8Array
}

const EMPTY = encodeRlpString(new Uint8Array(0))

/** A secure trie: keys are hashed. */
export function buildTrie(entries: ReadonlyMap<Uint8Array, Uint8Array>): BuiltTrie {
  const nodes: Uint8Array[] = []
  const leaves = [...entries].map(([key, value]) => ({ path: nibbles(keccak256(key)), value }))
  const root = leaves.length === 0 ? EMPTY : build(leaves, 0, nodes)
  nodes.push(root)
  return { root: keccak256(root), nodes }
}

const nibbles = (bytes: Uint8Array): number[] => [...bytes].flatMap((b) => [b >> 4, b & 15])

/** RLP of the node for leaves that share their first `depth` nibbles. */
function build(leaves: readonly Leaf[], depth: number, nodes: Uint8Array[]): Uint8Array {
  const [first] = leaves
  if (leaves.length === 1) {
    return encodeRlpList([encodeRlpString(hexPrefix(first!.path.slice(depth), true)), encodeRlpString(first!.value)])
  }
  let shared = depth
  while (leaves.every(({ path }) => path[shared] === first!.path[shared])) shared++
  if (shared > depth) {
    const child = refer(build(leaves, shared, nodes), nodes)
    return encodeRlpList([encodeRlpString(hexPrefix(first!.path.slice(depth, shared), false)), child])
  }
  const children = Array.from({ length: 16 }, (_, nibble) => {
    const below = leaves.filter(({ path }) => path[depth] === nibble)
    return below.length === 0 ? EMPTY : refer(build(below, depth + 1, nodes), nodes)
  })
  return encodeRlpList([...children, EMPTY])
}

/** A node below 32 bytes stands in its parent; any other is found by its hash. */
function refer(node: Uint8Array, nodes: Uint8Array[]): Uint8Array {
  if (node.length < 32) return node
  nodes.push(node)
  return encodeRlpString(keccak256(node))
}

function hexPrefix(path: readonly number[], isLeaf: boolean): Uint8Array {
  const flag = (isLeaf ? 2 : 0) + (path.length % 2)
  const padded = path.length % 2 === 1 ? [flag, ...path] : [flag, 0, ...path]
  return Uint8Array.from({ length: padded.length / 2 }, (_, i) => padded[2 * i]! * 16 + padded[2 * i + 1]!)
}
