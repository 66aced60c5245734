/**
 * Envelopes that wait for their record, or have one. What nobody recorded is bounded for each source, so that a flood drives out
 * only the flooder's own; what is recorded stays until it is resolved.
 */
import { keccak256 } from "@enigma-discovery/crypto"
import { decodeEnvelope, type Hex, toHex } from "@enigma-discovery/protocol"
import { createMutex } from "../internal/mutex.ts"
import type { Tables } from "../store/tables.ts"

export interface PoolBounds {
  /** Unrecorded envelopes and their bytes, for each peer and for all. */
  readonly perSource: number
  readonly perSourceBytes: number
  readonly totalBytes: number
  /** Unrecorded envelopes are dropped after this time, milliseconds. */
  readonly keepMs: number
}
export const POOL_BOUNDS: PoolBounds = {
  perSource: 256,
  perSourceBytes: 16_777_216,
  totalBytes: 268_435_456,
  keepMs: 1_800_000,
}

export type AddOutcome = "added" | "known" | "malformed"

export interface EnvelopePool {
  add(source: string, contract: Uint8Array, sender: Uint8Array, envelope: Uint8Array): Promise<AddOutcome>
  get(inputsHash: Uint8Array): Promise<Uint8Array | undefined>
  has(inputsHash: Uint8Array): boolean
  /** A record names it: it stays, whatever comes. */
  pin(inputsHash: Uint8Array): void
  /** Its record is resolved, or gone. */
  unpin(inputsHash: Uint8Array): void
  /** Unrecorded envelopes of a contract that has just appeared, to be gossiped to its new topic. */
  ofContract(contract: Uint8Array): Promise<readonly { sender: Uint8Array; envelope: Uint8Array }[]>
  stats(): { readonly envelopes: number; readonly unrecordedBytes: number }
}

interface Held {
  readonly hash: Uint8Array
  readonly source: string
  readonly sizeBytes: number
  readonly atMs: number
  readonly contract: Hex
}

export async function openEnvelopePool(
  { envelopes }: Tables,
  now: () => number,
  bounds: PoolBounds = POOL_BOUNDS,
): Promise<EnvelopePool> {
  const held = new Map<Hex, Held>()
  const pinned = new Set<Hex>()
  const unrecorded = createShares()
  const oneByOne = createMutex()

  /** In memory only; its row is on disk. */
  function hold(key: Hex, entry: Held): void {
    held.set(key, entry)
    if (!pinned.has(key)) unrecorded.add(key, entry)
  }

  async function drop(key: Hex, entry: Held): Promise<void> {
    held.delete(key)
    unrecorded.remove(key, entry)
    await envelopes.delete(entry.hash)
  }

  async function makeRoom(source: string, sizeBytes: number): Promise<void> {
    const isOld = (entry: Held) => entry.atMs + bounds.keepMs < now()
    const isOver = () => unrecorded.bytes() + sizeBytes > bounds.totalBytes
    const isShareOver = () => {
      const share = unrecorded.of(source)
      return share.count >= bounds.perSource || share.bytes + sizeBytes > bounds.perSourceBytes
    }
    for (let own = unrecorded.oldest(source); own !== undefined && isShareOver(); own = unrecorded.oldest(source))
      await drop(...own)
    for (
      let first = unrecorded.oldest();
      first !== undefined && (isOld(first[1]) || isOver());
      first = unrecorded.oldest()
    )
      await drop(...first)
  }

  for (const key of await envelopes.keys()) {
    const { receivedAtMs, envelope, contract } = (await envelopes.get(key))!
    const place = { atMs: Number(receivedAtMs), contract: toHex(contract) }
    hold(toHex(key), { hash: key, source: "earlier", sizeBytes: envelope.length, ...place })
  }

  return {
    add: (source, contract, sender, envelope) =>
      oneByOne(async () => {
        try {
          decodeEnvelope(envelope)
        } catch {
          return "malformed"
        }
        const hash = keccak256(envelope)
        const key = toHex(hash)
        if (held.has(key)) return "known"
        if (!pinned.has(key)) await makeRoom(source, envelope.length)
        const atMs = now()
        await envelopes.put(hash, { contract, sender, envelope, receivedAtMs: BigInt(atMs) })
        hold(key, { hash, source, sizeBytes: envelope.length, atMs, contract: toHex(contract) })
        return "added"
      }),
    get: async (inputsHash) => (await envelopes.get(inputsHash))?.envelope,
    has: (inputsHash) => held.has(toHex(inputsHash)),
    pin(inputsHash) {
      const key = toHex(inputsHash)
      pinned.add(key)
      const entry = held.get(key)
      if (entry !== undefined) unrecorded.remove(key, entry)
    },
    unpin(inputsHash) {
      const key = toHex(inputsHash)
      const entry = held.get(key)
      if (pinned.delete(key) && entry !== undefined) unrecorded.add(key, entry)
    },
    async ofContract(contract) {
      const wanted = unrecorded.all().filter((entry) => entry.contract === toHex(contract))
      const rows = await Promise.all(wanted.map(({ hash }) => envelopes.get(hash)))
      return rows.flatMap((row) => (row === undefined ? [] : [{ sender: row.sender, envelope: row.envelope }]))
    },
    stats: () => ({ envelopes: held.size, unrecordedBytes: unrecorded.bytes() }),
  }
}

type Entry = readonly [key: Hex, entry: Held]

/** Unrecorded envelopes, in order of arrival, for each source and for all, with their sums. */
function createShares() {
  const everybody = new Map<Hex, Held>()
  const sources = new Map<string, { readonly entries: Map<Hex, Held>; bytes: number }>()
  let total = 0
  return {
    add(key: Hex, entry: Held): void {
      const share = sources.get(entry.source) ?? { entries: new Map<Hex, Held>(), bytes: 0 }
      sources.set(entry.source, share)
      share.entries.set(key, entry)
      share.bytes += entry.sizeBytes
      everybody.set(key, entry)
      total += entry.sizeBytes
    },
    remove(key: Hex, entry: Held): void {
      const share = sources.get(entry.source)
      if (share === undefined || !share.entries.delete(key)) return
      share.bytes -= entry.sizeBytes
      if (share.entries.size === 0) sources.delete(entry.source)
      everybody.delete(key)
      total -= entry.sizeBytes
    },
    /** The oldest of a source, or of all. */
    oldest: (source?: string): Entry | undefined =>
      (source === undefined ? everybody : sources.get(source)?.entries)?.entries().next().value,
    of: (source: string) => {
      const share = sources.get(source)
      return { count: share?.entries.size ?? 0, bytes: share?.bytes ?? 0 }
    },
    bytes: () => total,
    all: () => [...everybody.values()],
  }
}
