/** What is sealed: envelopes, outputs, deltas (PROTOCOL §6). */
import { concatBytes, utf8Bytes, words } from "./bytes.ts"
import {
  bool,
  bytes,
  type Decoded,
  decode,
  encode,
  fixed,
  hash,
  list,
  oneOf,
  option,
  remainder,
  struct,
  text,
  u32,
  u64,
  version,
} from "./codec.ts"
import { protocolErrors } from "./errors.ts"
import {
  AEAD_TAG_BYTES,
  MAX_DELTA_BYTES,
  MAX_ENVELOPE_BYTES,
  MAX_ERROR_TEXT_BYTES,
  MAX_EVENT_BYTES,
  MAX_EVENTS,
  MAX_KEY_BYTES,
  MAX_RETURN_BYTES,
  MAX_SEALED_OUTPUT_BYTES,
  MAX_VALUE_BYTES,
  SIZE_CLASSES_BYTES,
} from "./limits.ts"
import { TAG } from "./tags.ts"

/** §6.1: `u32 length | content | zeros` up to the least size class that holds it. @throws PROTOCOL_TOO_LARGE */
export function pad(content: Uint8Array, what: string): Uint8Array {
  const size = SIZE_CLASSES_BYTES.find((s) => s >= content.length + 4)
  if (size === undefined)
    throw protocolErrors.make("TOO_LARGE", { what, got: content.length, max: SIZE_CLASSES_BYTES.at(-1)! - 4 })
  const out = new Uint8Array(size)
  new DataView(out.buffer).setUint32(0, content.length)
  out.set(content, 4)
  return out
}

/** @throws PROTOCOL_NOT_CANONICAL when the size is no class, is not the least class, or the padding is not zero. */
export function unpad(padded: Uint8Array, what: string): Uint8Array {
  const bad = () => protocolErrors.make("NOT_CANONICAL", { what })
  const at = (SIZE_CLASSES_BYTES as readonly number[]).indexOf(padded.length)
  if (at < 0) throw bad()
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0)
  if (length + 4 > padded.length || (at > 0 && length + 4 <= SIZE_CLASSES_BYTES[at - 1]!)) throw bad()
  let rest = 0
  for (let i = length + 4; i < padded.length; i++) rest |= padded[i]!
  if (rest !== 0) throw bad()
  return new Uint8Array(padded.subarray(4, length + 4))
}

/** Ciphertext sizes that an envelope or output may have. */
export const sealedSizes: readonly number[] = SIZE_CLASSES_BYTES.map((s) => s + AEAD_TAG_BYTES)

// --- envelope ---------------------------------------------------------------------------------------------------

/** §6.2: `version 1 | kind 1 | keyEpoch u32 | ephemeralKey 32 | ciphertext`. */
export const EnvelopeCodec = struct("envelope", {
  version: version("envelope", 1),
  kind: oneOf("envelope kind", [1]),
  keyEpoch: u32,
  ephemeralKey: hash,
  ciphertext: remainder("envelope ciphertext", sealedSizes),
})
export type Envelope = Decoded<typeof EnvelopeCodec>
export const encodeEnvelope = (e: Omit<Envelope, "version" | "kind">): Uint8Array =>
  encode(EnvelopeCodec, { version: 1, kind: 1, ...e })
export const decodeEnvelope = (raw: Uint8Array): Envelope => decode(EnvelopeCodec, raw, MAX_ENVELOPE_BYTES)

/** What an envelope is bound to, besides its bytes. */
export interface EnvelopeContext {
  readonly chainId: bigint
  readonly enigma: Uint8Array
  readonly contract: Uint8Array
  readonly sender: Uint8Array
  readonly keyEpoch: number
  readonly codeHash: Uint8Array
}
/** §6.2: associated data = keccak256 of 7 words. */
export const envelopeAadPreimage = (c: EnvelopeContext): Uint8Array =>
  words(TAG.ENVELOPE, c.chainId, c.enigma, c.contract, c.sender, c.keyEpoch, c.codeHash)
/** §6.2: HKDF-SHA256(ikm = X25519 shared, salt = ephemeral | io public key, info = this, 44) = AES key 32 | nonce 12. */
export const envelopeInfo = (aad: Uint8Array): Uint8Array => concatBytes(utf8Bytes("enigma/1/envelope"), aad)

// --- output -----------------------------------------------------------------------------------------------------

/** Which of a task's two outputs: the normal one, or the one released when its callbacks failed. */
export const OUTCOME = { normal: 0, callbackFailed: 1 } as const

/** §6.3: how the call ended, for the user only. */
export const RESULT_KIND = {
  returned: 0,
  reverted: 1,
  outOfGas: 2,
  trapped: 3,
  badInput: 4,
  callbackFailed: 5,
} as const
export const OutputBodyCodec = struct("output", {
  result: oneOf("result kind", Object.values(RESULT_KIND)),
  gasUsed: u64,
  data: bytes(MAX_RETURN_BYTES, "return data"),
  message: text(MAX_ERROR_TEXT_BYTES, "error message"),
  events: list(bytes(MAX_EVENT_BYTES, "event"), MAX_EVENTS),
})
export type OutputBody = Decoded<typeof OutputBodyCodec>

