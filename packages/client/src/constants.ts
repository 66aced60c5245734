/** Waits, milliseconds. Each can be set in `createClient({ timeouts })` and, where it makes sense, per call. */
export const DEFAULT_TIMEOUTS = Object.freeze({
  /** One read of the Ethereum node. Wallet prompts are not bounded: their owner takes what time they need. */
  rpcMs: 30_000,
  /** One exchange with one gateway. The node's own request to a peer may take 5 s (PROTOCOL network.ts, keyStatement). */
  gatewayMs: 10_000,
  /** From sending a record to seeing it mined: fifteen slots of 12 s. */
  recordMs: 180_000,
  /** From the record to the worker's result: covers an epoch in which the drawn worker is dead. */
  resultMs: 900_000,
  /** A private read: until an answer as new as asked for is there. */
  queryMs: 30_000,
  /** From the record to its batch on chain. */
  receiptMs: 1_800_000,
})
/** Between two looks at the chain or at gateways while waiting: a slot is 12 s on mainnet, 100 ms to 2 s on a local network. */
export const DEFAULT_POLL_INTERVAL_MS = 500
/** A gateway that failed is asked last for base * 2^(failures - 1), at most the cap (peers.md §6, row 5). */
export const GATEWAY_COOL_DOWN_BASE_MS = 1_000
export const GATEWAY_COOL_DOWN_CAP_MS = 60_000
/** A gateway whose answer failed verification is asked last for this long. */
export const GATEWAY_DISTRUST_MS = 600_000
/** Bound of the `gateways` list: all of them may be asked in one round. */
export const MAX_GATEWAYS = 16
/** Gas added to an estimate, percent: the base fee and warm slots can change between estimate and inclusion. */
export const GAS_MARGIN_PERCENT = 25n
/** Blocks a record may move back in a re-org and still be found again by its inputs hash. */
export const REORG_SEARCH_BLOCKS = 64
/** Blocks a signed order may wait for its relayer: ten minutes of 12 s slots, well below an epoch. */
export const DEFAULT_ORDER_BLOCKS = 50
/** Largest exported task, bytes: the fields are fixed but for the calldata's envelope and the ABI fragment. */
export const MAX_EXPORT_BYTES = 8_192
/** Chain id of Ethereum mainnet, where a dev root is refused (design: attestation). */
export const MAINNET_CHAIN_ID = 1n
/** WASM gas of a call that names no limit. The unused part of the lock comes back with the batch. */
export const DEFAULT_GAS_LIMIT = 5_000_000n
/** Blocks in one search of logs: public nodes refuse ranges beyond 2,000 to 10,000. */
export const LOG_RANGE_BLOCKS = 2_000
/** Blocks read at the same time where many are: browsers open 6 connections to one host, nodes answer batches. */
export const BLOCKS_READ_AT_ONCE = 16
/** Records settled in one transaction: 512 of as many senders take about 6 M gas, and a transaction has 16.7 M (EIP-7825). */
export const MAX_SETTLED_AT_ONCE = 512
export const DEFAULT_SETTLED_AT_ONCE = 128
/** Calldata of a settlement: nodes pass on no transaction above 131,072 bytes (geth, core/txpool/legacypool: txMaxSize). */
export const MAX_SETTLE_BYTES = 130_000
/** How long a permit to read holds, seconds from the newest block: one prompt an hour. */
export const READ_PERMIT_LIFETIME_S = 3_600
/** A permit that ends sooner is replaced: the enclave's proven block may be newer than ours. */
export const MIN_PERMIT_REST_S = 60n
/**
 * Blocks that an answer's proven block may lie behind the newest: the network's depth (12 on a main network), the lag at which a
 * node renews the enclave's view for a query (4), and some for the way.
 */
export const DEFAULT_QUERY_AGE_BLOCKS = 32
/** How long a signed permit holds, seconds from the newest block: long enough for a congested hour, short enough to forget. */
export const PERMIT_LIFETIME_S = 3_600
