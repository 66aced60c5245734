/** Contracts and other workers one chain proof may speak of. */
export const MAX_CONTRACTS_PER_VIEW = 1_024
export const MAX_WORKERS_PER_VIEW = 1_024
/** Deltas in one replay call, and their bytes as the host sends them; longer histories come in portions. */
export const MAX_DELTAS_PER_CALL = 65_536
export const REPLAY_PORTION_BYTES = 2_097_152
/** Tasks in one execute call. */
export const MAX_TASKS_PER_CALL = 2_048
/** Data of one batch, so that it fits the request by which neighbours store it (`REQUESTS.store`, 16 MiB). */
export const MAX_BATCH_DATA_BYTES = 15_000_000
/**
 * Gas one commit may need, below the 16,777,216 that a transaction may have (EIP-7825). The estimate of a batch is
 * base + refunds + payouts + callbacks, from the budget table of the contracts, rounded up.
 */
export const BATCH_GAS_BUDGET = 15_000_000n
export const BATCH_GAS = {
  base: 200_000n,
  perRefund: 8_000n,
  perPayout: 40_000n,
  perCallback: 20_000n,
  perCallbackByte: 50n,
} as const
/** Plaintext bytes (keys and values) one contract's state may hold in enclave memory. */
export const MAX_STATE_BYTES = 67_108_864
/** Expiry must leave the epoch of every unexpired record in the epoch ring (64), in units of epoch lengths. */
export const MIN_EXPIRY_EPOCHS = 2
export const MAX_EXPIRY_EPOCHS = 60
/** Combinations of key answers tried before they are called unusable. */
export const MAX_COMBINATIONS = 256
/** Prepared modules kept, original and instrumented code together. */
export const MAX_MODULE_CACHE_BYTES = 67_108_864
/** Runs of one task that may break the engine before it is receipted as EngineFault. */
export const ENGINE_ATTEMPTS = 2
/** Records in one proveRecords call: a whole queue. */
export const MAX_RECORDS_PER_CALL = 2_048
/** Answers of key managers to one request. */
export const MAX_KEY_ANSWERS = 255
/** Storage receipts of one batch. */
export const MAX_STORAGE_RECEIPTS = 1_024
/** A key manager's sealed share. */
export const MAX_SEALED_SHARE_BYTES = 4_096
/**
 * Blocks that the proof of a key request may lie behind the newest header a manager has seen: workers' hosts are not in
 * step, and a strict order would let one starve the others. So much older may also be the word that a worker is banned.
 */
export const MAX_REQUEST_LAG_BLOCKS = 8n
/** The beacon's block stays the last before a scheduled start while requests with later headers come in; W is below 256. */
export const MAX_BEACON_LAG_BLOCKS = 256n
/** Engines that run at the same time, one process a contract; the one idle for longest makes room for another. */
export const MAX_ENGINES = 8
/** Heap bound of an engine process, MiB: a state at its limit and the largest task beside it. */
export const ENGINE_MEMORY_MB = 384
/** Bytes of state sent to a fresh engine in one frame. */
export const ENGINE_SYNC_BYTES = 4_194_304
/** Entries of state in one frame to or from an engine; more of them come in portions. */
export const MAX_STATE_ENTRIES_PER_FRAME = 65_536
/**
 * What is given to an engine in one frame: so much gas (about a second on the reference machine), calls, and bytes of inputs;
 * at least one call. Fewer frames cost less; more in one delay what waits behind it.
 */
export const ENGINE_RUN_GAS = 1_000_000_000n
export const ENGINE_RUN_CALLS = 64
export const ENGINE_RUN_BYTES = 4_194_304
/** Gas of one query: queries are free, so they are short; about 50 ms on the reference machine. */
export const QUERY_GAS = 50_000_000n
