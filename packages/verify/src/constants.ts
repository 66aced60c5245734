import { keccak256 } from "@enigma-discovery/crypto"
import { fromHex } from "@enigma-discovery/protocol"

/** Root of a trie without entries: keccak256(RLP of the empty string) (Yellow Paper, Appendix D). */
export const EMPTY_TRIE_ROOT: Uint8Array = keccak256(Uint8Array.of(0x80))
/** Levels the worker tree may have: 7^12 leaves are more than the 2^24 worker ids. */
export const MAX_TREE_DEPTH = 12
/** Members of a drawn group (design: n <= 8). */
export const MAX_GROUP_SIZE = 8
/** Longest Merkle path accepted: 2^32 receipts. */
export const MAX_MERKLE_PROOF_LENGTH = 32
/** How far ahead of the verifier's clock a quote may be dated, seconds: block time of a dev chain runs ahead of the wall's. */
export const QUOTE_MAX_AHEAD_S = 900n
/** Ethereum mainnet, where a dev quote is refused whatever the policy says. */
export const MAINNET_CHAIN_ID = 1n
/** Init code of an ERC-1167 clone before and after the implementation, as OpenZeppelin's Clones writes it (PROTOCOL §2.4). */
export const CLONE_PREFIX: Uint8Array = fromHex("0x3d602d80600a3d3981f3363d3d373d3d3d363d73")
export const CLONE_SUFFIX: Uint8Array = fromHex("0x5af43d82803e903d91602b57fd5bf3")
