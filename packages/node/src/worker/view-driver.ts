/**
 * Keeps the enclave's view of the chain as new as it has to be: when an epoch opens or a schedule ends, when a contract it works
 * for has changed, and when something asked for it. One proof serves all contracts; nothing is proven for nobody.
 */
import { chainProof, collectProof, fetchWords } from "@enigma-discovery/chain/follow"
import { proofSlots, type ViewStatus } from "@enigma-discovery/enclave/host"
import { fromHex, type Hex, scheduledStart, toHex } from "@enigma-discovery/protocol"
import {
  type Claim,
  drawClaim,
  epochStateClaim,
  type FetchWords,
  type ProvenQueue,
  queueClaim,
  readFetched,
  seedClaim,
  verifyErrors,
} from "@enigma-discovery/verify"
import type { TrustedHeader } from "../chain/header-feed.ts"
import { errorFields } from "../log.ts"
import { isNamed, type WorkerContext } from "./context.ts"

export interface ViewDriver {
  /** The enclave's view; undefined before the first. */
  view(): ViewStatus | undefined
  /** Whether this worker is drawn for a contract, as far as the enclave knows. */
  isMine(contract: Uint8Array): boolean
  mine(): readonly Uint8Array[]
  /** The contract must be shown to the enclave again, under the next header at the latest. */
  want(contract: Uint8Array): void
  /**
   * Returns when a contract was shown to the enclave at most `maxLagBlocks` before the newest signed header, or the signal aborts:
   * the view is then as old as it is.
   */
  renew(contract: Uint8Array, maxLagBlocks: number, signal: AbortSignal): Promise<void>
  /** Everything must: this worker's own registration has changed. */
  wantAll(): void
  onAdvanced(listener: (view: ViewStatus) => void): void
  stop(): Promise<void>
}

/** Contracts shown in one proof; more come in further ones. */
const MAX_LISTED = 128
/** Other workers shown, whose storage receipts can count. */
const MAX_OTHERS = 64

interface Seen {
  readonly workerId: number | undefined
  readonly queue: ProvenQueue
}

