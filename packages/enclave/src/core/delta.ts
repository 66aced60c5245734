import { cryptoErrors, keccak256, SecretKey } from "@enigma-discovery/crypto"
import {
  type Change,
  ChangesCodec,
  DELTA_KIND,
  type Delta,
  DeltaCodec,
  type DeltaHeader,
  DeltaHeaderCodec,
  decode,
  deltaAadPreimage,
  deltaNoncePreimage,
  encode,
  keyWrapPreimage,
  MAX_DELTA_BYTES,
  pad,
  protocolErrors,
  SIZE_CLASSES_BYTES,
  unpad,
} from "@enigma-discovery/protocol"
import type { ContractKeys } from "./contract-keys.ts"
import type { Domain } from "./domain.ts"
import type { StateChange } from "./state-map.ts"

const NONCE_BYTES = 12
/** What the codec puts before the ciphertext. */
const LENGTH_BYTES = 4
const LARGEST_PADDED_BYTES = SIZE_CLASSES_BYTES.at(-1)!

/** Where a delta stands: what it follows and which key seals it. */
export interface DeltaPosition {
  readonly contract: Uint8Array
  readonly keyEpoch: number
  readonly index: number
  readonly taskId: Uint8Array
  readonly previousHead: Uint8Array
  /** Epoch whose key sealed the delta before this one; undefined for a contract's first. */
  readonly previousKeyEpoch: number | undefined
}

/**
 * Seals a task's changes (PROTOCOL §6.4): the same changes at the same place give the same bytes. Undefined when they are
 * more than a delta may hold, which makes the task fail. @throws ENCLAVE_KEYS_MISSING
 */
export function sealDelta(
  domain: Domain,
  keys: ContractKeys,
  position: DeltaPosition,
  changes: readonly StateChange[],
): Uint8Array | undefined {
  const { contract, keyEpoch, index, taskId, previousHead } = position
  const wrapped = wrapPreviousKey(domain, keys, position)
  const kind = DELTA_KIND.delta
  return sealLink(domain, keys, contract, { version: 1, kind, keyEpoch, index, previousHead, taskId, wrapped }, changes)
}

/** Seals the changes of any link; the header's public entries follow from them. Undefined when they do not fit. */
export function sealLink(
  { chainId, enigma, crypto }: Domain,
  keys: ContractKeys,
  contract: Uint8Array,
  place: Omit<DeltaHeader, "publicEntries">,
  changes: readonly StateChange[],
): Uint8Array | undefined {
  const header: DeltaHeader = { ...place, publicEntries: publicChanges(changes) }
  let plaintext: Uint8Array
  let encodedHeader: Uint8Array
  try {
    encodedHeader = encode(DeltaHeaderCodec, header)
    plaintext = pad(encode(ChangesCodec, changes.map(changeOf)), "delta")
  } catch (error) {
    if (protocolErrors.is(error, "TOO_LARGE") || protocolErrors.is(error, "OUT_OF_RANGE")) return undefined
    throw error
  }
  const associatedData = keccak256(deltaAadPreimage(chainId, enigma, contract, encodedHeader))
  const nonce = deltaNonce(contract, header)
  const ciphertext = crypto.aes256GcmSivSeal({ key: keys.state(header.keyEpoch), nonce, associatedData }, plaintext)
  const sealed = encode(DeltaCodec, { header, ciphertext })
  return sealed.length > MAX_DELTA_BYTES ? undefined : sealed
}

/** A delta's bytes, and what they decode to. */
export interface ReadDelta {
  readonly sealed: Uint8Array
  readonly delta: Delta
}

/** The changes in a delta, or undefined when it does not open under the key of its epoch. @throws ENCLAVE_KEYS_MISSING */
export function openDelta(
  { chainId, enigma, crypto }: Domain,
  keys: ContractKeys,
  contract: Uint8Array,
  { sealed, delta: { header, ciphertext } }: ReadDelta,
): readonly Change[] | undefined {
  const key = keys.state(header.keyEpoch)
  // A value has one encoding, so the header's is what stands before the ciphertext.
  const encodedHeader = sealed.subarray(0, sealed.length - ciphertext.length - LENGTH_BYTES)
  const associatedData = keccak256(deltaAadPreimage(chainId, enigma, contract, encodedHeader))
  try {
    const padded = crypto.aes256GcmSivOpen({ key, nonce: deltaNonce(contract, header), associatedData }, ciphertext)
    return decode(ChangesCodec, unpad(padded, "delta"), LARGEST_PADDED_BYTES)
  } catch (error) {
    if (cryptoErrors.is(error, "OPEN_FAILED")) return undefined
    throw error
  }
}

/** Unwraps the key of the epoch before from a delta's header, if that is of use. False when it does not open. */
export function followWrappedKey(
  domain: Domain,
  keys: ContractKeys,
  contract: Uint8Array,
  { keyEpoch, wrapped }: Pick<DeltaHeader, "keyEpoch" | "wrapped">,
): boolean {
  if (wrapped === undefined || keys.has("state", wrapped.keyEpoch) || !keys.has("state", keyEpoch)) return true
  const parameters = wrapParameters(domain, keys, contract, keyEpoch, wrapped.keyEpoch)
  try {
    keys.addStateKey(wrapped.keyEpoch, SecretKey.take(domain.crypto.aes256GcmSivOpen(parameters, wrapped.sealed)))
    return true
  } catch (error) {
    if (cryptoErrors.is(error, "OPEN_FAILED")) return false
    throw error
  }
}

function wrapPreviousKey(domain: Domain, keys: ContractKeys, position: DeltaPosition): DeltaHeader["wrapped"] {
  const { contract, keyEpoch, previousKeyEpoch } = position
  if (previousKeyEpoch === undefined || previousKeyEpoch === keyEpoch) return undefined
  const parameters = wrapParameters(domain, keys, contract, keyEpoch, previousKeyEpoch)
  const sealed = keys.state(previousKeyEpoch).expose((previous) => domain.crypto.aes256GcmSivSeal(parameters, previous))
  return { keyEpoch: previousKeyEpoch, sealed }
}

function wrapParameters(
  { chainId, enigma }: Domain,
  keys: ContractKeys,
  contract: Uint8Array,
  keyEpoch: number,
  previousEpoch: number,
) {
  const associatedData = keyWrapPreimage(chainId, enigma, contract, keyEpoch, previousEpoch)
  return { key: keys.state(keyEpoch), nonce: keccak256(associatedData).slice(0, NONCE_BYTES), associatedData }
}

const deltaNonce = (contract: Uint8Array, header: DeltaHeader): Uint8Array =>
  keccak256(deltaNoncePreimage(contract, header)).slice(0, NONCE_BYTES)

/** A removed entry is marked as public when what it removes was. */
export const changeOf = ({ key, before, after }: StateChange): Change => ({
  key,
  value: after?.value,
  isPublic: (after ?? before)!.isPublic,
})

/** Public entries as they are now; one that became private or went away stands there without a value. */
export const publicChanges = (changes: readonly StateChange[]): readonly Change[] =>
  changes
    .filter(({ before, after }) => before?.isPublic === true || after?.isPublic === true)
    .map(({ key, after }) => ({ key, value: after?.isPublic === true ? after.value : undefined, isPublic: true }))
