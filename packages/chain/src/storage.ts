/** Claims about Enigma's storage (packages/verify), read or proven over an RPC at one block. */
import { bigintToBytes, toHex } from "@enigma-discovery/protocol"
import { type Claim, type FetchWords, readFetched } from "@enigma-discovery/verify"
import type { BlockRef } from "./blocks.ts"
import { fixedBytes, quantity, toQuantity } from "./internal/parse.ts"
import { joinNodes, readStorageProof, SLOTS_PER_REQUEST } from "./proofs.ts"
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
  /** Slots that were asked for, each once. */
  slots(): readonly bigint[]
}

/**
 * @param expected slots that will be asked for, as far as anyone knows: they come with the first question, since a claim's
 * steps follow one another. None do when they are more than one question holds, so that a wrong guess costs little.
 */
export function collectProof(
  rpc: ChainRpc,
  enigma: Uint8Array,
  block: Pick<BlockRef, "number">,
  signal?: AbortSignal,
  expected: readonly bigint[] = [],
): ProofCollector {
  const bags: (readonly Uint8Array[])[] = []
  const words = new Map<bigint, bigint>()
  const asked = new Set<bigint>()
  let ahead = expected.length > SLOTS_PER_REQUEST ? [] : expected
  return {
    fetchWords: async (slots) => {
      for (const slot of slots) asked.add(slot)
      const missing = [...new Set([...slots, ...ahead])].filter((slot) => !words.has(slot))
      ahead = []
      if (missing.length > 0) {
        const proof = await readStorageProof(rpc, enigma, missing, block, signal)
        bags.push(proof.nodes)
        for (const [i, slot] of missing.entries()) words.set(slot, proof.values[i]!)
      }
      return slots.map((slot) => words.get(slot)!)
    },
    nodes: () => joinNodes(...bags),
    slots: () => [...asked],
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
