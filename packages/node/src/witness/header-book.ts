/** Headers that enough witnesses signed (PROTOCOL §7.5), as they arrive: what a proof for an enclave stands on. */
import { keccak256, recoverAddress } from "@enigma-discovery/crypto"
import { equalBytes, type HeaderAttestation, type NetworkConfig, type SignedHeader, toHex } from "@enigma-discovery/protocol"
import { type BlockHeader, parseBlockHeader, witnessDigest } from "@enigma-discovery/verify"
import type { Logger } from "../log.ts"
import type { Verdict } from "../p2p/gossip.ts"

/** A header with the signatures of exactly as many witnesses as the network asks for. */
export interface TrustedHeader {
  readonly header: BlockHeader
  /** The header itself and its signatures, as a chain proof carries them. */
  readonly signed: SignedHeader
}

export interface HeaderBook {
  /** reject: no header, or not signed by a witness. ignore: of no use here. accept: kept, or held already. */
  take(attestation: HeaderAttestation): Verdict
  /** The newest header with this many confirmations: 0, or the network's depth. */
  newest(confirmations: number): TrustedHeader | undefined
  at(blockNumber: bigint, confirmations: number): TrustedHeader | undefined
  /** Calls with each header when its last needed signature has come. Returns what ends it. */
  onTrusted(listener: (header: TrustedHeader) => void): () => void
}

export interface HeaderBookOptions {
  readonly network: Pick<NetworkConfig, "chainId" | "witnesses" | "witnessThreshold" | "depth">
  readonly log: Logger
}

/** Headers kept for each number of confirmations: more than the window in which an epoch may be opened (250 blocks). */
export const KEPT_HEADERS = 512

interface Entry {
  readonly header: BlockHeader
  readonly rlp: Uint8Array
  /** By the witness's address. */
  readonly signatures: Map<string, Uint8Array>
}

interface Level {
  readonly confirmations: number
  /** By block hash, in the order of arrival. */
  readonly entries: Map<string, Entry>
  newest: TrustedHeader | undefined
}

export function createHeaderBook({ network, log }: HeaderBookOptions): HeaderBook {
  const { chainId, witnessThreshold, depth } = network
  const witnesses = new Set<string>(network.witnesses.map(toHex))
  const levels = new Map(
    [0, depth].map((confirmations): [number, Level] => [
      confirmations,
      { confirmations, entries: new Map(), newest: undefined },
    ]),
  )
  const listeners = new Set<(header: TrustedHeader) => void>()

  const trusted = ({ header, rlp, signatures }: Entry, confirmations: number): TrustedHeader | undefined =>
    signatures.size < witnessThreshold
      ? undefined
      : Object.freeze({
          header,
          signed: Object.freeze({
            header: rlp,
            confirmations,
            signatures: Object.freeze([...signatures.values()].slice(0, witnessThreshold)),
          }),
        })

  /** At depth the first to be trusted stays: a second one at its height is a witness's fault. A head may be replaced. */
  function supersedes(level: Level, { header }: TrustedHeader): boolean {
    const newest = level.newest?.header
    if (newest === undefined || header.number > newest.number) return true
    if (header.number < newest.number) return false
    if (level.confirmations < depth) return true
    log.error("witnesses signed two blocks of one height", { block: header.number, confirmations: level.confirmations })
    return false
  }

  function admit(level: Level, found: TrustedHeader): void {
    if (supersedes(level, found)) level.newest = found
    for (const listener of listeners) listener(found)
  }

  function entryFor(level: Level, hash: string, header: BlockHeader, rlp: Uint8Array): Entry {
    const known = level.entries.get(hash)
    if (known !== undefined) return known
    const entry: Entry = { header, rlp, signatures: new Map() }
    level.entries.set(hash, entry)
    if (level.entries.size > KEPT_HEADERS) level.entries.delete(level.entries.keys().next().value as string)
    return entry
  }

  return {
    take({ header: rlp, confirmations, signature }) {
      const level = levels.get(confirmations)
      if (level === undefined) return "ignore"
      const hash = toHex(keccak256(rlp))
      for (const held of level.entries.get(hash)?.signatures.values() ?? [])
        if (equalBytes(held, signature)) return "accept"
      let header: BlockHeader
      let signer: string
      try {
        header = parseBlockHeader(rlp)
        signer = toHex(recoverAddress(witnessDigest(chainId, header, confirmations), signature))
      } catch {
        return "reject"
      }
      if (!witnesses.has(signer)) return "reject"
      if (header.number + BigInt(KEPT_HEADERS) <= (level.newest?.header.number ?? 0n)) return "ignore"
      const entry = entryFor(level, hash, header, rlp)
      const before = entry.signatures.size
      entry.signatures.set(signer, signature)
      const found = before < witnessThreshold ? trusted(entry, confirmations) : undefined
      if (found !== undefined) admit(level, found)
      return "accept"
    },
    newest: (confirmations) => levels.get(confirmations)?.newest,
    at(blockNumber, confirmations) {
      const level = levels.get(confirmations)
      const found = [...(level?.entries.values() ?? [])]
        .filter(({ header }) => header.number === blockNumber)
        .map((entry) => trusted(entry, confirmations))
        .filter((header) => header !== undefined)
      return confirmations < depth ? found.at(-1) : found[0]
    },
    onTrusted(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
