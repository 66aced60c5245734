import { deriveSealingKey, keccak256, nobleCrypto, type SecretKey } from "@enigma-discovery/crypto"
import {
  concatBytes,
  decode,
  decodeSealedOutput,
  encodeEnvelope,
  envelopeAadPreimage,
  envelopeInfo,
  type OutputBody,
  OutputBodyCodec,
  outputAadPreimage,
  outputInfo,
  pad,
  type TaskRecord,
  unpad,
  utf8Bytes,
} from "@enigma-discovery/protocol"
import { addressOf } from "./names.ts"

export interface Place {
  readonly chainId: bigint
  readonly enigma: Uint8Array
  readonly contract: Uint8Array
  readonly codeHash: Uint8Array
}

/** A sealed input and what opens its output. */
export interface SealedTask {
  readonly sender: Uint8Array
  readonly envelope: Uint8Array
  open(sealedOutput: Uint8Array, taskId: Uint8Array): OutputBody
}

/** A user, written from PROTOCOL §6 with other primitives than the enclave's. */
export class User {
  readonly address: Uint8Array
  readonly #place: Place
  #count = 0

  constructor(name: string, place: Place) {
    this.address = addressOf(name)
    this.#place = place
  }

  /** Seals calldata. The ephemeral key is derived from a counter, so that tests repeat. */
  seal(calldata: Uint8Array, keyEpoch: number, ioPublicKey: Uint8Array): SealedTask {
    const { chainId, enigma, contract, codeHash } = this.#place
    const secret = keccak256(concatBytes(this.address, utf8Bytes(`ephemeral ${this.#count++}`)))
    const publicKey = nobleCrypto.x25519PublicKey(secret)
    const shared = nobleCrypto.x25519SharedSecret(secret, ioPublicKey)
    const salt = concatBytes(publicKey, ioPublicKey)
    const sender = this.address
    const aad = keccak256(envelopeAadPreimage({ chainId, enigma, contract, sender, keyEpoch, codeHash }))
    const sealing = derive(shared, salt, envelopeInfo(aad))
    const ciphertext = nobleCrypto.aes256GcmSeal({ ...sealing, associatedData: aad }, pad(calldata, "calldata"))
    return {
      sender,
      envelope: encodeEnvelope({ keyEpoch, ephemeralKey: publicKey, ciphertext }),
      open(sealedOutput, taskId) {
        const { outcome, ciphertext: box } = decodeSealedOutput(sealedOutput)
        const { key, nonce } = derive(shared, salt, outputInfo(taskId, outcome))
        const associatedData = keccak256(outputAadPreimage(chainId, enigma, contract, taskId, outcome))
        const body = unpad(nobleCrypto.aes256GcmOpen({ key, nonce, associatedData }, box), "output")
        return decode(OutputBodyCodec, body, 262_144)
      },
    }
  }
}

const derive = (inputKey: SecretKey, salt: Uint8Array, info: Uint8Array) =>
  deriveSealingKey(nobleCrypto, { inputKey, salt, info })

export type RecordFields = Omit<TaskRecord, "blockNumber" | "timestampS">

/** The record of a sealed input. */
export const recordOf = (task: SealedTask, fields: Partial<RecordFields> = {}): RecordFields => ({
  sender: task.sender,
  inputsHash: keccak256(task.envelope),
  gasLimit: 2_000_000n,
  gasPriceGrains: 2n,
  callbackGas: 0n,
  callbackPriceGrains: 0n,
  flags: 0,
  token: new Uint8Array(20),
  amount: 0n,
  ...fields,
})
