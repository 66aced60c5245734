/** Inputs sealed to a contract's key, outputs opened with the key of their own task (PROTOCOL §6.1-§6.3). */
import {
  deriveSealingKey,
  equalConstantTime,
  keccak256,
  presentCrypto,
  type SecretKey,
  type X25519KeyPair,
} from "@enigma-discovery/crypto"
import {
  concatBytes,
  decode,
  decodeSealedOutput,
  type EnvelopeContext,
  encodeEnvelope,
  envelopeAadPreimage,
  envelopeInfo,
  type OutputBody,
  OutputBodyCodec,
  outputAadPreimage,
  outputInfo,
  pad,
  SIZE_CLASSES_BYTES,
  toHex,
  unpad,
} from "@enigma-discovery/protocol"
import { clientErrors } from "./errors.ts"

/** Longest calldata or constructor arguments, bytes: the largest size class less its length word. */
export const MAX_INPUT_BYTES = SIZE_CLASSES_BYTES.at(-1)! - 4

/** The two ends of a task's key agreement. The secret half does not print; `wipe()` it when the task is done with. */
export interface TaskKey {
  readonly ephemeral: X25519KeyPair
  /** X25519 key of the contract in the envelope's key epoch, 32 bytes. */
  readonly ioPublicKey: Uint8Array
}

export interface SealedInput {
  /** PROTOCOL §6.2, at most MAX_ENVELOPE_BYTES. */
  readonly envelope: Uint8Array
  /** Keccak-256 of the envelope, 32 bytes: what the record names. */
  readonly inputsHash: Uint8Array
  readonly key: TaskKey
}

/**
 * Seals calldata (for a deployment: constructor arguments) for one contract, sender, key epoch and code. Every call makes a
 * fresh ephemeral key, so a derived key seals one message.
 * @throws CLIENT_INPUT_TOO_LARGE, CRYPTO_BAD_PUBLIC_KEY for an io key of small order
 */
export const sealInput = (context: EnvelopeContext, ioPublicKey: Uint8Array, calldata: Uint8Array): SealedInput =>
  sealInputWith(presentCrypto.x25519KeyPair(), context, ioPublicKey, calldata)

/** As `sealInput` with a given ephemeral key: for vectors only. A key pair that seals twice breaks both messages. */
export function sealInputWith(
  ephemeral: X25519KeyPair,
  context: EnvelopeContext,
  ioPublicKey: Uint8Array,
  calldata: Uint8Array,
): SealedInput {
  if (calldata.length > MAX_INPUT_BYTES)
    throw clientErrors.make("INPUT_TOO_LARGE", { got: calldata.length, max: MAX_INPUT_BYTES })
  const key: TaskKey = { ephemeral, ioPublicKey: Uint8Array.from(ioPublicKey) }
  const aad = keccak256(envelopeAadPreimage(context))
  const padded = pad(calldata, "calldata")
  try {
    const ciphertext = withSealingKey(key, envelopeInfo(aad), (sealing) =>
      presentCrypto.aes256GcmSeal({ ...sealing, associatedData: aad }, padded),
    )
    const envelope = encodeEnvelope({ keyEpoch: context.keyEpoch, ephemeralKey: ephemeral.publicKey, ciphertext })
    return Object.freeze({ envelope, inputsHash: keccak256(envelope), key })
  } finally {
    padded.fill(0)
  }
}

/** Where an output belongs. */
export interface OutputContext {
  readonly chainId: bigint
  readonly enigma: Uint8Array
  readonly contract: Uint8Array
  readonly taskId: Uint8Array
}

/** 32 bytes: `outputHash` of a receipt (PROTOCOL §6.3). */
export const outputHash = (sealedOutput: Uint8Array): Uint8Array => keccak256(sealedOutput)

/**
 * Opens a sealed output with the key of its task. `wantHash` is the hash that a verified receipt names for this outcome;
 * `outcome` 0 normal, 1 callbacks failed.
 * @throws CLIENT_OUTPUT_MISMATCH whatever is wrong with the bytes, CLIENT_SECRET_FORGOTTEN
 */
export function openOutput(
  key: TaskKey,
  context: OutputContext,
  outcome: 0 | 1,
  wantHash: Uint8Array,
  sealed: Uint8Array,
): OutputBody {
  const bad = (why: string) => clientErrors.make("OUTPUT_MISMATCH", { taskId: toHex(context.taskId), why })
  if (key.ephemeral.secretKey.wiped) throw clientErrors.make("SECRET_FORGOTTEN")
  if (!equalConstantTime(outputHash(sealed), wantHash)) throw bad("it is not the output that the receipt names")
  try {
    const parsed = decodeSealedOutput(sealed)
    if (parsed.outcome !== outcome) throw bad("it belongs to the other outcome")
    const { chainId, enigma, contract, taskId } = context
    const associatedData = keccak256(outputAadPreimage(chainId, enigma, contract, taskId, outcome))
    const padded = withSealingKey(key, outputInfo(taskId, outcome), (sealing) =>
      presentCrypto.aes256GcmOpen({ ...sealing, associatedData }, parsed.ciphertext),
    )
    return decode(OutputBodyCodec, unpad(padded, "output"), padded.length)
  } catch (error) {
    if (clientErrors.is(error)) throw error
    throw bad("it does not open under this task's key")
  }
}

/** PROTOCOL §6.2: HKDF over the X25519 secret, salt = ephemeral | io key. The derived key lives as long as `use`. */
function withSealingKey<T>(
  { ephemeral, ioPublicKey }: TaskKey,
  info: Uint8Array,
  use: (sealing: { key: SecretKey; nonce: Uint8Array }) => T,
): T {
  const shared = presentCrypto.x25519SharedSecret(ephemeral.secretKey, ioPublicKey)
  try {
    const salt = concatBytes(ephemeral.publicKey, ioPublicKey)
    const sealing = deriveSealingKey(presentCrypto, { inputKey: shared, salt, info })
    try {
      return use(sealing)
    } finally {
      sealing.key.wipe()
    }
  } finally {
    shared.wipe()
  }
}
