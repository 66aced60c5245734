import { bytesToBigint } from "@enigma-discovery/protocol"
import { verifyErrors } from "./errors.ts"
import { decodeRlpList, decodeRlpString } from "./rlp.ts"
import { readTrie, type TrieNodes } from "./trie.ts"

/** An account in the state trie (Yellow Paper §4.1). */
export interface ProvenAccount {
  readonly nonce: bigint
  readonly balance: bigint
  /** Root of its storage trie, 32 bytes. */
  readonly storageHash: Uint8Array
  readonly codeHash: Uint8Array
}

/** The account at a 20-byte address, or undefined where the nodes prove that none exists. @throws VERIFY_PROOF_*, VERIFY_RLP */
export function verifyAccountProof(
  stateRoot: Uint8Array,
  address: Uint8Array,
  nodes: TrieNodes,
): ProvenAccount | undefined {
  const value = readTrie(nodes, stateRoot, address, "the account")
  if (value === undefined) return undefined
  const items = decodeRlpList(value, 4, "account")
  const [nonce, balance, storageHash, codeHash] = items.map((item) => item.payload)
  const lengthsFit = nonce && balance && storageHash?.length === 32 && codeHash?.length === 32
  if (!lengthsFit || items.some((item) => item.isList) || !isUint(nonce, 8) || !isUint(balance, 32)) {
    throw verifyErrors.make("PROOF_INVALID", { what: "the account", why: "its fields" })
  }
  return Object.freeze({
    nonce: bytesToBigint(nonce),
    balance: bytesToBigint(balance),
    storageHash: storageHash.slice(),
    codeHash: codeHash.slice(),
  })
}

/** The word in a storage slot (32 bytes); zero where the nodes prove that none is stored. @throws VERIFY_PROOF_*, VERIFY_RLP */
export function verifyStorageProof(storageHash: Uint8Array, slot: Uint8Array, nodes: TrieNodes): bigint {
  const value = readTrie(nodes, storageHash, slot, "a storage slot")
  if (value === undefined) return 0n
  const content = decodeRlpString(value, "storage value")
  if (content.length === 0 || !isUint(content, 32)) {
    throw verifyErrors.make("PROOF_INVALID", { what: "a storage slot", why: "its value" })
  }
  return bytesToBigint(content)
}

const isUint = (bytes: Uint8Array, maxBytes: number): boolean => bytes.length <= maxBytes && bytes[0] !== 0
