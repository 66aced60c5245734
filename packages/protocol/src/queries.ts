/** Private reads of a contract's state under a permit (PROTOCOL §6.6). */
import { concatBytes, utf8Bytes, words } from "./bytes.ts"
import {
  address,
  bytes,
  type Decoded,
  decode,
  encode,
  fixed,
  hash,
  list,
  oneOf,
  remainder,
  signature,
  struct,
  text,
  u32,
  u64,
  version,
} from "./codec.ts"
import { MAX_CALLDATA_BYTES } from "./host-abi.ts"
import { MAX_ERROR_TEXT_BYTES, MAX_RETURN_BYTES } from "./limits.ts"
import { RESULT_KIND, sealedSizes } from "./sealed.ts"
import { TAG } from "./tags.ts"

/** Methods one permit may name. */
export const MAX_PERMIT_METHODS = 32

/**
 * What an account allows whoever holds `readerKey`: to call these methods (none listed: any) of this contract as the account
 * would, with these arguments (`argumentsHash` = Keccak-256 of the calldata after the selector; zero: any), until `expiryS`
 * (unix seconds, by the chain's time).
 */
export const PermitCodec = struct("permit", {
  contract: address,
  methods: list(fixed(4, "selector"), MAX_PERMIT_METHODS),
  argumentsHash: hash,
  readerKey: hash,
  expiryS: u64,
})
export type Permit = Decoded<typeof PermitCodec>

/** §6.6: EIP-712 type, in the domain of §4.3. Its signer is the account. */
export const PERMIT_TYPE =
  "Permit(address secretContract,bytes4[] methods,bytes32 argumentsHash,bytes32 readerKey,uint64 expiryS)"
/** What `methods` is hashed from: each selector right-padded to a word. */
export const methodsPreimage = (methods: readonly Uint8Array[]): Uint8Array =>
  concatBytes(...methods.map((selector) => concatBytes(selector, new Uint8Array(28))))
/** Struct hash preimage, 6 words; `typeHash` = keccak256(PERMIT_TYPE). */
export const permitStructPreimage = (typeHash: Uint8Array, methodsHash: Uint8Array, p: Permit): Uint8Array =>
  words(typeHash, p.contract, methodsHash, p.argumentsHash, p.readerKey, p.expiryS)

/** What is sealed in a query. `minRecords` and `minBlock`: the reader refuses an answer from a state older than that. */
export const QueryBodyCodec = struct("query", {
  permit: PermitCodec,
  permitSignature: signature,
  calldata: bytes(MAX_CALLDATA_BYTES, "calldata"),
  minRecords: u32,
  minBlock: u64,
})
export type QueryBody = Decoded<typeof QueryBodyCodec>

/** §6.6: `version 1 | kind 2 | keyEpoch u32 | readerKey 32 | nonce 32 | ciphertext`. */
export const SealedQueryCodec = struct("sealed query", {
  version: version("sealed query", 1),
  kind: oneOf("sealed query kind", [2]),
  keyEpoch: u32,
  readerKey: hash,
  nonce: hash,
  ciphertext: remainder("query ciphertext", sealedSizes),
})
export type SealedQuery = Decoded<typeof SealedQueryCodec>
export const MAX_SEALED_QUERY_BYTES = 70 + sealedSizes.at(-1)!
export const encodeSealedQuery = (q: Omit<SealedQuery, "version" | "kind">): Uint8Array =>
  encode(SealedQueryCodec, { version: 1, kind: 2, ...q })
export const decodeSealedQuery = (raw: Uint8Array): SealedQuery => decode(SealedQueryCodec, raw, MAX_SEALED_QUERY_BYTES)
/** Associated data of a query: keccak256 of 6 words. */
export const queryAadPreimage = (
  chainId: bigint,
  enigma: Uint8Array,
  contract: Uint8Array,
  keyEpoch: number,
  nonce: Uint8Array,
): Uint8Array => words(TAG.QUERY, chainId, enigma, contract, keyEpoch, nonce)
export const queryInfo = (aad: Uint8Array): Uint8Array => concatBytes(utf8Bytes("enigma/1/query"), aad)

/**
 * How a query ended. A refusal is sealed like an answer, so that whoever carries it can't tell one from the other; its `message`
 * says why. `stale`: the state is not as new as `minRecords` and `minBlock` ask; where it stands is in the answer.
 */
export const QUERY_RESULT = { ...RESULT_KIND, refused: 16, stale: 17 } as const

/** What is sealed in an answer: how the call ended, and on which state it ran. A refusal's records, head and block are zero. */
export const QueryAnswerBodyCodec = struct("query answer", {
  result: oneOf("query result", Object.values(QUERY_RESULT)),
  data: bytes(MAX_RETURN_BYTES, "return data"),
  message: text(MAX_ERROR_TEXT_BYTES, "error message"),
  /** Records executed before this answer: the state is that after record `records - 1`. */
  records: u32,
  head: hash,
  /** Newest block the enclave has a proof of. */
  blockNumber: u64,
})
export type QueryAnswerBody = Decoded<typeof QueryAnswerBodyCodec>

/** §6.6: `version 1 | salt 32 | ciphertext`; the salt is fresh, so that no two answers share a key. */
export const SealedQueryAnswerCodec = struct("sealed query answer", {
  version: version("sealed query answer", 1),
  salt: hash,
  ciphertext: remainder("query answer ciphertext", sealedSizes),
})
export type SealedQueryAnswer = Decoded<typeof SealedQueryAnswerCodec>
export const MAX_SEALED_QUERY_ANSWER_BYTES = 33 + sealedSizes.at(-1)!
export const decodeSealedQueryAnswer = (raw: Uint8Array): SealedQueryAnswer =>
  decode(SealedQueryAnswerCodec, raw, MAX_SEALED_QUERY_ANSWER_BYTES)
/** Associated data of an answer: keccak256 of 5 words, the last the Keccak-256 of the sealed query. */
export const queryAnswerAadPreimage = (
  chainId: bigint,
  enigma: Uint8Array,
  contract: Uint8Array,
  queryHash: Uint8Array,
): Uint8Array => words(TAG.QUERY_ANSWER, chainId, enigma, contract, queryHash)
export const queryAnswerInfo = (aad: Uint8Array): Uint8Array => concatBytes(utf8Bytes("enigma/1/query-answer"), aad)