/** §6.3: `version 1 | outcome | ciphertext`. */
export const SealedOutputCodec = struct("sealed output", {
  version: version("sealed output", 1),
  outcome: oneOf("outcome", [0, 1]),
  ciphertext: remainder("output ciphertext", sealedSizes),
})
export type SealedOutput = Decoded<typeof SealedOutputCodec>
export const decodeSealedOutput = (raw: Uint8Array): SealedOutput =>
  decode(SealedOutputCodec, raw, MAX_SEALED_OUTPUT_BYTES)
/** §6.3: HKDF-SHA256(ikm = X25519 shared, salt = ephemeral | io public key, info = this, 44) = AES key | nonce. */
export const outputInfo = (taskId: Uint8Array, outcome: number): Uint8Array =>
  concatBytes(utf8Bytes("enigma/1/output"), taskId, new Uint8Array([outcome]))
/** §6.3: associated data = keccak256 of 6 words. */
export const outputAadPreimage = (
  chainId: bigint,
  enigma: Uint8Array,
  contract: Uint8Array,
  taskId: Uint8Array,
  outcome: number,
): Uint8Array => words(TAG.OUTPUT, chainId, enigma, contract, taskId, outcome)

// --- delta ------------------------------------------------------------------------------------------------------

export const DELTA_KIND = { delta: 1, checkpoint: 2 } as const
const entry = struct("state entry", {
  key: bytes(MAX_KEY_BYTES, "key"),
  value: option(bytes(MAX_VALUE_BYTES, "value")),
  isPublic: bool,
})
/** §6.4: changed entries, keys ascending and distinct; no value: removed. A checkpoint lists every entry. */
export const ChangesCodec = list(entry, 65_536, "state changes")
export type Change = Decoded<typeof entry>

/** §6.4: the previous state key, wrapped: in the first delta that a contract has in an epoch. */
export const WrappedKeyCodec = struct("wrapped key", { keyEpoch: u32, sealed: fixed(48, "wrapped key") })

const header = {
  version: version("delta", 1),
  kind: oneOf("delta kind", [1, 2]),
  keyEpoch: u32,
  index: u32,
  previousHead: hash,
  taskId: hash,
  wrapped: option(WrappedKeyCodec),
  /** Public entries changed, in clear; they are sealed too. */
  publicEntries: list(entry, 32_768, "public entries"),
}
export const DeltaHeaderCodec = struct("delta header", header)
export type DeltaHeader = Decoded<typeof DeltaHeaderCodec>
/** §6.4: `header | ciphertext`. */
export const DeltaCodec = struct("delta", {
  header: DeltaHeaderCodec,
  ciphertext: bytes(MAX_DELTA_BYTES, "delta ciphertext"),
})
export type Delta = Decoded<typeof DeltaCodec>
export const decodeDelta = (raw: Uint8Array): Delta => decode(DeltaCodec, raw, MAX_DELTA_BYTES)
/** §6.4: whether a sealed link begins a checkpoint, told from its header alone: whoever replays needs nothing before it. */
export const startsCheckpoint = (sealed: Uint8Array): boolean =>
  sealed[1] === DELTA_KIND.checkpoint && sealed.length > 10 && sealed.subarray(6, 10).every((b) => b === 0)
/** §6.4: associated data = keccak256 of these 4 words | encoded header. */
export const deltaAadPreimage = (
  chainId: bigint,
  enigma: Uint8Array,
  contract: Uint8Array,
  encodedHeader: Uint8Array,
): Uint8Array => concatBytes(words(TAG.DELTA, chainId, enigma, contract), encodedHeader)
/** §6.4: nonce = first 12 bytes of keccak256 of 6 words; the same task at the same place reseals to the same bytes. */
export const deltaNoncePreimage = (
  contract: Uint8Array,
  h: Pick<DeltaHeader, "index" | "taskId" | "keyEpoch" | "kind">,
): Uint8Array => words(TAG.DELTA_NONCE, contract, h.index, h.taskId, h.keyEpoch, h.kind)
/** §6.4: AES-256-GCM-SIV of the previous key under the new one; nonce = first 12 bytes of keccak256 of these 6 words, associated data = all 32. */
export const keyWrapPreimage = (
  chainId: bigint,
  enigma: Uint8Array,
  contract: Uint8Array,
  epoch: number,
  previousEpoch: number,
): Uint8Array => words(TAG.KEY_WRAP, chainId, enigma, contract, epoch, previousEpoch)

// --- randomness -------------------------------------------------------------------------------------------------

/** §6.5: task seed = HKDF-SHA256(ikm = io random key of the record's epoch, salt = task id, info = this, 32). */
export const TASK_RANDOM_INFO = utf8Bytes("enigma/1/task-random")
/** §6.5: block k of a task's random bytes = HMAC-SHA256(task seed, u32 k) (SP 800-108, counter mode). */
export const randomBlockInput = (k: number): Uint8Array => encode(u32, k)
export const MAX_RANDOM_BYTES_PER_TASK = 8_192
