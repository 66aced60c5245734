/**
 * What the chain says, kept on disk: records with their links, batches, epochs and contracts. Each update is one write together
 * with the cursor, so that a crash loses and doubles nothing; a journal by block undoes what a re-org took back.
 */
import {
  type Cursor,
  decodeCursor,
  type EnigmaEvent,
  encodeCursor,
  enigmaEvents,
  type FollowUpdate,
} from "@enigma-discovery/chain/follow"
import { concatBytes, encode, type Hex, toHex, u32 } from "@enigma-discovery/protocol"
import { genesisLink, leafHash, linkHash, type SigningDomain } from "@enigma-discovery/verify"
import { nodeErrors } from "../errors.ts"
import type { ByteOp } from "../store/byte-store.ts"
import type { BatchRow, ContractRow, EpochRow, RecordRow, Tables } from "../store/tables.ts"

/** The newest of a contract's queue. */
export interface Tail {
  readonly submitted: number
  readonly committed: number
  /** Link and sum of the newest record; of the genesis when there is none. */
  readonly link: Uint8Array
  readonly cumLockedGrains: bigint
  /** State head after the newest batch; zero before the first. */
  readonly head: Uint8Array
}

export interface IndexChange {
  readonly headNumber: number
  /** Contracts with new records or batches. */
  readonly contracts: ReadonlySet<Hex>
  /** Contracts that appeared. */
  readonly created: readonly ContractRow[]
  readonly batches: readonly BatchRow[]
  /** Inputs of new records. */
  readonly inputs: readonly Uint8Array[]
  readonly isNewEpoch: boolean
  readonly isRollback: boolean
}

export interface ChainIndex {
  readonly cursor: () => Cursor
  /** For the follower; writes first, then tells. */
  apply(update: FollowUpdate): Promise<void>
  onChange(listener: (change: IndexChange) => void): void
  /** Newest block the chain has told. */
  headNumber(): number
  contracts(): Promise<readonly ContractRow[]>
  contract(contract: Uint8Array): Promise<ContractRow | undefined>
  tail(contract: Uint8Array): Promise<Tail>
  /** Records from an index on, at most `limit`. */
  records(contract: Uint8Array, from: number, limit: number): Promise<readonly RecordRow[]>
  record(contract: Uint8Array, index: number): Promise<RecordRow | undefined>
  /** Link before a record: the genesis link before the first. */
  linkBefore(contract: Uint8Array, index: number): Promise<Uint8Array>
  /** Batches from the one that begins at `from` on, in order. */
  batches(contract: Uint8Array, from: number, limit: number): Promise<readonly BatchRow[]>
  /** The batch that resolved a record. */
  batchOf(contract: Uint8Array, index: number): Promise<BatchRow | undefined>
  newestEpoch(): Promise<EpochRow | undefined>
}

const CURSOR = "cursor"
const NO_HEAD: Uint8Array = new Uint8Array(32)