export function startViewDriver(context: WorkerContext): ViewDriver {
  const { enclave, network, index, headers, rpc, log, self } = context
  const length = BigInt(network.epochLengthBlocks)
  /** Contracts to show, and the block at which they changed. */
  const wanted = new Map<Hex, number>()
  /** Contracts somebody asked about that have no record yet. */
  const interests = new Set<Hex>()
  const mine = new Map<Hex, Uint8Array>()
  /** Blocks at which this worker's contracts were last shown. */
  const shownAt = new Map<Hex, number>()
  const listeners: ((view: ViewStatus) => void)[] = []
  const stopping = new AbortController()
  let view: ViewStatus | undefined
  /** What the last proof was about: the next one is mostly about the same. */
  let lastSlots: readonly bigint[] = []
  let allWanted = true
  let wake = Promise.withResolvers<void>()
  let looked = Promise.withResolvers<void>()

  const isOtherSchedule = (header: TrustedHeader) =>
    view === undefined || scheduledStart(BigInt(header.number), length) + length !== view.nextScheduledStart

  async function isNewEpoch(header: TrustedHeader): Promise<boolean> {
    const newest = await index.newestEpoch()
    return newest !== undefined && newest.epoch !== view?.epoch && newest.openedAtBlock <= BigInt(header.number)
  }

  async function everyContract(): Promise<readonly Uint8Array[]> {
    const known = (await index.contracts()).map(({ contract }) => contract)
    const asked = [...interests].map((key) => fromHex(key))
    return [...known, ...asked.filter((contract) => !known.some((k) => toHex(k) === toHex(contract)))]
  }

  /** What to show under a header; undefined: nothing. */
  async function candidates(header: TrustedHeader): Promise<readonly Uint8Array[] | undefined> {
    if (allWanted || (await isNewEpoch(header)) || isOtherSchedule(header)) {
      allWanted = false
      return everyContract()
    }
    const due = [...wanted].filter(([, block]) => block <= header.number).map(([key]) => fromHex(key))
    return due.length === 0 ? undefined : due
  }

  async function advance(header: TrustedHeader, contracts: readonly Uint8Array[]): Promise<void> {
    const { enigma } = network
    const words = cached(fetchWords(rpc, enigma, header, stopping.signal))
    const { value: state } = await readFetched(epochStateClaim(), words)
    const seen = new Map<Hex, Seen>()
    for (const contract of contracts) seen.set(toHex(contract), (await readFetched(drawnClaim(contract), words)).value)
    const drawn = contracts.filter((contract) => seen.get(toHex(contract))?.workerId === self.workerId)
    const others = Array.from({ length: state.workerCount }, (_, i) => i + 1).filter((id) => id !== self.workerId)
    if (view !== undefined && view.epoch !== state.epoch) mine.clear()
    for (let at = 0; at === 0 || at < drawn.length; at += MAX_LISTED) {
      const listed = drawn.slice(at, at + MAX_LISTED)
      await show(header, listed, others.slice(0, MAX_OTHERS), await oldestBlock(listed, seen))
      for (const contract of listed) {
        mine.set(toHex(contract), contract)
        shownAt.set(toHex(contract), header.number)
      }
    }
    for (const contract of contracts) if (!drawn.includes(contract)) mine.delete(toHex(contract))
    for (const key of shownAt.keys()) if (!mine.has(key)) shownAt.delete(key)
  }

  async function oldestBlock(
    contracts: readonly Uint8Array[],
    seen: ReadonlyMap<Hex, Seen>,
  ): Promise<bigint | undefined> {
    let oldest: bigint | undefined
    for (const contract of contracts) {
      const queue = seen.get(toHex(contract))?.queue
      if (queue === undefined || queue.submitted === queue.committed) continue
      const row = await index.record(contract, queue.committed)
      if (row !== undefined && (oldest === undefined || row.record.blockNumber < oldest))
        oldest = row.record.blockNumber
    }
    return oldest
  }

  async function show(
    header: TrustedHeader,
    contracts: readonly Uint8Array[],
    otherWorkers: readonly number[],
    oldestRecordBlock: bigint | undefined,
  ): Promise<void> {
    const collector = collectProof(rpc, network.enigma, header, stopping.signal, lastSlots)
    const subject = { workerId: self.workerId, contracts, otherWorkers }
    await proofSlots(
      oldestRecordBlock === undefined ? subject : { ...subject, oldestRecordBlock },
      collector.fetchWords,
    )
    lastSlots = collector.slots()
    const proof = chainProof(header.rlp, header.confirmations, header.signatures, collector.nodes())
    view = await enclave.advance(proof, self.workerId, contracts, otherWorkers)
  }

  async function look(): Promise<void> {
    const header = headers.newest()
    if (header === undefined || (view !== undefined && BigInt(header.number) < view.blockNumber)) return
    const marked = new Map(wanted)
    const contracts = await candidates(header)
    if (contracts === undefined) return
    try {
      await advance(header, contracts)
    } catch (error) {
      allWanted = true
      throw error
    }
    for (const [key, block] of marked) if (block <= header.number && wanted.get(key) === block) wanted.delete(key)
    log.debug("view advanced", { block: header.number, epoch: view?.epoch, contracts: mine.size })
    for (const listener of listeners) listener(view!)
  }

  const loop = (async () => {
    while (!stopping.signal.aborted) {
      await wake.promise
      wake = Promise.withResolvers<void>()
      if (stopping.signal.aborted) return
      try {
        await look()
      } catch (error) {
        // A header that was overtaken, or a block that re-orged while it was proven: the next header brings a new try.
        const isPassing = isNamed(error, "ENCLAVE_HEADER_OLDER", "VERIFY_PROOF_INCOMPLETE", "VERIFY_NO_ACCOUNT")
        if (!stopping.signal.aborted) log[isPassing ? "debug" : "warn"]("advancing the view failed", errorFields(error))
      }
      looked.resolve()
      looked = Promise.withResolvers<void>()
    }
  })()
  const nudge = () => wake.resolve()
  headers.onTrusted(nudge)
  index.onChange(({ contracts, headNumber, isNewEpoch, isRollback }) => {
    for (const contract of contracts) wanted.set(contract, headNumber)
    if (isRollback) allWanted = true
    if (contracts.size > 0 || isNewEpoch) nudge()
  })
  const want = (contract: Uint8Array) => {
    const key = toHex(contract)
    interests.add(key)
    if (interests.size > 1_024) interests.delete(interests.values().next().value as Hex)
    wanted.set(key, 0)
    nudge()
  }
  nudge()

  return {
    view: () => view,
    isMine: (contract) => mine.has(toHex(contract)),
    mine: () => [...mine.values()],
    want,
    async renew(contract, maxLagBlocks, signal) {
      const lag = () => (headers.newest()?.number ?? 0) - (shownAt.get(toHex(contract)) ?? Number.NEGATIVE_INFINITY)
      while (lag() > maxLagBlocks && !signal.aborted && !stopping.signal.aborted) {
        want(contract)
        await settledOrAborted(looked.promise, signal)
      }
    },
    wantAll() {
      allWanted = true
      nudge()
    },
    onAdvanced: (listener) => void listeners.push(listener),
    async stop() {
      stopping.abort()
      nudge()
      await loop
    },
  }
}

function settledOrAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  signal.addEventListener("abort", () => resolve(), { once: true })
  if (signal.aborted) resolve()
  return Promise.race([work, promise])
}

/** Who is drawn for a contract in the epoch in force, and its queue. */
function* drawnClaim(contract: Uint8Array): Claim<Seen> {
  const { epoch, treeDepth } = yield* epochStateClaim()
  const queue = yield* queueClaim(contract)
  if (epoch === 0) return { workerId: undefined, queue }
  const seed = yield* seedClaim(epoch, epoch)
  try {
    return { workerId: yield* drawClaim({ seed, contract, epoch, treeDepth }), queue }
  } catch (error) {
    if (verifyErrors.is(error, "NO_WORKERS")) return { workerId: undefined, queue }
    throw error
  }
}

/** Words of one block never change: each is fetched once. */
function cached(fetch: FetchWords): FetchWords {
  const known = new Map<bigint, Promise<bigint>>()
  return async (slots) => {
    const missing = [...new Set(slots)].filter((slot) => !known.has(slot))
    if (missing.length > 0) {
      const words = fetch(missing)
      words.catch(() => {})
      missing.forEach((slot, i) => {
        const word = words.then((list) => list[i]!)
        word.catch(() => known.delete(slot))
        known.set(slot, word)
      })
    }
    return Promise.all(slots.map((slot) => known.get(slot)!))
  }
}
