/** The first byte of every key. A number is never used again for something else. */
export const BUCKET = {
  /** name -> bytes: schema version, cursor, identity. */
  meta: 0,
  /** inputsHash -> contract | sender | envelope. */
  envelope: 1,
  /** code hash -> code. */
  code: 2,
  /** contract | fromIndex | receipts root -> BatchData. */
  batchData: 3,
  /** contract | index -> TaskResult, the newest told. */
  result: 4,
  /** contract | index -> record with its place on chain. */
  record: 5,
  /** contract | fromIndex -> committed batch with its place on chain. */
  batch: 6,
  /** nonce -> transaction in flight. */
  ledger: 7,
  /** contract -> origin of its code. */
  contract: 8,
  /** epoch -> its opening. */
  epoch: 9,
  /** block | counter -> key written at that block, to be undone when the block is. */
  journal: 10,
  /** contract | fromIndex -> batch this worker's enclave signed, until its outcome is final. */
  signedBatch: 11,
  /** block number -> hash this witness signed at the network's depth. */
  witnessed: 12,
} as const
export type BucketName = keyof typeof BUCKET
