/**
 * Enigma's storage as enclaves prove it (PROTOCOL §5.5). ERC-7201 namespace; the offsets below are those of the storage
 * struct's members and never move.
 */
export const STORAGE_NAMESPACE = "enigma.storage.Enigma"

export const STORAGE_SLOT = {
  /** epoch u32 | openedAtBlock u48 | scheduledStartBlock u48 | workerCount u24 | treeDepth u8 | activeCount u32 | treasuryGrains u64, from bit 0 up. */
  epochState: 0n,
  /** mapping(uint256 n mod EPOCH_RING_SIZE => {word0: epoch u32 | openedAtBlock u48 | scheduledStartBlock u48; word1: seed}) */
  epochs: 1n,
  /** mapping(address contract => Queue) */
  queues: 2n,
  /** mapping(uint256 workerId => Worker); ids count from 1; worker id w has leaf position w - 1 in the tree. */
  workers: 3n,
  /** mapping(uint256 treeNodeKey => {current word, pending word}) */
  nodes: 4n,
} as const

/** Queue: words from its mapping slot. */
export const QUEUE_OFFSET = {
  /** submitted u32 | committed u32 | cumLocked u64 | cumCommitted u64 | drawEpoch u32 | drawnWorker u24 | batchSeq5+flags3 u8, from bit 0 up. drawEpoch and drawnWorker change only with the head. */
  counters: 0n,
  head: 1n,
  /** LINK_RING_SIZE words: link i at 2 + i mod size. */
  links: 2n,
  /** RECEIPT_RING_SIZE words: root of batch b (counted from 0) at 34 + b mod size. */
  receiptRoots: 34n,
} as const

/** Worker: words from its mapping slot. */
export const WORKER_OFFSET = {
  /**
   * signer u160 | attestationExpiryS u32 (unix s) | status u8 | earnedGrains u56 (ever, modulo 2^56), from bit 0 up. Everything a commit
   * reads and writes of its worker is in this one word.
   */
  identity: 0n,
  /** operator u160 | reserved. */
  account: 1n,
  /** X25519 public key of the attested enclave, 32 bytes. */
  encryptionKey: 2n,
} as const

/** Banned is for ever: nothing a banned worker's enclave signed counts any more. Jailed workers finish their epoch. */
export const WORKER_STATUS = { None: 0, Registered: 1, LoggedIn: 2, Jailed: 3, Banned: 4 } as const
