import { blsSign, type CryptoProvider, compressG1 } from "@enigma-discovery/crypto"
import {
  BEACON_DST,
  encode,
  equalBytes,
  KeyAnswerCodec,
  type NetworkConfig,
  PRF_DST,
  scheduledStart,
  utf8Bytes,
} from "@enigma-discovery/protocol"
import {
  beaconMessageClaim,
  type ChainView,
  type EpochState,
  epochStateClaim,
  type HeaderTrust,
  keyRequestClaim,
  openChainProof,
  readProven,
  reportData,
  trustHash,
  verifyErrors,
  witnessTrust,
} from "@enigma-discovery/verify"
import type { ViewStatus } from "../api.ts"
import { MAX_BEACON_LAG_BLOCKS, MAX_REQUEST_LAG_BLOCKS } from "../constants.ts"
import { enclaveErrors } from "../errors.ts"
import type { KEY_MANAGER_CALLS, KeyManagerHandlers, RequestOf } from "../pipe/calls.ts"
import { checkConfig } from "./check-config.ts"
import { type Domain, domainOf } from "./domain.ts"
import { type Identity, newIdentity } from "./identity.ts"
import { keyAnswerAad, keyAnswerSealing } from "./key-collection.ts"
import { dealKeyShares, type KeyShare, openShare, sealShare } from "./key-share.ts"
import { TrustedHeaders } from "./trusted-headers.ts"

type Request<N extends keyof typeof KEY_MANAGER_CALLS> = RequestOf<(typeof KEY_MANAGER_CALLS)[N]>

interface Network {
  readonly config: NetworkConfig
  readonly domain: Domain
  readonly trust: HeaderTrust
  readonly headers: TrustedHeaders
}

const NO_OPERATOR = new Uint8Array(20)

/** The key-manager program: one share of the committee's keys, used for nothing but what proven storage asks for. */
export class KeyManager implements KeyManagerHandlers {
  readonly #crypto: CryptoProvider
  readonly #identity: Identity
  #share: KeyShare | undefined
  #network: Network | undefined

  /** `seed`: see `newIdentity`. */
  constructor(crypto: CryptoProvider, seed?: Uint8Array) {
    this.#crypto = crypto
    this.#identity = newIdentity(crypto, seed)
  }

