/** Queries sealed to a contract's key, answers opened with the reader's (PROTOCOL §6.6). */
import {
  deriveSealingKey,
  keccak256,
  presentCrypto,
  type SecretKey,
  type X25519KeyPair,
} from "@enigma-discovery/crypto"
import {
  concatBytes,
  decode,
  decodeSealedQueryAnswer,
  encode,
  encodeSealedQuery,
  pad,
  type QueryAnswerBody,
  QueryAnswerBodyCodec,
  type QueryBody,
  QueryBodyCodec,
  queryAadPreimage,
  queryAnswerAadPreimage,
  queryAnswerInfo,
  queryInfo,
  unpad,
} from "@enigma-discovery/protocol"

/** Where a query goes. */
export interface QueryContext {
  readonly chainId: bigint
  readonly enigma: Uint8Array
  readonly contract: Uint8Array
  readonly keyEpoch: number
  /** X25519 key of the contract in that epoch, 32 bytes. */
  readonly ioPublicKey: Uint8Array
  readonly reader: X25519KeyPair
}

export interface SealedRead {
  readonly sealed: Uint8Array
  /** @throws CRYPTO_OPEN_FAILED, PROTOCOL_* for bytes that are no answer to this query */
  open(answer: Uint8Array): QueryAnswerBody
}

/** Seals a query under a fresh nonce, so that no two share a key. @throws PROTOCOL_TOO_LARGE, CRYPTO_BAD_PUBLIC_KEY, CRYPTO_KEY_WIPED */
export const sealQuery = (context: QueryContext, body: QueryBody): SealedRead =>
  sealQueryWith(presentCrypto.randomBytes(32), context, body)

/** As `sealQuery` with a given nonce: for vectors only. A nonce that seals twice breaks both queries. */
export function sealQueryWith(nonce: Uint8Array, context: QueryContext, body: QueryBody): SealedRead {
  const { chainId, enigma, contract, keyEpoch, ioPublicKey, reader } = context
  const salt = concatBytes(reader.publicKey, ioPublicKey, nonce)
  const aad = keccak256(queryAadPreimage(chainId, enigma, contract, keyEpoch, nonce))
  const padded = pad(encode(QueryBodyCodec, body), "query")
  const ciphertext = withKey(context, salt, queryInfo(aad), (sealing) =>
    presentCrypto.aes256GcmSeal({ ...sealing, associatedData: aad }, padded),
  )
  padded.fill(0)
  const sealed = encodeSealedQuery({ keyEpoch, readerKey: reader.publicKey, nonce, ciphertext })
  const open = (raw: Uint8Array): QueryAnswerBody => {
    const answer = decodeSealedQueryAnswer(raw)
    const associatedData = keccak256(queryAnswerAadPreimage(chainId, enigma, contract, keccak256(sealed)))
    const plain = withKey(context, concatBytes(salt, answer.salt), queryAnswerInfo(associatedData), (sealing) =>
      presentCrypto.aes256GcmOpen({ ...sealing, associatedData }, answer.ciphertext),
    )
    return decode(QueryAnswerBodyCodec, unpad(plain, "query answer"), plain.length)
  }
  return Object.freeze({ sealed, open })
}

function withKey<T>(
  { reader, ioPublicKey }: Pick<QueryContext, "reader" | "ioPublicKey">,
  salt: Uint8Array,
  info: Uint8Array,
  use: (sealing: { key: SecretKey; nonce: Uint8Array }) => T,
): T {
  const inputKey = presentCrypto.x25519SharedSecret(reader.secretKey, ioPublicKey)
  try {
    const sealing = deriveSealingKey(presentCrypto, { inputKey, salt, info })
    try {
      return use(sealing)
    } finally {
      sealing.key.wipe()
    }
  } finally {
    inputKey.wipe()
  }
}
