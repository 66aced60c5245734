/**
 * Keeps the data of every committed batch: what neighbours asked to store before it was committed, and what is fetched from peers
 * when a batch is seen on chain without its data. Only what the chain's root and heads vouch for is kept as committed.
 */
import {
  type BatchData,
  BatchDataCodec,
  encode,
  equalBytes,
  type Hex,
  MAX_QUEUE_LENGTH,
  startsCheckpoint,
  toHex,
} from "@enigma-discovery/protocol"
import { checkBatchData } from "@enigma-discovery/verify"
import type { ChainIndex } from "../chain/chain-index.ts"
import { errorFields, type Logger } from "../log.ts"
import type { Requester } from "../p2p/requests.ts"
import { askInTurn, type Directory } from "../peers/directory.ts"
import { type BatchRow, placedKey, type Tables } from "../store/tables.ts"

/** Candidates for one place that are kept until the chain decides: workers of different epochs may have asked. */
const MAX_CANDIDATES = 8
/** Batches asked for, and bytes answered, in one sync. */
export const SYNC_BATCHES = 64
const MAX_SYNC_BYTES = 16_000_000

export interface BatchKeeper {
  /**
   * Keeps a batch that is about to be committed. False: there is no such place, or too many of others wait for it; this
   * node's own always finds room.
   */
  offer(data: BatchData, receiptsRoot: Uint8Array, isOwn: boolean): Promise<boolean>
  /** Data of a committed batch, from here or from peers; undefined while nobody has it. */
  dataOf(batch: BatchRow, signal?: AbortSignal): Promise<BatchData | undefined>
  /** Data of committed batches from an index on, for a peer: as many as fit one answer. */
  serve(contract: Uint8Array, fromIndex: number, maxBatches: number): Promise<readonly BatchData[]>
  /**
   * Deltas that lead from a head to the newest committed one; from the last checkpoint behind it where there is one, from the
   * beginning when the head is none of the chain's.
   */
  deltasSince(contract: Uint8Array, head: Uint8Array, signal?: AbortSignal): Promise<readonly Uint8Array[] | undefined>
  /** Fetches what is missing of these batches in the background. */
  follow(batches: readonly BatchRow[]): void
  stop(): Promise<void>
}

export interface BatchKeeperOptions {
  readonly tables: Tables
  readonly index: ChainIndex
  readonly directory: Directory
  readonly requester: Requester
  readonly log: Logger
}

