/** Keys and who may have them (PROTOCOL §7). */
import { concatBytes, utf8Bytes, words } from "./bytes.ts"
import {
  address,
  bytes,
  type Decoded,
  fixed,
  hash,
  list,
  oneOf,
  signature,
  struct,
  u8,
  u16,
  u32,
  u64,
  version,
} from "./codec.ts"
import { MAX_WITNESSES } from "./limits.ts"
import { TAG } from "./tags.ts"

/** The two uses of the committee's contractKey. */
export const KEY_PURPOSE = { io: 1, state: 2 } as const
export type KeyPurpose = keyof typeof KEY_PURPOSE

/** §7.1: message that the committee's contractKey signs (as a PRF), 5 words. */
export const prfMessage = (
  purpose: KeyPurpose,
  chainId: bigint,
  enigma: Uint8Array,
  contract: Uint8Array,
  epoch: number,
): Uint8Array => words(purpose === "io" ? TAG.PRF_IO : TAG.PRF_STATE, chainId, enigma, contract, epoch)

/** §7.2: HKDF-SHA256 salt and infos over the 48-byte compressed G1 signature. `message` is the PRF message signed. */
export const PRF_SALT = utf8Bytes("enigma/1/prf")
export const PRF_INFO = {
  ioX25519: "enigma/1/io/x25519",
  ioRandom: "enigma/1/io/random",
  stateAead: "enigma/1/state/aead",
} as const
export const prfInfo = (use: keyof typeof PRF_INFO, messageHash: Uint8Array): Uint8Array =>
  concatBytes(utf8Bytes(PRF_INFO[use]), messageHash)

/**
 * §7.3: what an enclave is told of the network it serves. It is bound into the report data of its quote (as
 * `trustHash`), so an enclave that was told other witnesses or other group keys can't register.
 */
export const NetworkConfigCodec = struct("network config", {
  version: version("network config", 1),
  chainId: u64,
  enigma: address,
  epochLengthBlocks: u32,
  /** Confirmations a record needs before anything about it leaves an enclave. */
  depth: u16,
  /** Storage receipts a batch needs: min(this, other active workers). */
  storageReceipts: u8,
  witnessThreshold: u8,
  witnesses: list(address, MAX_WITNESSES),
  keyThreshold: u8,
  keyManagers: u8,
  /** BLS12-381 G2 public keys, EIP-2537 encoding. */
  beaconKey: fixed(256, "beacon key"),
  contractKey: fixed(256, "contract key"),
  /** Blocks after which anyone may settle a record: from 2 to 60 epoch lengths (the epoch ring must still know its epoch). */
  expiryBlocks: u32,
  /** Blocks after its record from which an envelope that never arrived is InputsMissing. */
  inputsGraceBlocks: u16,
  /** SHA-256 of the key-manager program. */
  keyManagerMeasurement: hash,
})
export type NetworkConfig = Decoded<typeof NetworkConfigCodec>

/** §7.3: trustHash = keccak256 of 14 words; the three hashes are Keccak-256 of the beacon key, contract key and of the witnesses' words. */
export const trustPreimage = (
  c: NetworkConfig,
  beaconKeyHash: Uint8Array,
  contractKeyHash: Uint8Array,
  witnessesHash: Uint8Array,
): Uint8Array =>
  words(
    TAG.TRUST,
    c.version,
    beaconKeyHash,
    contractKeyHash,
    c.keyThreshold,
    c.keyManagers,
    c.witnessThreshold,
    witnessesHash,
    c.depth,
    c.storageReceipts,
    c.epochLengthBlocks,
    c.expiryBlocks,
    c.inputsGraceBlocks,
    c.keyManagerMeasurement,
  )
export const witnessesPreimage = (c: NetworkConfig): Uint8Array => words(...c.witnesses)

/** Roles in report data. */
export const ENCLAVE_ROLE = { worker: 1, keyManager: 2 } as const
/** §7.4: report data of a quote, 8 words. */
export const reportPreimage = (
  chainId: bigint,
  enigma: Uint8Array,
  role: number,
  operator: Uint8Array,
  signer: Uint8Array,
  encryptionKey: Uint8Array,
  trustHash: Uint8Array,
): Uint8Array => words(TAG.REPORT, chainId, enigma, role, operator, signer, encryptionKey, trustHash)

/** §7.4: dev quote, 141 bytes, signed by the dev root over keccak256 of `quotePreimage`. */
export const DevQuoteCodec = struct("dev quote", {
  version: version("quote", 1),
  kind: oneOf("quote kind", [1]),
  measurement: hash,
  securityVersion: u16,
  issuedAtS: u64,
  reportData: hash,
  signature,
})
export type DevQuote = Decoded<typeof DevQuoteCodec>
export const quotePreimage = (
  q: Pick<DevQuote, "measurement" | "securityVersion" | "issuedAtS" | "reportData">,
): Uint8Array => words(TAG.QUOTE, q.measurement, q.securityVersion, q.issuedAtS, q.reportData)

/** §7.5: a witness's word on a header: that it stands under at least `confirmations` later blocks. 5 words. */
export const witnessPreimage = (
  chainId: bigint,
  blockNumber: bigint,
  blockHash: Uint8Array,
  confirmations: number,
): Uint8Array => words(TAG.WITNESS, chainId, blockNumber, blockHash, confirmations)

/** §7.6: key statement, 6 words: the drawn worker's enclave says which key a contract's inputs are encrypted to. */
export const keyStatementPreimage = (
  chainId: bigint,
  enigma: Uint8Array,
  contract: Uint8Array,
  epoch: number,
  ioPublicKey: Uint8Array,
): Uint8Array => words(TAG.KEY_STATEMENT, chainId, enigma, contract, epoch, ioPublicKey)
export const KeyStatementCodec = struct("key statement", {
  contract: address,
  epoch: u32,
  ioPublicKey: hash,
  workerId: u32,
  signature,
})
export type KeyStatement = Decoded<typeof KeyStatementCodec>

/** §7.7: what a worker enclave asks of key managers. The answer is sealed to its attested key, so it needs no secret. */
export const KeyRequestCodec = struct("key request", {
  version: version("key request", 1),
  workerId: u32,
  contract: address,
  epoch: u32,
  wanted: list(struct("wanted key", { purpose: oneOf("key purpose", [1, 2]), epoch: u32 }), 80),
})
export type KeyRequest = Decoded<typeof KeyRequestCodec>

/** §7.7: plaintext of an answer: partial signatures in the order wanted, and the newest header the manager knows. */
export const KeyAnswerCodec = struct("key answer", {
  managerIndex: u8,
  partials: list(fixed(48, "partial signature"), 80),
  newestBlock: u64,
  newestHash: hash,
})
export type KeyAnswer = Decoded<typeof KeyAnswerCodec>
/** §7.7: sealed answer: ephemeral X25519 key and AES-256-GCM ciphertext under HKDF(shared, salt = both public keys). */
export const SealedKeyAnswerCodec = struct("sealed key answer", {
  version: version("sealed key answer", 1),
  ephemeralKey: hash,
  ciphertext: bytes(16_384, "sealed key answer"),
})
export type SealedKeyAnswer = Decoded<typeof SealedKeyAnswerCodec>
/** Associated data of the answer: keccak256 of 4 words, the last the Keccak-256 of the encoded request. */
export const keyAnswerAadPreimage = (chainId: bigint, enigma: Uint8Array, requestHash: Uint8Array): Uint8Array =>
  words(TAG.KEY_ANSWER, chainId, enigma, requestHash)
export const KEY_ANSWER_INFO = utf8Bytes("enigma/1/key-answer")
