/** Storage proofs as a bag of trie nodes (PROTOCOL §7.5). Not checked here: the enclave that uses them checks them. */
import { keccak256 } from "@enigma-discovery/crypto"
import { bigintToBytes, type ChainProof, MAX_TRIE_NODE_BYTES, MAX_TRIE_NODES, toHex } from "@enigma-discovery/protocol"
import type { BlockHeader } from "./blocks.ts"
import { array, bad, bytes, object, quantity, toQuantity } from "./internal/parse.ts"
import type { ChainRpc } from "./rpc.ts"

/** Most slots asked for in one eth_getProof; more are asked for in several. */
export const SLOTS_PER_REQUEST = 256

export interface StorageProof {
  /** Nodes of the account's and the slots' paths, each once. */
  readonly nodes: readonly Uint8Array[]
  /** The slots' words as the node tells them, in the order asked for; trust them only as far as the node. */
  readonly values: readonly bigint[]
}

/** EDR wants slot keys of exactly 32 bytes. */
const slotKey = (slot: bigint): string => toHex(bigintToBytes(slot, 32))

/** Proof of `slots` of `account` at a block. The block may re-org in between: then the nodes fit another header. */
export async function readStorageProof(
  rpc: ChainRpc,
  account: Uint8Array,
  slots: readonly bigint[],
  block: Pick<BlockHeader, "number">,
  signal?: AbortSignal,
): Promise<StorageProof> {
  const nodes = new Map<string, Uint8Array>()
  const values: bigint[] = []
  for (let at = 0; at === 0 || at < slots.length; at += SLOTS_PER_REQUEST) {
    const part = slots.slice(at, at + SLOTS_PER_REQUEST)
    const params = [toHex(account), part.map(slotKey), toQuantity(block.number)]
    const answer = object(await rpc.request("eth_getProof", params, signal), "proof")
    addNodes(nodes, answer.accountProof)
    const proofs = array(answer.storageProof, "storage proof", part.length)
    if (proofs.length !== part.length) throw bad("storage proof count")
    for (const [i, entry] of proofs.entries()) {
      const proof = object(entry, "storage proof")
      if (quantity(proof.key, "storage key") !== part[i]) throw bad("storage proof order")
      values.push(quantity(proof.value, "storage value"))
      addNodes(nodes, proof.proof)
    }
  }
  return { nodes: [...nodes.values()], values }
}

function addNodes(into: Map<string, Uint8Array>, list: unknown): void {
  for (const node of array(list, "proof nodes", 128)) {
    const raw = bytes(node, "trie node", MAX_TRIE_NODE_BYTES)
    into.set(toHex(keccak256(raw)), raw)
    if (into.size > MAX_TRIE_NODES) throw bad("too many trie nodes")
  }
}

/** A chain proof of the slots under a header and the witnesses' word on it. */
export const chainProof = (
  header: Uint8Array,
  confirmations: number,
  signatures: readonly Uint8Array[],
  nodes: readonly Uint8Array[],
): ChainProof => Object.freeze({ header, confirmations, signatures, nodes })

/** Joins node bags, each node once. */
export function joinNodes(...bags: readonly (readonly Uint8Array[])[]): readonly Uint8Array[] {
  const nodes = new Map<string, Uint8Array>()
  for (const bag of bags) for (const node of bag) nodes.set(toHex(keccak256(node)), node)
  return [...nodes.values()]
}
