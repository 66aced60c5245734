import type { ChainProof } from "@enigma-discovery/protocol"
import { type BlockHeader, parseBlockHeader } from "./block-header.ts"
import type { StorageView } from "./claim.ts"
import { verifyErrors } from "./errors.ts"
import type { HeaderTrust } from "./header-trust.ts"
import { verifyAccountProof, verifyStorageProof } from "./state-proof.ts"
import { slotBytes } from "./storage.ts"
import { trieNodes } from "./trie.ts"

/** Enigma's storage at one trusted block. */
export interface ChainView extends StorageView {
  readonly header: BlockHeader
  /** Later blocks that the header's trust vouches for. */
  readonly confirmations: number
  /** The proven word of a slot. @throws VERIFY_PROOF_INCOMPLETE, VERIFY_PROOF_INVALID, VERIFY_RLP */
  word(slot: bigint): bigint
}

/**
 * Opens a proof (PROTOCOL §7.5): header parsed and trusted, Enigma's account proven; storage slots are proven as they are
 * read, each once. It is the caller who keeps the newest header accepted and refuses older ones.
 * @throws VERIFY_HEADER, VERIFY_HEADER_UNTRUSTED, VERIFY_NO_ACCOUNT, VERIFY_PROOF_*, VERIFY_RLP
 */
export function openChainProof(
  proof: Pick<ChainProof, "header" | "confirmations" | "signatures" | "nodes">,
  enigma: Uint8Array,
  trust: HeaderTrust,
): ChainView {
  const header = parseBlockHeader(proof.header)
  trust.check(header, proof.confirmations, proof.signatures)
  const nodes = trieNodes(proof.nodes)
  const account = verifyAccountProof(header.stateRoot, enigma, nodes)
  if (account === undefined) throw verifyErrors.make("NO_ACCOUNT")
  const read = new Map<bigint, bigint>()
  const word = (slot: bigint): bigint => {
    let value = read.get(slot)
    if (value === undefined) {
      value = verifyStorageProof(account.storageHash, slotBytes(slot), nodes)
      read.set(slot, value)
    }
    return value
  }
  return Object.freeze({ header, confirmations: proof.confirmations, word })
}
