/** Messages between nodes (PROTOCOL §9): gossip frames and request/response protocols. */
import {
  address,
  bytes,
  type Decoded,
  hash,
  list,
  option,
  signature,
  struct,
  text,
  u16,
  u32,
  u64,
  union,
  version,
} from "./codec.ts"
import { KeyRequestCodec, KeyStatementCodec, SealedKeyAnswerCodec } from "./keys.ts"
import {
  MAX_CODE_BYTES,
  MAX_DELTA_BYTES,
  MAX_ENVELOPE_BYTES,
  MAX_HEADER_BYTES,
  MAX_QUOTE_BYTES,
  MAX_SEALED_OUTPUT_BYTES,
  MAX_TRIE_NODE_BYTES,
  MAX_TRIE_NODES,
  MAX_WITNESSES,
} from "./limits.ts"
import { MAX_SEALED_QUERY_ANSWER_BYTES, MAX_SEALED_QUERY_BYTES } from "./queries.ts"
import { SignedBatchCodec } from "./receipts.ts"
import { QueuedRecordCodec } from "./records.ts"
import { BatchDataCodec, StorageReceiptCodec, TaskResultCodec } from "./results.ts"

/** §9.1: one topic a contract; the address in lower-case hex. */
export const topicOf = (chainId: bigint, enigmaHex: string, contractHex: string): string =>
  `/enigma/1/${chainId}/${enigmaHex.toLowerCase()}/${contractHex.toLowerCase()}`
/** Witnesses' header attestations travel on this topic. */
export const headerTopic = (chainId: bigint): string => `/enigma/1/${chainId}/headers`

/** §7.5: a header with a witness's signature over `witnessPreimage`. */
export const HeaderAttestationCodec = struct("header attestation", {
  header: bytes(MAX_HEADER_BYTES, "block header"),
  confirmations: u16,
  signature,
})
export type HeaderAttestation = Decoded<typeof HeaderAttestationCodec>

/**
 * §7.5: a chain view by proof: one header, witness signatures on it, and a bag of Merkle-Patricia nodes in which every
 * wanted path of Enigma's account and storage can be walked from the state root. Nodes are found by their Keccak-256.
 */
export const ChainProofCodec = struct("chain proof", {
  header: bytes(MAX_HEADER_BYTES, "block header"),
  confirmations: u16,
  signatures: list(signature, MAX_WITNESSES),
  nodes: list(bytes(MAX_TRIE_NODE_BYTES, "trie node"), MAX_TRIE_NODES),
})
export type ChainProof = Decoded<typeof ChainProofCodec>

/** §9.2: a header with the witnesses' signatures for one number of confirmations. */
export const SignedHeaderCodec = struct("signed header", {
  header: bytes(MAX_HEADER_BYTES, "block header"),
  confirmations: u16,
  signatures: list(signature, MAX_WITNESSES),
})
export type SignedHeader = Decoded<typeof SignedHeaderCodec>

/** §9.1: gossip. `envelope` goes out before its record; `result` as soon as the record is at depth; `batch` when sent to the chain. */
export const GossipCodec = struct("gossip frame", {
  version: version("gossip frame", 1),
  message: union("gossip", {
    envelope: {
      kind: 1,
      body: struct("envelope message", {
        contract: address,
        sender: address,
        envelope: bytes(MAX_ENVELOPE_BYTES, "envelope"),
      }),
    },
    result: { kind: 2, body: TaskResultCodec },
    batch: { kind: 3, body: SignedBatchCodec },
    header: { kind: 4, body: HeaderAttestationCodec },
  }),
})
export type GossipMessage = Decoded<typeof GossipCodec>["message"]

/** §9.2: every answer is `u8 status | body when 0`. A closed list: an error's text never leaves the node. */
export const RESPONSE_STATUS = { ok: 0, invalid: 1, unknown: 2, refused: 3, busy: 4, internal: 5, tooLarge: 6 } as const

/** §7.7: what a host sends to a key manager for its enclave: the request and the proofs that it may be answered. */
export const KeyRequestBundleCodec = struct("key request bundle", {
  request: KeyRequestCodec,
  proof: ChainProofCodec,
  /** Queue from the first uncommitted record to one whose link stands in the ring. Empty: nothing is waiting. */
  records: list(QueuedRecordCodec, 2_048),
  /** The link before the first of `records`. */
  previousLink: hash,
})
export type KeyRequestBundle = Decoded<typeof KeyRequestBundleCodec>

/** Identity of a worker, as its neighbours and clients see it; checked against the registry and the quote. */
export const WorkerInfoCodec = struct("worker info", {
  workerId: u32,
  operator: address,
  signer: address,
  encryptionKey: hash,
  quote: bytes(MAX_QUOTE_BYTES, "quote"),
})
export type WorkerInfo = Decoded<typeof WorkerInfoCodec>

