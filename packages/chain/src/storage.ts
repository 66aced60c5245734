/** Claims about Enigma's storage (packages/verify), read or proven over an RPC at one block. */
import { bigintToBytes, toHex } from "@enigma-discovery/protocol"
import { type Claim, type FetchWords, readFetched } from "@enigma-discovery/verify"
import type { BlockRef } from "./blocks.ts"
import { fixedBytes, quantity, toQuantity } from "./internal/parse.ts"
import { joinNodes, readStorageProof } from "./proofs.ts"
import type { ChainRpc } from "./rpc.ts"

/** Storage words by eth_getStorageAt: as trustworthy as the node that answers. */
export const fetchWords =
  (rpc: ChainRpc, enigma: Uint8Array, block: Pick<BlockRef, "number">, signal?: AbortSignal): FetchWords =>
  (slots) =>
    Promise.all(
      slots.map(async (slot) => {
        const params = [toHex(enigma), toHex(bigintToBytes(slot, 32)), toQuantity(block.number)]
        const word = fixedBytes(await rpc.request("eth_getStorageAt", params, signal), "storage word", 32)
        return quantity(toHex(word), "storage word")
      }),
    )

/** What a claim says at a block, by the node's word. @throws what the claim throws, CHAIN_* */
export async function readClaim<T>(
  rpc: ChainRpc,
  enigma: Uint8Array,
  claim: Claim<T>,
  block: Pick<BlockRef, "number">,
  signal?: AbortSignal,
): Promise<T> {
  return (await readFetched(claim, fetchWords(rpc, enigma, block, signal))).value
}

export interface ProvenClaim<T> {
  readonly value: T
  /** Trie nodes that prove every slot the claim read, under the block's state root. */
  readonly nodes: readonly Uint8Array[]
}

/** Words by eth_getProof, whose trie nodes are kept: for whoever reads several claims under one proof. */
export interface ProofCollector {
  readonly fetchWords: FetchWords
  /** Nodes of everything read so far, each once. */
  nodes(): readonly Uint8Array[]
}

export function collectProof(
  rpc: ChainRpc,
  enigma: Uint8Array,
  block: Pick<BlockRef, "number">,
  signal?: AbortSignal,
): ProofCollector {
  const bags: (readonly Uint8Array[])[] = []
  return {
    fetchWords: async (slots) => {
      const proof = await readStorageProof(rpc, enigma, slots, block, signal)
      bags.push(proof.nodes)
      return proof.values
    },
    nodes: () => joinNodes(...bags),
  }
}

/** Evaluates a claim and collects its proof on the way: one eth_getProof for each of the claim's steps. */
export async function proveClaim<T>(
  rpc: ChainRpc,
  enigma: Uint8Array,
  claim: Claim<T>,
  block: Pick<BlockRef, "number">,
  signal?: AbortSignal,
): Promise<ProvenClaim<T>> {
  const collector = collectProof(rpc, enigma, block, signal)
  const { value } = await readFetched(claim, collector.fetchWords)
  return { value, nodes: collector.nodes() }
}