  /** Makes a committee of one, or restores the share sealed earlier on this machine. @throws ENCLAVE_SEALED_STATE */
  generate({ sealingKey, sealed }: Request<"generate">) {
    if (this.#share !== undefined || this.#network !== undefined) throw enclaveErrors.make("ALREADY_CONFIGURED")
    const share = sealed === undefined ? dealKeyShares(1, 1)[0]! : openShare(this.#crypto, sealingKey, sealed)
    this.#share = share
    const { beaconKey, contractKey } = share
    return { beaconKey, contractKey, sealed: sealShare(this.#crypto, sealingKey, share) }
  }

  configure({ config }: Request<"configure">) {
    if (this.#network !== undefined) throw enclaveErrors.make("ALREADY_CONFIGURED")
    checkConfig(config)
    const { beaconKey, contractKey, threshold, managers } = this.#keyShare()
    const isOurs =
      equalBytes(config.beaconKey, beaconKey) &&
      equalBytes(config.contractKey, contractKey) &&
      config.keyThreshold === threshold &&
      config.keyManagers === managers
    if (!isOurs) throw enclaveErrors.make("BAD_CONFIG", { why: "its committee is another than this share's" })
    const domain = domainOf(config, this.#crypto)
    const headers = new TrustedHeaders(config.depth)
    this.#network = Object.freeze({ config, domain, headers, trust: witnessTrust(config) })
    return this.#identity.public
  }

  report(_request: Request<"report">) {
    const { config, domain } = this.#configured()
    const { public: shown } = this.#identity
    const report = { role: "keyManager", operator: NO_OPERATOR, ...shown, trustHash: trustHash(config) } as const
    return { reportData: reportData(domain, report) }
  }

  advance({ proof }: Request<"advance">): ViewStatus {
    const { config, headers } = this.#configured()
    const chain = this.#open(proof)
    const { epoch }: EpochState = readProven(epochStateClaim(), chain)
    headers.accept(chain.header, chain.confirmations)
    const { number, hash } = chain.header
    const length = BigInt(config.epochLengthBlocks)
    const nextScheduledStart = scheduledStart(number, length) + length
    return { blockNumber: number, blockHash: hash, confirmations: chain.confirmations, epoch, nextScheduledStart }
  }

  /**
   * Never two beacons of one epoch and height: `TrustedHeaders` remembers a height's hash for as long as a beacon may be
   * asked for it. @throws ENCLAVE_BEACON_HEIGHT, ENCLAVE_HEADER_FORKED
   */
  beacon({ proof }: Request<"beacon">) {
    const { config, headers } = this.#configured()
    const { managerIndex, beaconShare } = this.#keyShare()
    const chain = this.#open(proof)
    const { header, confirmations } = chain
    const epoch = readProven(epochStateClaim(), chain).epoch + 1
    const message = this.#beaconMessage(chain, config, epoch)
    headers.accept(header, confirmations, MAX_BEACON_LAG_BLOCKS)
    return { managerIndex, epoch, partial: blsSign(message, beaconShare, utf8Bytes(BEACON_DST)) }
  }

  /** PROTOCOL §7.7. @throws VERIFY_* with what does not hold */
  releaseKeys(bundle: Request<"releaseKeys">) {
    const { domain, config, headers } = this.#configured()
    const { managerIndex, contractShare } = this.#keyShare()
    const chain = this.#open(bundle.proof)
    const grant = readProven(keyRequestClaim(config, bundle, chain.header.timestampS), chain)
    headers.accept(chain.header, chain.confirmations, MAX_REQUEST_LAG_BLOCKS)
    const partials = grant.messages.map((message) => compressG1(blsSign(message, contractShare, utf8Bytes(PRF_DST))))
    const newest = headers.newest!
    const plaintext = encode(KeyAnswerCodec, {
      managerIndex,
      partials,
      newestBlock: newest.number,
      newestHash: newest.hash,
    })
    const associatedData = keyAnswerAad(domain, bundle.request)
    const ephemeral = this.#crypto.x25519KeyPair()
    const shared = this.#crypto.x25519SharedSecret(ephemeral.secretKey, grant.encryptionKey)
    const { key, nonce } = keyAnswerSealing(domain, shared, ephemeral.publicKey, grant.encryptionKey, associatedData)
    const ciphertext = this.#crypto.aes256GcmSeal({ key, nonce, associatedData }, plaintext)
    for (const secret of [shared, key, ephemeral.secretKey]) secret.wipe()
    for (const bytes of [plaintext, ...partials]) bytes.fill(0)
    return { version: 1, ephemeralKey: ephemeral.publicKey, ciphertext }
  }

  wipe(): void {
    this.#share?.beaconShare.wipe()
    this.#share?.contractShare.wipe()
    this.#identity.signingKey.wipe()
    this.#identity.recipient.secretKey.wipe()
  }

  #beaconMessage(chain: ChainView, config: NetworkConfig, epoch: number): Uint8Array {
    try {
      return readProven(beaconMessageClaim(config, chain.header, epoch), chain)
    } catch (error) {
      if (verifyErrors.is(error, "WRONG_BLOCK"))
        throw enclaveErrors.make("BEACON_HEIGHT", { block: chain.header.number }, { cause: error })
      throw error
    }
  }

  #open(proof: Request<"advance">["proof"]): ChainView {
    const { config, trust } = this.#configured()
    return openChainProof(proof, config.enigma, trust)
  }

  #keyShare(): KeyShare {
    if (this.#share === undefined) throw enclaveErrors.make("NO_SHARE")
    return this.#share
  }

  #configured(): Network {
    if (this.#network === undefined) throw enclaveErrors.make("NOT_CONFIGURED")
    return this.#network
  }
}