export function createBatchKeeper({ tables, index, directory, requester, log }: BatchKeeperOptions): BatchKeeper {
  const { batchData } = tables
  const stopping = new AbortController()
  const fetching = new Map<Hex, Promise<void>>()

  const stored = ({ contract, fromIndex, receiptsRoot }: BatchRow) =>
    batchData.get({ contract, index: fromIndex, receiptsRoot })

  async function headBefore({ contract, fromIndex }: BatchRow): Promise<Uint8Array> {
    if (fromIndex === 0) return new Uint8Array(32)
    return (await index.batchOf(contract, fromIndex - 1))?.head ?? new Uint8Array(32)
  }

  /** Whether data is that of a batch on chain. Every byte of it hangs on the root and the heads. */
  async function isDataOf(row: BatchRow, data: BatchData): Promise<boolean> {
    const contract = await index.contract(row.contract)
    if (contract === undefined || data.fromIndex !== row.fromIndex || data.toIndex !== row.toIndex) return false
    try {
      const root = checkBatchData(data, contract.codeHash)
      const isHead = row.callbacksFailed || equalBytes(data.newHead, row.head)
      return equalBytes(root, row.receiptsRoot) && isHead && equalBytes(data.previousHead, await headBefore(row))
    } catch {
      return false
    }
  }

  /** Takes what of a peer's answer is true; false when none of it was new and true. */
  async function take(contract: Uint8Array, list: readonly BatchData[]): Promise<boolean> {
    let taken = false
    for (const data of list) {
      const row = await index.batchOf(contract, data.fromIndex)
      if (row === undefined || row.settled || !(await isDataOf(row, data))) return taken
      await batchData.put({ contract, index: row.fromIndex, receiptsRoot: row.receiptsRoot }, data)
      if (data.code !== undefined) await tables.codes.put((await index.contract(contract))!.codeHash, data.code)
      taken = true
    }
    return taken
  }

  async function fetchFrom(contract: Uint8Array, fromIndex: number, signal: AbortSignal): Promise<boolean> {
    const request = { contract, fromIndex, maxBatches: SYNC_BATCHES }
    const found = await askInTurn(directory.withRole("worker"), async (peer) => {
      const { batches } = await requester.ask(peer, "sync", request, signal)
      return (await take(contract, batches)) ? true : undefined
    })
    return found === true
  }

  async function dataOf(row: BatchRow, signal: AbortSignal = stopping.signal): Promise<BatchData | undefined> {
    const here = await stored(row)
    if (here !== undefined && (await isDataOf(row, here))) return here
    return (await fetchFrom(row.contract, row.fromIndex, signal)) ? await stored(row) : undefined
  }

  async function* committed(contract: Uint8Array, from: number): AsyncGenerator<BatchRow> {
    for (let at = from; ; ) {
      const rows = await index.batches(contract, at, SYNC_BATCHES)
      yield* rows
      const last = rows.at(-1)
      if (last === undefined) return
      at = last.toIndex
    }
  }

  return {
    dataOf,
    async offer(data, receiptsRoot, isOwn) {
      const { contract, fromIndex, toIndex, previousHead } = data
      const tail = await index.tail(contract)
      const isNext =
        fromIndex === tail.committed && toIndex <= tail.submitted && toIndex - fromIndex <= MAX_QUEUE_LENGTH
      if (!isNext || !equalBytes(previousHead, tail.head)) return false
      const key = { contract, index: fromIndex, receiptsRoot }
      if ((await batchData.get(key)) !== undefined) return true
      const prefix = placedKey({ contract, index: fromIndex })
      if (!isOwn && (await batchData.keys(prefix)).length >= MAX_CANDIDATES) return false
      await batchData.put(key, data)
      if (data.code !== undefined) await tables.codes.put((await index.contract(contract))!.codeHash, data.code)
      return true
    },
    async serve(contract, fromIndex, maxBatches) {
      const found: BatchData[] = []
      let size = 0
      for await (const row of committed(contract, fromIndex)) {
        if (row.settled) continue
        const data = await stored(row)
        if (data === undefined || found.length >= Math.min(maxBatches, SYNC_BATCHES)) break
        size += encode(BatchDataCodec, data).length
        if (size > MAX_SYNC_BYTES && found.length > 0) break
        found.push(data)
      }
      return found
    },
    async deltasSince(contract, head, signal) {
      const rows: BatchRow[] = []
      let start = 0
      for await (const row of committed(contract, 0)) {
        rows.push(row)
        if (equalBytes(row.head, head)) start = rows.length
      }
      // Backwards, as nothing is needed before the last checkpoint.
      const parts: (readonly Uint8Array[])[] = []
      for (const row of rows.slice(start).reverse()) {
        if (row.settled) continue
        const data = await dataOf(row, signal)
        if (data === undefined) return undefined
        const checkpoint = data.deltas.findLastIndex(startsCheckpoint)
        parts.push(data.deltas.slice(Math.max(0, checkpoint)))
        if (checkpoint >= 0) break
      }
      return parts.reverse().flat()
    },
    follow(batches) {
      for (const row of batches) {
        const key = toHex(row.contract)
        if (row.settled || fetching.has(key)) continue
        const work = dataOf(row)
          .then((data) => {
            if (data === undefined) log.debug("batch data not found yet", { contract: key, fromIndex: row.fromIndex })
          })
          .catch((error) => log.warn("fetching batch data failed", { contract: key, ...errorFields(error) }))
          .finally(() => fetching.delete(key))
        fetching.set(key, work)
      }
    },
    async stop() {
      stopping.abort()
      await Promise.all(fetching.values())
    },
  }
}