/** §9.2: request/response protocols: id, request, response, bounds. Handlers and quotas are the node's. */
export const REQUESTS = {
  /** The drawn worker's key statement for a contract in the present epoch. */
  keyStatement: {
    id: "/enigma/1/key-statement",
    request: struct("key statement request", { contract: address }),
    response: struct("key statement answer", { statement: KeyStatementCodec, worker: WorkerInfoCodec }),
    maxRequestBytes: 64,
    maxResponseBytes: 16_384,
    timeoutMs: 5_000,
  },
  /** Partial signatures for a worker's enclave. Answered by key managers. */
  keys: {
    id: "/enigma/1/keys",
    request: KeyRequestBundleCodec,
    response: SealedKeyAnswerCodec,
    maxRequestBytes: 8_388_608,
    maxResponseBytes: 32_768,
    timeoutMs: 10_000,
  },
  /** Beacon for an epoch whose start has come. Answered by key managers: 128-byte partial signature (EIP-2537 G1) and index. */
  beacon: {
    id: "/enigma/1/beacon",
    request: struct("beacon request", { epoch: u32, proof: ChainProofCodec }),
    response: struct("beacon answer", { managerIndex: u16, partial: bytes(128, "partial beacon") }),
    maxRequestBytes: 2_097_152,
    maxResponseBytes: 512,
    timeoutMs: 10_000,
  },
  /** A header that enough witnesses signed: that of `blockNumber`, or the newest one from `minBlock` on. Answered by every node. */
  header: {
    id: "/enigma/1/header",
    request: struct("header request", { confirmations: u16, minBlock: u64, blockNumber: option(u64) }),
    response: SignedHeaderCodec,
    maxRequestBytes: 64,
    maxResponseBytes: 8_192,
    timeoutMs: 5_000,
  },
  /** Keep a batch's data and say so. */
  store: {
    id: "/enigma/1/store",
    request: BatchDataCodec,
    response: StorageReceiptCodec,
    maxRequestBytes: 16_777_216,
    maxResponseBytes: 256,
    timeoutMs: 20_000,
  },
  /** Data of committed batches from an index on, oldest first, at most `maxBatches`. */
  sync: {
    id: "/enigma/1/sync",
    request: struct("sync request", { contract: address, fromIndex: u32, maxBatches: u16 }),
    response: struct("sync answer", { batches: list(BatchDataCodec, 256) }),
    maxRequestBytes: 64,
    maxResponseBytes: 33_554_432,
    timeoutMs: 20_000,
  },
  /** Code by its Keccak-256. */
  code: {
    id: "/enigma/1/code",
    request: struct("code request", { codeHash: hash }),
    response: struct("code answer", { code: bytes(MAX_CODE_BYTES, "code") }),
    maxRequestBytes: 64,
    maxResponseBytes: MAX_CODE_BYTES + 64,
    timeoutMs: 20_000,
  },
  /** An envelope by its hash: for a drawn worker that missed the gossip. */
  envelope: {
    id: "/enigma/1/envelope",
    request: struct("envelope request", { inputsHash: hash }),
    response: struct("envelope answer", { envelope: bytes(MAX_ENVELOPE_BYTES, "envelope") }),
    maxRequestBytes: 64,
    maxResponseBytes: MAX_ENVELOPE_BYTES + 64,
    timeoutMs: 10_000,
  },
  /** A task's result, for a gateway whose client waits for it. */
  result: {
    id: "/enigma/1/result",
    request: struct("result request", { contract: address, index: u32 }),
    response: struct("result answer", { result: option(TaskResultCodec) }),
    maxRequestBytes: 64,
    maxResponseBytes: MAX_DELTA_BYTES + 2 * MAX_SEALED_OUTPUT_BYTES,
    timeoutMs: 5_000,
  },
  /** A sealed query (§6.6), for the drawn worker's enclave to answer. */
  query: {
    id: "/enigma/1/query",
    request: struct("query request", { contract: address, query: bytes(MAX_SEALED_QUERY_BYTES, "sealed query") }),
    response: struct("query response", { answer: bytes(MAX_SEALED_QUERY_ANSWER_BYTES, "sealed query answer") }),
    maxRequestBytes: MAX_SEALED_QUERY_BYTES + 64,
    maxResponseBytes: MAX_SEALED_QUERY_ANSWER_BYTES + 64,
    timeoutMs: 10_000,
  },
  /** Who is there: identity and what the node follows. */
  status: {
    id: "/enigma/1/status",
    request: struct("status request", { nonce: u64 }),
    response: struct("status answer", { worker: option(WorkerInfoCodec), role: text(32, "role"), blockNumber: u64 }),
    maxRequestBytes: 64,
    maxResponseBytes: 16_384,
    timeoutMs: 5_000,
  },
} as const
export type RequestName = keyof typeof REQUESTS
