/** Task records and their queue (PROTOCOL §2). Pure preimages: hashing is the caller's, with Keccak-256. */
import { words } from "./bytes.ts"
import { address, type Decoded, hash, struct, u8, u64, u128 } from "./codec.ts"
import { protocolErrors } from "./errors.ts"
import { TAG } from "./tags.ts"

/** Bits of a record's flags. */
export const RECORD_FLAG = { INLINE_INPUTS: 1, DEPLOYMENT: 2, RELAYED: 4 } as const

/** Everything a leaf commits to. Amounts in grains (1e-8 ENG), `amount` in the token's smallest unit. */
export const TaskRecordCodec = struct("task record", {
  sender: address,
  inputsHash: hash,
  gasLimit: u64,
  gasPriceGrains: u64,
  callbackGas: u64,
  callbackPriceGrains: u64,
  flags: u8,
  token: address,
  amount: u128,
  blockNumber: u64,
  timestampS: u64,
})
export type TaskRecord = Decoded<typeof TaskRecordCodec>

/** A record at its place: `cumLockedGrains` is the sum locked by this and all earlier records of the contract. */
export const QueuedRecordCodec = struct("queued record", { record: TaskRecordCodec, cumLockedGrains: u64 })
export type QueuedRecord = Decoded<typeof QueuedRecordCodec>

/** §2.1: leaf = keccak256(preimage), 12 words. */
export const leafPreimage = (r: TaskRecord): Uint8Array =>
  words(
    TAG.LEAF,
    r.sender,
    r.inputsHash,
    r.gasLimit,
    r.gasPriceGrains,
    r.callbackGas,
    r.callbackPriceGrains,
    r.flags,
    r.token,
    r.amount,
    r.blockNumber,
    r.timestampS,
  )

/** §2.2: the link before the first, 4 words. It binds every later link to one chain, one Enigma and one contract. */
export const genesisLinkPreimage = (chainId: bigint, enigma: Uint8Array, contract: Uint8Array): Uint8Array =>
  words(TAG.QUEUE, chainId, enigma, contract)

/** §2.2: link_i = keccak256(link_{i-1}, leaf_i, i, cumLocked_i), 4 words; also the task id. `index` counts from 0. */
export const linkPreimage = (
  previousLink: Uint8Array,
  leaf: Uint8Array,
  index: bigint | number,
  cumLockedGrains: bigint,
): Uint8Array => words(previousLink, leaf, index, cumLockedGrains)

/** §2.4: salt of a contract's account, 4 words. */
export const accountSaltPreimage = (deployer: Uint8Array, codeHash: Uint8Array, userSalt: Uint8Array): Uint8Array =>
  words(TAG.SALT, deployer, codeHash, userSalt)

/** §2.5: a record's terms as they stand in calldata (flags, lockedGrains, index zero) and in events. */
export interface TaskTerms {
  readonly gasLimit: bigint
  readonly gasPriceGrains: bigint
  readonly callbackGas: bigint
  readonly callbackPriceGrains: bigint
  readonly flags: number
  readonly lockedGrains: bigint
  readonly index: number
}
const TERMS_FIELDS = [
  ["gasLimit", 48n],
  ["gasPriceGrains", 40n],
  ["callbackGas", 32n],
  ["callbackPriceGrains", 40n],
  ["flags", 8n],
  ["lockedGrains", 40n],
  ["index", 32n],
] as const
/** @throws PROTOCOL_OUT_OF_RANGE when a field does not fit its bits. */
export function packTerms(terms: TaskTerms): bigint {
  let word = 0n
  let shift = 0n
  for (const [name, bits] of TERMS_FIELDS) {
    const value = BigInt(terms[name])
    const max = (1n << bits) - 1n
    if (value < 0n || value > max) throw protocolErrors.make("OUT_OF_RANGE", { what: name, got: value, min: 0, max })
    word |= value << shift
    shift += bits
  }
  return word
}
/** @throws PROTOCOL_OUT_OF_RANGE when a bit above the fields is set. */
export function unpackTerms(word: bigint): TaskTerms {
  const max = (1n << 240n) - 1n
  if (word < 0n || word > max) throw protocolErrors.make("OUT_OF_RANGE", { what: "terms", got: word, min: 0, max })
  const values: Record<string, bigint> = {}
  let rest = word
  for (const [name, bits] of TERMS_FIELDS) {
    values[name] = rest & ((1n << bits) - 1n)
    rest >>= bits
  }
  const { flags, index, ...amounts } = values as Record<(typeof TERMS_FIELDS)[number][0], bigint>
  return { ...amounts, flags: Number(flags), index: Number(index) }
}

/** Locked for a record besides the base fee: gas and callback gas at their prices. */
export const gasLockGrains = (
  r: Pick<TaskRecord, "gasLimit" | "gasPriceGrains" | "callbackGas" | "callbackPriceGrains">,
): bigint => r.gasLimit * r.gasPriceGrains + r.callbackGas * r.callbackPriceGrains
