import { defineErrors } from "@enigma-discovery/protocol"

/** Why a check failed. Every check throws one of these or returns what it proved; there is no third way. */
export const verifyErrors = defineErrors("VERIFY", {
  RLP: "{what} is not canonical RLP ({why}).",
  HEADER: "The block header is malformed: {why}.",
  HEADER_FIELD: "Header field {field} of the RPC's block is missing or malformed.",
  HEADER_UNKNOWN:
    "The header's fields hash to another value than the RPC's block hash: it follows a fork this build does not know.",
  HEADER_UNTRUSTED: "{got} of {want} needed witnesses signed this header with {confirmations} confirmations.",
  PROOF_INCOMPLETE: "The proof lacks a trie node on the path of {what}; prove it together with the rest.",
  PROOF_INVALID: "A trie node on the path of {what} is malformed: {why}.",
  PROOF_TOO_LARGE: "The proof holds {got} {what}; at most {max} are accepted.",
  NO_ACCOUNT: "No account stands at Enigma's address in this block; the header is of another chain or too old.",
  WRONG_WORDS: "{want} storage words were asked for and {got} came.",
  CONFIG: "The network configuration can't be used: {why}.",
  NO_WORKERS: "The tree holds no weight left to draw from ({drawn} already drawn).",
  TREE: "The worker tree contradicts itself at level {level}, position {position}.",
  EPOCH_GONE: "Epoch {epoch} is no longer, or not yet, in the ring of epochs (present: {present}).",
  WRONG_EPOCH: "Epoch {got} was claimed, but {present} is in force.",
  WRONG_BLOCK: "Block {got} is not the last one before a scheduled start (epochs are {length} blocks).",
  NOT_DRAWN: "Worker {got} is not drawn for this contract in epoch {epoch}; worker {drawn} is.",
  NOT_REGISTERED: "Worker {workerId} is not registered.",
  WORKER_BANNED: "Worker {workerId} is banned.",
  ATTESTATION_EXPIRED: "The attestation of worker {workerId} expired at {expiryS} (now {nowS}); it must renew.",
  RECORD: "Record {index} is malformed: {why}.",
  LINK_GONE: "Link {index} is not in the ring of the newest links (submitted: {submitted}).",
  LINK_MISMATCH: "The records do not fold to the link of record {index} on chain.",
  KEY_NOT_DUE:
    "The {purpose} key of epoch {epoch} is not due to this worker (epochs {oldest} to {present}, last delta {delta}).",
  RECEIPT_MISMATCH: "The receipt of record {index} is not in the batch whose root stands on chain.",
  TREE_EMPTY: "A Merkle tree needs a leaf.",
  CONSERVATION: "The batch hands out {out} grains of {locked} locked.",
  BATCH_DATA: "The batch's data does not fit its receipts: {why}.",
  QUOTE: "The quote is refused: {why}.",
  REPORT_MISMATCH: "The quote speaks of another enclave, operator or network than the one it came with.",
  WRONG_SIGNER: "The {what} was not signed by the enclave it names.",
  WRONG_CONTRACT: "The {what} is about another contract.",
  BAD_BEACON: "The beacon of epoch {epoch} is not the committee's signature.",
  PERMIT: "The permit does not allow this query: {why}.",
  STALE:
    "The answer stands at record {index}, block {block}; at least record {wantIndex}, block {wantBlock} was asked for.",
})
