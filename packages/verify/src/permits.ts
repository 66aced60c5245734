import { eip712Digest, keccak256, recoverAddress } from "@enigma-discovery/crypto"
import {
  equalBytes,
  isZero,
  methodsPreimage,
  PERMIT_TYPE,
  type Permit,
  permitStructPreimage,
  utf8Bytes,
} from "@enigma-discovery/protocol"
import { verifyErrors } from "./errors.ts"
import { enigmaDomainSeparator, type SigningDomain } from "./receipts.ts"

const PERMIT_TYPE_HASH = keccak256(utf8Bytes(PERMIT_TYPE))
const SELECTOR_BYTES = 4

/** What an account signs to let a key read in its name (PROTOCOL §6.6). */
export const permitDigest = (domain: SigningDomain, permit: Permit): Uint8Array =>
  eip712Digest(
    enigmaDomainSeparator(domain),
    keccak256(permitStructPreimage(PERMIT_TYPE_HASH, keccak256(methodsPreimage(permit.methods)), permit)),
  )

/** What a permit is used for. */
export interface PermitUse {
  readonly contract: Uint8Array
  /** X25519 key the answer goes to, 32 bytes. */
  readonly readerKey: Uint8Array
  readonly calldata: Uint8Array
  /** Unix seconds. */
  readonly nowS: bigint
}

/**
 * The account (20 bytes) that allows this use: contract, reader, time, method and arguments are all within the permit.
 * @throws VERIFY_PERMIT with what is not
 */
export function checkPermit(domain: SigningDomain, permit: Permit, signature: Uint8Array, use: PermitUse): Uint8Array {
  const refuse = (why: string) => verifyErrors.make("PERMIT", { why })
  const { contract, readerKey, expiryS, methods, argumentsHash } = permit
  if (!equalBytes(contract, use.contract)) throw refuse("it is for another contract")
  if (!equalBytes(readerKey, use.readerKey)) throw refuse("it is for another reader")
  if (expiryS <= use.nowS) throw refuse("it has expired")
  const selector = use.calldata.slice(0, SELECTOR_BYTES)
  if (methods.length > 0 && !methods.some((method) => equalBytes(method, selector))) throw refuse("another method")
  const argumentsFit = isZero(argumentsHash) || equalBytes(argumentsHash, keccak256(use.calldata.slice(SELECTOR_BYTES)))
  if (!argumentsFit) throw refuse("other arguments")
  try {
    return recoverAddress(permitDigest(domain, permit), signature)
  } catch {
    throw refuse("its signature is none")
  }
}
