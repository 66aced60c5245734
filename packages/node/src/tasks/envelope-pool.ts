/**
 * Envelopes that wait for their record, or have one. What nobody recorded is bounded for each source, so that a flood drives out
 * only the flooder's own; what is recorded stays until it is resolved.
 */
import { keccak256 } from "@enigma-discovery/crypto"
import { decodeEnvelope, type Hex, toHex } from "@enigma-discovery/protocol"
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
  /** In order of arrival. */
  const held = new Map<Hex, Held>()
  const pinned = new Set<Hex>()
  for (const key of await envelopes.keys()) {
    const row = (await envelopes.get(key))!
    const at = { atMs: Number(row.receivedAtMs), contract: toHex(row.contract) }
    held.set(toHex(key), { hash: key, source: "earlier", sizeBytes: row.envelope.length, ...at })
  }

  const unrecorded = () => [...held].filter(([key]) => !pinned.has(key)).map(([, entry]) => entry)
  const sizeOf = (list: readonly Held[]) => list.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)

  async function drop(entry: Held): Promise<void> {
    held.delete(toHex(entry.hash))
    await envelopes.delete(entry.hash)
  }

  async function makeRoom(source: string, sizeBytes: number): Promise<void> {
    for (const entry of unrecorded()) if (entry.atMs + bounds.keepMs < now()) await drop(entry)
    const own = () => unrecorded().filter((entry) => entry.source === source)
    for (
      let mine = own();
      mine.length >= bounds.perSource || sizeOf(mine) + sizeBytes > bounds.perSourceBytes;
      mine = own()
    ) {
      if (mine[0] === undefined) return
      await drop(mine[0])
    }
    for (
      let all = unrecorded();
      sizeOf(all) + sizeBytes > bounds.totalBytes && all[0] !== undefined;
      all = unrecorded()
    )
      await drop(all[0])
  }

  return {
    async add(source, contract, sender, envelope) {
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
      held.set(key, { hash, source, sizeBytes: envelope.length, atMs, contract: toHex(contract) })
      await envelopes.put(hash, { contract, sender, envelope, receivedAtMs: BigInt(atMs) })
      return "added"
    },
    get: async (inputsHash) => (await envelopes.get(inputsHash))?.envelope,
    has: (inputsHash) => held.has(toHex(inputsHash)),
    pin: (inputsHash) => void pinned.add(toHex(inputsHash)),
    unpin: (inputsHash) => void pinned.delete(toHex(inputsHash)),
    async ofContract(contract) {
      const wanted = unrecorded().filter((entry) => entry.contract === toHex(contract))
      const rows = await Promise.all(wanted.map(({ hash }) => envelopes.get(hash)))
      return rows.flatMap((row) => (row === undefined ? [] : [{ sender: row.sender, envelope: row.envelope }]))
    },
    stats: () => ({ envelopes: held.size, unrecordedBytes: sizeOf(unrecorded()) }),
  }
}
