/** Headers that enough witnesses have signed (PROTOCOL §7.5), as they come by gossip. */
import { recoverAddress } from "@enigma-discovery/crypto"
import {
  concatBytes,
  type HeaderAttestation,
  type Hex,
  headerTopic,
  type NetworkConfig,
  toHex,
} from "@enigma-discovery/protocol"
import { type BlockHeader, parseBlockHeader, witnessDigest } from "@enigma-discovery/verify"
import type { Gossip, Verdict } from "../p2p/gossip.ts"

/** A header with the witnesses' word on it. */
export interface TrustedHeader {
  readonly number: number
  readonly hash: Uint8Array
  readonly timestampS: number
  readonly rlp: Uint8Array
  readonly confirmations: number
  readonly signatures: readonly Uint8Array[]
}

export interface HeaderFeed {
  /** The newest header with at least `depth` confirmations. */
  newest(): TrustedHeader | undefined
  /** A header by number, with the most confirmations known. */
  at(number: number): TrustedHeader | undefined
  /** Newest block that a pinned witness has seen, at whatever depth. */
  seen(): number
  /** Called when `newest` has become newer, or an earlier header more confirmed. */
  onTrusted(listener: (header: TrustedHeader) => void): void
  /** An attestation that did not come by gossip: this process's own, or a peer's answer. */
  submit(attestation: HeaderAttestation): Verdict
}

/** Headers kept, by number, below the newest: more than the window in which an epoch may be opened (250 blocks). */
const KEEP_BLOCKS = 512
/** Attested headers that wait for further witnesses; the earliest to come goes first. */
const MAX_ENTRIES = 4_096

/** Signers of the latest attestations: a millisecond each, and the same one comes from several peers, or to several nodes of a process. */
const recovered = new Map<string, Hex>()
const MAX_RECOVERED = 1_024

function signerOf(digest: Uint8Array, signature: Uint8Array): Hex {
  const key = toHex(concatBytes(digest, signature))
  const signer = recovered.get(key) ?? toHex(recoverAddress(digest, signature))
  recovered.set(key, signer)
  if (recovered.size > MAX_RECOVERED) recovered.delete(recovered.keys().next().value as string)
  return signer
}

interface Entry {
  readonly header: BlockHeader
  readonly rlp: Uint8Array
  readonly confirmations: number
  readonly signatures: Map<Hex, Uint8Array>
}

export function createHeaderFeed(network: NetworkConfig, gossip: Gossip): HeaderFeed {
  const pinned = new Set(network.witnesses.map(toHex))
  const entries = new Map<string, Entry>()
  const trusted = new Map<number, TrustedHeader>()
  const listeners: ((header: TrustedHeader) => void)[] = []
  let newest: TrustedHeader | undefined
  let seen = 0

  const keyOf = (header: BlockHeader, confirmations: number) =>
    `${header.number}/${toHex(header.hash)}/${confirmations}`

  /** Below this nothing is kept. It follows what enough witnesses signed: a single one of several can't move it. */
  const floor = () => (newest?.number ?? 0) - KEEP_BLOCKS

  function forgetOld(): void {
    const least = floor()
    for (const [key, entry] of entries) if (Number(entry.header.number) < least) entries.delete(key)
    for (const number of trusted.keys()) if (number < least) trusted.delete(number)
  }

  function remember(key: string, entry: Entry): void {
    entries.set(key, entry)
    if (entries.size > MAX_ENTRIES) entries.delete(entries.keys().next().value as string)
  }

  function trust(entry: Entry): void {
    const number = Number(entry.header.number)
    const known = trusted.get(number)
    if (entry.confirmations < network.depth || (known !== undefined && known.confirmations >= entry.confirmations))
      return
    const header: TrustedHeader = Object.freeze({
      number,
      hash: entry.header.hash,
      timestampS: Number(entry.header.timestampS),
      rlp: entry.rlp,
      confirmations: entry.confirmations,
      signatures: [...entry.signatures.values()],
    })
    trusted.set(number, header)
    if (newest === undefined || number > newest.number) {
      newest = header
      forgetOld()
    }
    for (const listener of listeners) listener(header)
  }

  function take({ header: rlp, confirmations, signature }: HeaderAttestation): Verdict {
    let header: BlockHeader
    let signer: Hex
    try {
      header = parseBlockHeader(rlp)
      signer = signerOf(witnessDigest(network.chainId, header, confirmations), signature)
    } catch {
      return "reject"
    }
    if (!pinned.has(signer)) return "reject"
    const number = Number(header.number)
    if (number < floor()) return "ignore"
    const key = keyOf(header, confirmations)
    const entry = entries.get(key) ?? { header, rlp, confirmations, signatures: new Map() }
    if (entry.signatures.has(signer)) return "ignore"
    entry.signatures.set(signer, signature)
    remember(key, entry)
    seen = Math.max(seen, number)
    if (entry.signatures.size >= network.witnessThreshold) trust(entry)
    return "accept"
  }

  gossip.subscribe(headerTopic(network.chainId), (message) =>
    message.type === "header" ? take(message.body) : "reject",
  )
  return {
    newest: () => newest,
    at: (number) => trusted.get(number),
    seen: () => seen,
    onTrusted: (listener) => void listeners.push(listener),
    submit: take,
  }
}