export async function openChainIndex(tables: Tables, domain: SigningDomain): Promise<ChainIndex> {
  const { store, records, batches, contracts, epochs, journal, meta } = tables
  const stored = await meta.get(CURSOR)
  let cursor: Cursor = stored === undefined ? [] : decodeCursor(stored)
  let headNumber = cursor.at(-1)?.number ?? 0
  const tails = new Map<Hex, Tail>()
  const listeners: ((change: IndexChange) => void)[] = []

  const genesis = (contract: Uint8Array) => genesisLink(domain.chainId, domain.enigma, contract)

  async function loadTail(contract: Uint8Array): Promise<Tail> {
    const [key] = await records.keys(contract, { reverse: true, limit: 1 })
    const [lastBatch] = await batches.list(contract, { reverse: true, limit: 1 })
    const { toIndex: committed, head } = lastBatch ?? { toIndex: 0, head: NO_HEAD }
    if (key === undefined) return { submitted: 0, committed, head, link: genesis(contract), cumLockedGrains: 0n }
    const index = new DataView(key.buffer, key.byteOffset).getUint32(20)
    const row = (await records.get({ contract, index }))!
    return { submitted: index + 1, committed, head, link: row.taskId, cumLockedGrains: row.cumLockedGrains }
  }

  async function tail(contract: Uint8Array): Promise<Tail> {
    const key = toHex(contract)
    const known = tails.get(key) ?? (await loadTail(contract))
    tails.set(key, known)
    return known
  }

  /** Collects the writes of one update. */
  function draft() {
    const ops: ByteOp[] = []
    let block = -1
    let counter = 0
    const change = {
      contracts: new Set<Hex>(),
      created: [] as ContractRow[],
      batches: [] as BatchRow[],
      inputs: [] as Uint8Array[],
      isNewEpoch: false,
    }
    const put = (blockNumber: number, op: ByteOp) => {
      counter = blockNumber === block ? counter + 1 : 0
      block = blockNumber
      ops.push(op, journal.putOp(concatBytes(encode(u32, block), encode(u32, counter)), op.key))
    }
    return { ops, change, put }
  }
  type Draft = ReturnType<typeof draft>

  async function takeRecord(event: EnigmaEvent & { type: "record" }, { put, change }: Draft): Promise<void> {
    const { contract, index, record, lockedGrains, transactionHash, blockNumber } = event
    const before = await tail(contract)
    if (index !== before.submitted)
      throw nodeErrors.make("INDEX_GAP", { contract: toHex(contract), want: before.submitted, got: index })
    const cumLockedGrains = BigInt.asUintN(64, before.cumLockedGrains + lockedGrains)
    const taskId = linkHash(before.link, leafHash(record), index, cumLockedGrains)
    put(blockNumber, records.putOp({ contract, index }, { record, cumLockedGrains, taskId, transactionHash }))
    tails.set(toHex(contract), { ...before, submitted: index + 1, link: taskId, cumLockedGrains })
    change.contracts.add(toHex(contract))
    change.inputs.push(record.inputsHash)
  }

  async function takeBatch(row: BatchRow, { put, change }: Draft): Promise<void> {
    put(Number(row.blockNumber), batches.putOp({ contract: row.contract, index: row.fromIndex }, row))
    tails.set(toHex(row.contract), { ...(await tail(row.contract)), committed: row.toIndex, head: row.head })
    change.contracts.add(toHex(row.contract))
    change.batches.push(row)
  }

  async function take(event: EnigmaEvent, into: Draft): Promise<void> {
    const blockNumber = BigInt(event.blockNumber)
    const { transactionHash } = event
    switch (event.type) {
      case "record":
        return takeRecord(event, into)
      case "deployment": {
        const { contract, deployer, codeHash, userSalt } = event
        const row = { contract, deployer, codeHash, userSalt, blockNumber }
        into.put(event.blockNumber, contracts.putOp(contract, row))
        into.change.created.push(row)
        return
      }
      case "batch": {
        const { contract, fromIndex, toIndex, workerId, receiptsRoot, head, callbacksFailed } = event
        const place = { contract, fromIndex, toIndex, transactionHash, blockNumber }
        return takeBatch({ ...place, workerId, receiptsRoot, head, callbacksFailed, settled: false }, into)
      }
      case "settled": {
        const { contract, fromIndex, toIndex } = event
        const { head } = await tail(contract)
        const place = { contract, fromIndex, toIndex, transactionHash, blockNumber, workerId: 0 }
        const outcome = { receiptsRoot: new Uint8Array(32), head, callbacksFailed: false, settled: true }
        return takeBatch({ ...place, ...outcome }, into)
      }
      case "epoch": {
        const { epoch, seed, scheduledStartBlock } = event
        const row = { epoch, openedAtBlock: blockNumber, scheduledStartBlock: BigInt(scheduledStartBlock), seed }
        into.put(event.blockNumber, epochs.putOp(epoch, row))
        into.change.isNewEpoch = true
        return
      }
      case "attested":
        return
    }
  }

  const tell = (change: IndexChange) => {
    for (const listener of listeners) listener(change)
  }

  async function undoAfter(block: number | undefined): Promise<readonly ByteOp[]> {
    const from = block === undefined ? encode(u32, 0) : encode(u32, block + 1)
    const keys = await journal.keys(new Uint8Array(0), { from })
    const ops: ByteOp[] = []
    for (const key of keys) {
      const row = await journal.get(key)
      if (row !== undefined) ops.push({ type: "del", key: row })
      ops.push(journal.deleteOp(key))
    }
    return ops
  }

  return {
    cursor: () => cursor,
    headNumber: () => headNumber,
    onChange: (listener) => void listeners.push(listener),
    async apply(update) {
      try {
        if (update.type === "rollback") {
          const ops = await undoAfter(update.to?.number)
          await store.write([...ops, meta.putOp(CURSOR, encodeCursor(update.cursor))])
          tails.clear()
          cursor = update.cursor
          headNumber = update.to?.number ?? 0
          tell({
            headNumber,
            contracts: new Set(),
            created: [],
            batches: [],
            inputs: [],
            isNewEpoch: true,
            isRollback: true,
          })
          return
        }
        const into = draft()
        for (const block of update.blocks) for (const event of enigmaEvents(block)) await take(event, into)
        await store.write([...into.ops, meta.putOp(CURSOR, encodeCursor(update.cursor))])
        cursor = update.cursor
        headNumber = update.head.number
        tell({ headNumber, ...into.change, isRollback: false })
      } catch (error) {
        tails.clear() // what was noted in memory may not be on disk
        throw error
      }
    },
    contracts: () => contracts.list(),
    contract: (contract) => contracts.get(contract),
    tail,
    records: (contract, from, limit) => records.list(contract, { from: encode(u32, from), limit }),
    record: (contract, index) => records.get({ contract, index }),
    async linkBefore(contract, index) {
      if (index === 0) return genesis(contract)
      const row = await records.get({ contract, index: index - 1 })
      if (row === undefined)
        throw nodeErrors.make("INDEX_GAP", { contract: toHex(contract), want: index - 1, got: index })
      return row.taskId
    },
    batches: (contract, from, limit) => batches.list(contract, { from: encode(u32, from), limit }),
    async batchOf(contract, index) {
      // The newest batch that begins at or before the record: batches lie side by side.
      const keys = await batches.keys(contract)
      let found: number | undefined
      for (const key of keys) {
        const from = new DataView(key.buffer, key.byteOffset).getUint32(20)
        if (from > index) break
        found = from
      }
      const row = found === undefined ? undefined : await batches.get({ contract, index: found })
      return row !== undefined && row.toIndex > index ? row : undefined
    },
    async newestEpoch() {
      const [row] = await epochs.list(new Uint8Array(0), { reverse: true, limit: 1 })
      return row
    },
  }
}
