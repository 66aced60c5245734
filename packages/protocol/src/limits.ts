/** Bounds of everything that comes from outside, each checked before it is decoded or allocated (PROTOCOL §1.4). */

/** Records a contract's queue may hold uncommitted (design: else `QueueFull`). */
export const MAX_QUEUE_LENGTH = 2_048
/** Newest links of a contract kept in storage; link i stands in slot i mod K. */
export const LINK_RING_SIZE = 32
/** Newest receipt roots of a contract kept in storage. */
export const RECEIPT_RING_SIZE = 32
/** Newest epochs kept in storage; epoch n stands in slot n mod size. */
export const EPOCH_RING_SIZE = 64
/** Most records in one `recordTasks`. */
export const MAX_TASKS_PER_RECORD = 128
/** Largest amount one record may lock: 2^40 - 1 grains (about 10,995 ENG), so that u64 sums can't wrap. */
export const MAX_LOCK_GRAINS = (1n << 40n) - 1n
/** Most callback gas of one record: with the commit around it, below what one transaction may use (EIP-7825). */
export const MAX_CALLBACK_GAS = 10_000_000n

/** Padded plaintext sizes of envelopes, outputs and deltas. The host sees a class, never a length. */
export const SIZE_CLASSES_BYTES = [256, 1_024, 4_096, 16_384, 65_536, 262_144] as const
export const AEAD_TAG_BYTES = 16
/** Fixed part of an envelope: version, kind, key epoch, ephemeral key. */
export const ENVELOPE_HEADER_BYTES = 38
export const MAX_ENVELOPE_BYTES = ENVELOPE_HEADER_BYTES + 262_144 + AEAD_TAG_BYTES
export const MAX_SEALED_OUTPUT_BYTES = 2 + 262_144 + AEAD_TAG_BYTES
export const MAX_DELTA_BYTES = 524_288
/** Deltas since the last checkpoint, in bytes, from which one is due: this much and twice the state it would hold. */
export const CHECKPOINT_HISTORY_BYTES = 1_048_576
/** Encoded entries of the largest state that gets a checkpoint: its links must fit the data of one batch. */
export const MAX_CHECKPOINT_BYTES = 4_194_304
/** Encoded entries in one link of a checkpoint: sealed, and in clear beside it where all are public, they fit a delta. */
export const CHECKPOINT_LINK_BYTES = 261_000
/** Links of a checkpoint at its largest: each but the last holds all but one entry's length of what a link can. */
export const MAX_CHECKPOINT_LINKS = 24
export const MAX_CODE_BYTES = 1_048_576
export const MAX_KEY_BYTES = 256
export const MAX_VALUE_BYTES = 65_536
export const MAX_CALLBACKS = 8
export const MAX_CALLBACK_DATA_BYTES = 8_192
export const MAX_EVENTS = 64
export const MAX_EVENT_BYTES = 4_096
export const MAX_RETURN_BYTES = 131_072
export const MAX_ERROR_TEXT_BYTES = 1_024
export const MAX_QUOTE_BYTES = 8_192
export const MAX_WITNESSES = 32
/** A block header's RLP; a post-Osaka header is about 650 bytes. */
export const MAX_HEADER_BYTES = 4_096
/** A trie node: a branch of 16 hashes is 532 bytes; a leaf with an embedded value less. */
export const MAX_TRIE_NODE_BYTES = 4_096
export const MAX_TRIE_NODES = 4_096
/** Largest frame on the pipe between host and enclave. */
export const MAX_PIPE_FRAME_BYTES = 33_554_432
/** Largest gossip message; larger data is announced and fetched. */
export const MAX_GOSSIP_BYTES = 1_048_576
export const MAX_REQUEST_BYTES = 1_048_576
export const MAX_RESPONSE_BYTES = 8_388_608
/** Refunds below this stay with the fee: paying one costs more than it is worth. */
export const DUST_GRAINS = 1_000n
