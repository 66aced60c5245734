import { deriveSealingKey, keccak256, nobleCrypto, type SecretKey, signDigest } from "@enigma-discovery/crypto"
import {
  concatBytes,
  decode,
  decodeSealedQueryAnswer,
  encode,
  encodeSealedQuery,
  type Permit,
  pad,
  QueryAnswerBodyCodec,
  QueryBodyCodec,
  queryAadPreimage,
  queryAnswerAadPreimage,
  queryAnswerInfo,
  queryInfo,
  unpad,
  utf8Bytes,
} from "@enigma-discovery/protocol"
import { permitDigest } from "@enigma-discovery/verify"
import { namedKey } from "./fake-chain.ts"
import type { TestNetwork } from "./network.ts"

/** A reader, written from PROTOCOL §6.6. */
export class Reader {
  readonly account: SecretKey
  readonly secret: Uint8Array
  readonly publicKey: Uint8Array
  readonly network: TestNetwork
  #count = 0

  constructor(network: TestNetwork, name: string) {
    this.network = network
    this.account = namedKey(name)
    this.secret = keccak256(utf8Bytes(`reader ${name}`))
    this.publicKey = nobleCrypto.x25519PublicKey(this.secret)
  }

  permit(change: Partial<Permit> = {}): Permit {
    const { contract, enigma } = this.network
    const expiryS = enigma.chain.timestampS + 600n
    return { contract, methods: [], argumentsHash: new Uint8Array(32), readerKey: this.publicKey, expiryS, ...change }
  }

  seal(calldata: Uint8Array, change: SealOptions = {}) {
    const { epoch, ioPublicKey } = this.network.ioKey
    const { chainId, enigma } = this.network.config
    const { permit = this.permit(), signer = this.account, minRecords = 0, minBlock = 0n, keyEpoch = epoch } = change
    const nonce = keccak256(utf8Bytes(`nonce ${this.#count++}`))
    const shared = nobleCrypto.x25519SharedSecret(this.secret, ioPublicKey)
    const salt = concatBytes(this.publicKey, ioPublicKey, nonce)
    const aad = keccak256(queryAadPreimage(chainId, enigma, this.network.contract, keyEpoch, nonce))
    const permitSignature = signDigest(permitDigest(this.network.config, permit), signer)
    const body = { permit, permitSignature, calldata, minRecords, minBlock }
    const sealing = deriveSealingKey(nobleCrypto, { inputKey: shared, salt, info: queryInfo(aad) })
    const plaintext = pad(encode(QueryBodyCodec, body), "query")
    const ciphertext = nobleCrypto.aes256GcmSeal({ ...sealing, associatedData: aad }, plaintext)
    const sealed = encodeSealedQuery({ keyEpoch, readerKey: this.publicKey, nonce, ciphertext })
    const open = (answer: Uint8Array) => {
      const { salt: fresh, ciphertext: box } = decodeSealedQueryAnswer(answer)
      const associatedData = keccak256(
        queryAnswerAadPreimage(chainId, enigma, this.network.contract, keccak256(sealed)),
      )
      const info = queryAnswerInfo(associatedData)
      const opening = deriveSealingKey(nobleCrypto, { inputKey: shared, salt: concatBytes(salt, fresh), info })
      const padded = nobleCrypto.aes256GcmOpen({ ...opening, associatedData }, box)
      return decode(QueryAnswerBodyCodec, unpad(padded, "answer"), 262_144)
    }
    return { sealed, open }
  }

  async ask(calldata: Uint8Array, change: SealOptions = {}, id = 1) {
    const { sealed, open } = this.seal(calldata, change)
    return open(await this.network.worker(id).query(this.network.contract, sealed))
  }
}

interface SealOptions {
  readonly permit?: Permit
  readonly signer?: SecretKey
  readonly minRecords?: number
  readonly minBlock?: bigint
  readonly keyEpoch?: number
}
