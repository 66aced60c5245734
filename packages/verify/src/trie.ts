import { keccak256 } from "@enigma-discovery/crypto"
import { equalBytes, MAX_TRIE_NODE_BYTES, MAX_TRIE_NODES, toHex } from "@enigma-discovery/protocol"
import { EMPTY_TRIE_ROOT } from "./constants.ts"
import { verifyErrors } from "./errors.ts"
import { decodeRlpList, type RlpItem } from "./rlp.ts"

/** Trie nodes found by their hash: one bag serves any number of paths, so what paths share travels once (PROTOCOL §7.5). */
export interface TrieNodes {
  get(hash: Uint8Array): Uint8Array | undefined
}

/** Hashes every node of a proof once. Nodes nobody walks over are harmless. @throws VERIFY_PROOF_TOO_LARGE */
export function trieNodes(nodes: readonly Uint8Array[]): TrieNodes {
  if (nodes.length > MAX_TRIE_NODES) {
    throw verifyErrors.make("PROOF_TOO_LARGE", { what: "nodes", got: nodes.length, max: MAX_TRIE_NODES })
  }
  const byHash = new Map<string, Uint8Array>()
  for (const node of nodes) {
    if (node.length > MAX_TRIE_NODE_BYTES) {
      throw verifyErrors.make("PROOF_TOO_LARGE", {
        what: "bytes in a node",
        got: node.length,
        max: MAX_TRIE_NODE_BYTES,
      })
    }
    byHash.set(toHex(keccak256(node)), node)
  }
  return { get: (hash) => byHash.get(toHex(hash)) }
}

/** Nodes of several `eth_getProof` lists as one bag without repetitions. */
export function mergeProofNodes(lists: readonly (readonly Uint8Array[])[]): readonly Uint8Array[] {
  const seen = new Map<string, Uint8Array>()
  for (const list of lists) for (const node of list) seen.set(toHex(node), node)
  return [...seen.values()]
}

const PATH_NIBBLES = 64

/**
 * The value under keccak256(key) in a secure trie (Yellow Paper, Appendix D), or undefined where the nodes prove that there
 * is none. Each step consumes at least one of the 64 nibbles, so a walk ends whatever the nodes are.
 * @throws VERIFY_PROOF_INCOMPLETE, VERIFY_PROOF_INVALID, VERIFY_RLP
 */
export function readTrie(nodes: TrieNodes, root: Uint8Array, key: Uint8Array, what: string): Uint8Array | undefined {
  if (equalBytes(root, EMPTY_TRIE_ROOT)) return undefined
  const path = nibblesOf(keccak256(key))
  let node = decodeNode(find(nodes, root, what), what)
  for (let at = 0; at < PATH_NIBBLES; ) {
    if (node.length === 17) {
      const child = node[path[at]!]!
      if (!child.isList && child.payload.length === 0) return undefined
      at += 1
      node = resolve(nodes, child, what)
      continue
    }
    const { isLeaf, nibbles } = decodePath(node[0]!, what)
    if (!startsWithAt(path, at, nibbles)) {
      if (at + nibbles.length > PATH_NIBBLES) throw invalid(what, "path too long")
      return undefined
    }
    at += nibbles.length
    if (isLeaf) return leafValue(node[1]!, at, what)
    if (nibbles.length === 0) throw invalid(what, "extension without a path")
    node = resolve(nodes, node[1]!, what)
  }
  throw invalid(what, "path ends in a branch")
}

const invalid = (what: string, why: string) => verifyErrors.make("PROOF_INVALID", { what, why })

function find(nodes: TrieNodes, hash: Uint8Array, what: string): Uint8Array {
  const node = nodes.get(hash)
  if (node === undefined) throw verifyErrors.make("PROOF_INCOMPLETE", { what })
  return node
}

function decodeNode(raw: Uint8Array, what: string): readonly RlpItem[] {
  const items = decodeRlpList(raw, 17, `trie node of ${what}`)
  if (items.length !== 17 && items.length !== 2) throw invalid(what, "neither branch nor path")
  return items
}

/** A reference: 32 bytes of hash, or the node itself when it is shorter than a hash. */
function resolve(nodes: TrieNodes, child: RlpItem, what: string): readonly RlpItem[] {
  if (child.isList) {
    if (child.raw.length >= 32) throw invalid(what, "embedded node of 32 bytes or more")
    return decodeNode(child.raw, what)
  }
  if (child.payload.length !== 32) throw invalid(what, "reference is not a hash")
  return decodeNode(find(nodes, child.payload, what), what)
}

function leafValue(item: RlpItem, at: number, what: string): Uint8Array {
  if (at !== PATH_NIBBLES) throw invalid(what, "leaf above the end of the path")
  if (item.isList || item.payload.length === 0) throw invalid(what, "leaf without a value")
  return item.payload
}

/** Hex-prefix encoding (Yellow Paper, Appendix C): flag nibble 0/1 extension, 2/3 leaf; even ones have a zero nibble after it. */
function decodePath(item: RlpItem, what: string): { readonly isLeaf: boolean; readonly nibbles: Uint8Array } {
  const first = item.payload[0]
  if (item.isList || first === undefined || first >> 4 > 3) throw invalid(what, "path flag")
  const odd = (first >> 4) % 2
  if (odd === 0 && first % 16 !== 0) throw invalid(what, "path padding")
  return { isLeaf: first >> 4 > 1, nibbles: nibblesOf(item.payload).subarray(2 - odd) }
}

function nibblesOf(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(2 * bytes.length)
  for (let i = 0; i < bytes.length; i++) {
    out[2 * i] = bytes[i]! >> 4
    out[2 * i + 1] = bytes[i]! & 15
  }
  return out
}

function startsWithAt(path: Uint8Array, at: number, part: Uint8Array): boolean {
  if (at + part.length > path.length) return false
  for (let i = 0; i < part.length; i++) if (path[at + i] !== part[i]) return false
  return true
}
