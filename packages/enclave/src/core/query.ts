import { cryptoErrors, deriveSealingKey, keccak256, type SecretKey } from "@enigma-discovery/crypto"
import {
  concatBytes,
  decode,
  encode,
  pad,
  QUERY_RESULT,
  type QueryAnswerBody,
  QueryAnswerBodyCodec,
  type QueryBody,
  QueryBodyCodec,
  queryAadPreimage,
  queryAnswerAadPreimage,
  queryAnswerInfo,
  queryInfo,
  RESULT_KIND,
  type SealedQuery,
  SealedQueryAnswerCodec,
  SIZE_CLASSES_BYTES,
  unpad,
} from "@enigma-discovery/protocol"
import { checkPermit, verifyErrors } from "@enigma-discovery/verify"
import { enclaveErrors } from "../errors.ts"
import type { ContractKeys } from "./contract-keys.ts"
import type { Domain } from "./domain.ts"
import type { EngineResult } from "./engine.ts"
import { verdictOf } from "./outcome.ts"

const NOTHING = new Uint8Array(0)

/** An opened query and what seals its answer; `wipe` when it is answered. */
export interface OpenedQuery {
  readonly body: QueryBody
  readonly shared: SecretKey
  readonly salt: Uint8Array
}

/** What the enclave stands on when it answers. */
export interface QueryState {
  /** Records executed. */
  readonly records: number
  readonly blockNumber: bigint
  /** Time of the proven block, unix seconds. */
  readonly nowS: bigint
}

/** Opens a sealed query (PROTOCOL §6.6). @throws ENCLAVE_QUERY_REFUSED, ENCLAVE_KEYS_MISSING */
export function openQuery(
  { chainId, enigma, crypto }: Domain,
  keys: ContractKeys,
  contract: Uint8Array,
  query: SealedQuery,
): OpenedQuery {
  const { keyEpoch, readerKey, nonce: queryNonce, ciphertext } = query
  const { secretKey, publicKey } = keys.io(keyEpoch)
  let shared: SecretKey | undefined
  try {
    shared = crypto.x25519SharedSecret(secretKey, readerKey)
    const salt = concatBytes(readerKey, publicKey, queryNonce)
    const aad = keccak256(queryAadPreimage(chainId, enigma, contract, keyEpoch, queryNonce))
    const { key, nonce } = deriveSealingKey(crypto, { inputKey: shared, salt, info: queryInfo(aad) })
    const padded = crypto.aes256GcmOpen({ key, nonce, associatedData: aad }, ciphertext)
    key.wipe()
    return { body: decode(QueryBodyCodec, unpad(padded, "query"), SIZE_CLASSES_BYTES.at(-1)!), shared, salt }
  } catch (error) {
    shared?.wipe()
    throw cryptoErrors.is(error) ? enclaveErrors.make("QUERY_REFUSED", { why: "it does not open" }) : error
  }
}

/** Where a query may run. */
export type Permitted =
  | { readonly kind: "allowed" /** In whose name, 20 bytes. */; readonly sender: Uint8Array }
  | { readonly kind: "refused" | "stale"; readonly why: string }

/** Whether a query's permit covers it and the state here is as new as it asks. */
export function permitQuery(
  domain: Domain,
  contract: Uint8Array,
  query: SealedQuery,
  opened: OpenedQuery,
  state: QueryState,
): Permitted {
  const { permit, permitSignature, calldata, minRecords, minBlock } = opened.body
  const use = { contract, readerKey: query.readerKey, calldata, nowS: state.nowS }
  try {
    const sender = checkPermit(domain, permit, permitSignature, use)
    const isStale = state.records < minRecords || state.blockNumber < minBlock
    return isStale ? { kind: "stale", why: "the state here is older than asked for" } : { kind: "allowed", sender }
  } catch (error) {
    if (verifyErrors.is(error, "PERMIT")) return { kind: "refused", why: String(error.data?.why) }
    throw error
  }
}

/** Seals an answer. The fresh salt gives every answer a key of its own, also to the same query asked again. */
export function sealQueryAnswer(
  { chainId, enigma, crypto }: Domain,
  contract: Uint8Array,
  sealedQuery: Uint8Array,
  { shared, salt }: OpenedQuery,
  body: QueryAnswerBody,
): Uint8Array {
  const answerSalt = crypto.randomBytes(32)
  const associatedData = keccak256(queryAnswerAadPreimage(chainId, enigma, contract, keccak256(sealedQuery)))
  const info = queryAnswerInfo(associatedData)
  const { key, nonce } = deriveSealingKey(crypto, { inputKey: shared, salt: concatBytes(salt, answerSalt), info })
  const plaintext = pad(encode(QueryAnswerBodyCodec, body), "query answer")
  const ciphertext = crypto.aes256GcmSeal({ key, nonce, associatedData }, plaintext)
  key.wipe()
  return encode(SealedQueryAnswerCodec, { version: 1, salt: answerSalt, ciphertext })
}

/** Records, head and block of a refusal: whoever has no permit is told nothing of the state. */
const NOWHERE = { records: 0, head: new Uint8Array(32), blockNumber: 0n }

/** What a refused query is answered with. `stands`: where the state is, for a reader whose permit holds. */
export function refusalOf(
  { kind, why }: Exclude<Permitted, { kind: "allowed" }>,
  stands: Pick<QueryAnswerBody, "records" | "head" | "blockNumber">,
): QueryAnswerBody {
  return { result: QUERY_RESULT[kind], data: NOTHING, message: why, ...(kind === "stale" ? stands : NOWHERE) }
}

/** How a query ended, for the reader. One that made callbacks or drew randomness has trapped in the runtime already. */
export function queryResult(result: EngineResult): Pick<QueryAnswerBody, "result" | "data" | "message"> {
  const failed = (kind: QueryAnswerBody["result"], message: string) => ({ result: kind, data: NOTHING, message })
  if (result.kind === "fault") return failed(RESULT_KIND.trapped, "the engine failed")
  if (result.kind === "refused") return failed(RESULT_KIND.badInput, result.code)
  const { body } = verdictOf(result.outcome, [], 0n)
  return { result: body!.result, data: body!.data, message: body!.message }
}
