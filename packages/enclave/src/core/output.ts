import { deriveSealingKey, keccak256 } from "@enigma-discovery/crypto"
import {
  encode,
  type OutputBody,
  OutputBodyCodec,
  outputAadPreimage,
  outputInfo,
  pad,
  SealedOutputCodec,
} from "@enigma-discovery/protocol"
import type { Domain } from "./domain.ts"
import type { SharedSecret } from "./envelope.ts"

/** Which of a task's two outputs. */
export const OUTCOME = { normal: 0, callbacksFailed: 1 } as const

/** Whether a body fits the largest size class. */
export const outputFits = (body: OutputBody, maxPaddedBytes: number): boolean =>
  encode(OutputBodyCodec, body).length + 4 <= maxPaddedBytes

/**
 * Seals an output to the task's sender (PROTOCOL §6.3). Deterministic: the task id and the outcome make the key, so each
 * key seals one body, and executing again gives the same bytes.
 */
export function sealOutput(
  { chainId, enigma, crypto }: Domain,
  contract: Uint8Array,
  taskId: Uint8Array,
  outcome: 0 | 1,
  shared: SharedSecret,
  body: OutputBody,
): Uint8Array {
  const { key, nonce } = deriveSealingKey(crypto, {
    inputKey: shared.secret,
    salt: shared.salt,
    info: outputInfo(taskId, outcome),
  })
  const associatedData = keccak256(outputAadPreimage(chainId, enigma, contract, taskId, outcome))
  const plaintext = pad(encode(OutputBodyCodec, body), "output")
  const ciphertext = crypto.aes256GcmSeal({ key, nonce, associatedData }, plaintext)
  key.wipe()
  return encode(SealedOutputCodec, { version: 1, outcome, ciphertext })
}
