/** What this process has found about public signatures, for test networks that are set back and started over in one process. */
import { bigintToBytes, concatBytes, toHex } from "@enigma-discovery/protocol"
import { keccak256 } from "./hash.ts"

let known: Map<string, unknown> | undefined
const MAX_KNOWN = 1_024

/**
 * From now on a signature that this process found valid is not checked again, nor its signer recovered. What a signature is worth
 * does not change, and only hashes and addresses are kept.
 */
export function rememberValidSignatures(): void {
  known ??= new Map()
}

/** What `check` found of exactly these parts; undefined, and what it throws, is not remembered. */
export function remembered<T>(kind: string, parts: readonly Uint8Array[], check: () => T | undefined): T | undefined {
  if (known === undefined) return check()
  const name = kind + digestOf(parts)
  if (known.has(name)) return known.get(name) as T
  const found = check()
  if (found !== undefined) known.set(name, found)
  if (known.size > MAX_KNOWN) known.delete(known.keys().next().value as string)
  return found
}

/** Of all that decides, each part with its length, so that no two sets of parts have one digest. */
const digestOf = (parts: readonly Uint8Array[]): string =>
  toHex(keccak256(concatBytes(...parts.flatMap((part) => [bigintToBytes(BigInt(part.length), 4), part]))))
