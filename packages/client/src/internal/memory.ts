import type { SecretKey } from "@enigma-discovery/crypto"
import type { Hex } from "@enigma-discovery/protocol"
import type { VerifiedKey } from "../contract-key.ts"
import type { Parameters } from "../network.ts"
import type { ReadPermit } from "../permits.ts"

/** What a client has checked and need not ask again. A failure is never remembered. */
export interface Memory {
  network: Promise<void> | undefined
  parameters: Promise<Parameters> | undefined
  /** By contract: its key in the newest epoch seen. */
  readonly keys: Map<Hex, VerifiedKey>
  /** By contract: Keccak-256 of its code. An account's code never changes. */
  readonly codeHashes: Map<Hex, Uint8Array>
  /** By "contract epoch": the drawn worker. A draw does not move within its epoch. */
  readonly draws: Map<string, DrawnSigner>
  /** By "account contract": permits signed for queries, or being signed. A failed signing is forgotten. */
  readonly permits: Map<string, Promise<ReadPermit>>
  /** By account: the storage key its wallet derives. */
  readonly storageKeys: Map<Hex, Promise<SecretKey>>
  /** "signer nonce" of the orders signed here: parallel orders must not share a nonce. */
  readonly orderNonces: Set<string>
}
export interface DrawnSigner {
  readonly workerId: number
  /** 20 bytes. */
  readonly signer: Uint8Array
}

export const createMemory = (): Memory => ({
  network: undefined,
  parameters: undefined,
  keys: new Map(),
  codeHashes: new Map(),
  draws: new Map(),
  permits: new Map(),
  storageKeys: new Map(),
  orderNonces: new Set(),
})

/** Runs once; a failure is forgotten, so that the next caller tries again. */
export function once<K extends "network" | "parameters">(
  memory: Memory,
  key: K,
  run: () => NonNullable<Memory[K]>,
): NonNullable<Memory[K]> {
  const known = memory[key]
  if (known !== undefined) return known
  const started = run()
  memory[key] = started
  started.catch(() => {
    memory[key] = undefined
  })
  return started
}
