import {
  blsVerify,
  combineBlsSignatures,
  compressG1,
  cryptoErrors,
  decompressG1,
  deriveSealingKey,
  keccak256,
  type SecretKey,
} from "@enigma-discovery/crypto"
import {
  concatBytes,
  decode,
  encode,
  KEY_ANSWER_INFO,
  KEY_PURPOSE,
  type KeyAnswer,
  KeyAnswerCodec,
  type KeyPurpose,
  type KeyRequest,
  KeyRequestCodec,
  keyAnswerAadPreimage,
  PRF_DST,
  prfMessage,
  protocolErrors,
  type SealedKeyAnswer,
  utf8Bytes,
} from "@enigma-discovery/protocol"
import { MAX_COMBINATIONS } from "../constants.ts"
import { enclaveErrors } from "../errors.ts"
import type { Domain } from "./domain.ts"
import type { KnownBlock } from "./trusted-headers.ts"

const DST = utf8Bytes(PRF_DST)
const MAX_ANSWER_BYTES = 16_384

export const purposeOf = (code: KeyRequest["wanted"][number]["purpose"]): KeyPurpose =>
  code === KEY_PURPOSE.io ? "io" : "state"

/** The PRF values asked for, in order, checked against the committee's key; and the newest block its members know. */
export interface CollectedKeys {
  readonly values: readonly Uint8Array[]
  readonly newest: KnownBlock
}

export interface Committee {
  readonly threshold: number
  /** 256 bytes, EIP-2537. */
  readonly groupKey: Uint8Array
}

/** The recipient of key answers: the enclave's attested X25519 key. */
export interface Recipient {
  readonly secretKey: SecretKey
  readonly publicKey: Uint8Array
}

/**
 * Opens sealed answers and combines `threshold` of them (PROTOCOL §7.1, §7.7). An answer that doesn't open, is of another
 * shape, or spoils the combination is left out where enough others remain. @throws ENCLAVE_KEY_ANSWERS_UNUSABLE
 */
export function collectKeys(
  domain: Domain,
  committee: Committee,
  recipient: Recipient,
  request: KeyRequest,
  answers: readonly SealedKeyAnswer[],
): CollectedKeys {
  const opened = answers.flatMap((answer) => openAnswer(domain, recipient, request, answer) ?? [])
  const distinct = [...new Map(opened.map((answer) => [answer.managerIndex, answer])).values()]
  for (const chosen of combinations(distinct, committee.threshold)) {
    const values = combine(domain, committee, request, chosen)
    if (values !== undefined) return { values, newest: newestOf(chosen) }
  }
  throw enclaveErrors.make("KEY_ANSWERS_UNUSABLE", { want: committee.threshold, got: answers.length })
}

/** Associated data of answers to a request. */
export const keyAnswerAad = ({ chainId, enigma }: Domain, request: KeyRequest): Uint8Array =>
  keccak256(keyAnswerAadPreimage(chainId, enigma, keccak256(encode(KeyRequestCodec, request))))

/** Key and nonce of one sealed answer, from either side of the exchange. */
export const keyAnswerSealing = (
  { crypto }: Domain,
  shared: SecretKey,
  ephemeralKey: Uint8Array,
  recipientKey: Uint8Array,
  aad: Uint8Array,
) =>
  deriveSealingKey(crypto, {
    inputKey: shared,
    salt: concatBytes(ephemeralKey, recipientKey),
    info: concatBytes(KEY_ANSWER_INFO, aad),
  })

function openAnswer(
  domain: Domain,
  { secretKey, publicKey }: Recipient,
  request: KeyRequest,
  { ephemeralKey, ciphertext }: SealedKeyAnswer,
): KeyAnswer | undefined {
  try {
    const associatedData = keyAnswerAad(domain, request)
    const shared = domain.crypto.x25519SharedSecret(secretKey, ephemeralKey)
    const { key, nonce } = keyAnswerSealing(domain, shared, ephemeralKey, publicKey, associatedData)
    shared.wipe()
    const plaintext = domain.crypto.aes256GcmOpen({ key, nonce, associatedData }, ciphertext)
    key.wipe()
    const answer = decode(KeyAnswerCodec, plaintext, MAX_ANSWER_BYTES)
    plaintext.fill(0)
    return answer.partials.length === request.wanted.length ? answer : undefined
  } catch (error) {
    if (cryptoErrors.is(error) || protocolErrors.is(error)) return undefined
    throw error
  }
}

function combine(
  { chainId, enigma }: Domain,
  { threshold, groupKey }: Committee,
  { contract, wanted }: KeyRequest,
  answers: readonly KeyAnswer[],
): readonly Uint8Array[] | undefined {
  const values: Uint8Array[] = []
  try {
    for (const [i, { purpose, epoch }] of wanted.entries()) {
      const partials = answers.map((answer) => ({
        index: answer.managerIndex,
        value: decompressG1(answer.partials[i]!),
      }))
      const value = combineBlsSignatures(partials, threshold)
      if (!blsVerify(value, prfMessage(purposeOf(purpose), chainId, enigma, contract, epoch), groupKey, DST))
        return undefined
      values.push(compressG1(value))
      value.fill(0)
    }
    return values
  } catch (error) {
    if (cryptoErrors.is(error)) return undefined
    throw error
  }
}

function newestOf(answers: readonly KeyAnswer[]): KnownBlock {
  const newest = answers.reduce((a, b) => (b.newestBlock > a.newestBlock ? b : a))
  return { number: newest.newestBlock, hash: newest.newestHash }
}

/** Choices of `size` of the items, in order, at most MAX_COMBINATIONS of them. */
function* combinations<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  if (size < 1 || items.length < size) return
  const at = Array.from({ length: size }, (_, i) => i)
  for (let tried = 0; tried < MAX_COMBINATIONS; tried++) {
    yield at.map((i) => items[i]!)
    let move = size - 1
    while (move >= 0 && at[move] === items.length - size + move) move--
    if (move < 0) return
    at[move]!++
    for (let i = move + 1; i < size; i++) at[i] = at[i - 1]! + 1
  }
}
