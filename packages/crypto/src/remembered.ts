/** What this process has found about public signatures, for test networks that are set back and started over in one process. */
import { bigintToBytes, concatBytes, toHex } from "@enigma-discovery/protocol"
import { keccak256 } from "./hash.ts"
import { type KeyInput, SecretKey, withKeyBytes } from "./secret-key.ts"

let known: Map<string, unknown> | undefined
const MAX_KNOWN = 1_024
/** Public keys of secrets that are no secrets, by the secret's hash. */
const publicKeys = new Map<string, Uint8Array>()

/**
 * From now on a signature that this process made or found valid is not checked again, nor its signer recovered. What a signature is
 * worth does not change, and only hashes and addresses are kept. One that came about in any other way is checked as ever.
 */
export function rememberValidSignatures(): void {
  known ??= new Map()
}

/**
 * The public key of a BLS secret that all may know, so that what is signed with it in this process needs no pairing. The caller
 * answers for the two belonging together.
 */
export function rememberBlsKeyPair(secretKey: KeyInput, publicKey: Uint8Array): void {
  publicKeys.set(nameOf(secretKey), publicKey.slice())
}

/** @internal For `blsSign`. */
export const rememberedPublicKey = (secretKey: KeyInput): Uint8Array | undefined =>
  known === undefined || publicKeys.size === 0 ? undefined : publicKeys.get(nameOf(secretKey))

const nameOf = (secretKey: KeyInput): string => withKeyBytes(secretKey, (bytes) => toHex(keccak256(bytes)))

/** @internal Who signs with an owned key need not be recovered. */
export const isRemembering = (key: KeyInput): key is SecretKey => known !== undefined && key instanceof SecretKey

/** @internal What is true of these parts without a check: they were made here. */
export function remember(kind: string, parts: readonly Uint8Array[], found: unknown): void {
  if (known !== undefined) keep(known, kind + digestOf(parts), found)
}

function keep(all: Map<string, unknown>, name: string, found: unknown): void {
  all.set(name, found)
  if (all.size > MAX_KNOWN) all.delete(all.keys().next().value as string)
}

/** What `check` found of exactly these parts; undefined, and what it throws, is not remembered. */
export function remembered<T>(kind: string, parts: readonly Uint8Array[], check: () => T | undefined): T | undefined {
  if (known === undefined) return check()
  const name = kind + digestOf(parts)
  if (known.has(name)) return known.get(name) as T
  const found = check()
  if (found !== undefined) keep(known, name, found)
  return found
}

/** Of all that decides, each part with its length, so that no two sets of parts have one digest. */
const digestOf = (parts: readonly Uint8Array[]): string =>
  toHex(keccak256(concatBytes(...parts.flatMap((part) => [bigintToBytes(BigInt(part.length), 4), part]))))
