/**
 * The only code that sends transactions. Each one is simulated first, gets its nonce from a ledger on disk before it is sent,
 * and is watched until it is buried deep enough: raised in fee when it is not mined, sent again when a re-org or the node drops it,
 * replaced by nothing when its last useful block has passed. One caller's id is one transaction, however often it is asked for.
 */
import { addressOfSigningKey } from "@enigma-discovery/crypto"
import { toHex } from "@enigma-discovery/protocol"
import type { Interface } from "ethers"
import { type BlockHeader, checkChainId, latestBlock } from "./blocks.ts"
import { chainErrors } from "./errors.ts"
import { bumped, FEE_DEFAULTS, type FeePolicy, type Fees, feesFor, usualPriorityFee } from "./fees.ts"
import { createMutex } from "./internal/mutex.ts"
import { count, quantity, toQuantity } from "./internal/parse.ts"
import {
  decodeLedgerEntry,
  encodeLedgerEntry,
  type LedgerEntry,
  type LedgerStore,
  MAX_TRANSACTION_GAS,
  withAttempt,
} from "./ledger.ts"
import { type MinedTransaction, readReceipt } from "./receipts.ts"
import { decodeRevert, explainRevert } from "./reverts.ts"
import type { ChainRpc } from "./rpc.ts"
import { signTransaction } from "./sign.ts"

export interface TransactionRequest {
  /** What this transaction is to do, at most 256 bytes: asking again with the same id joins the one in flight. */
  readonly id: string
  /** Transactions of one lane are in flight one at a time, in the order asked for. */
  readonly lane?: string
  readonly to: Uint8Array
  readonly data: Uint8Array
  readonly valueWei?: bigint
  /** Gas; estimated with a quarter on top when absent. */
  readonly gasLimit?: bigint
  /** Last block in which it is of use; afterwards its nonce is freed by a replacement. */
  readonly deadlineBlock?: number
  /** Name of the method, and the interfaces whose errors a revert may be. */
  readonly method: string
  readonly abis: readonly Interface[]
}

export interface TransactorOptions {
  readonly rpc: ChainRpc
  readonly chainId: bigint
  /** 32 bytes; read when signing, never copied out. */
  readonly secretKey: () => Uint8Array
  readonly store: LedgerStore
  /** Later blocks after which a mined transaction is forgotten; until then a re-org sends it again. */
  readonly depth: number
  readonly pollMs: number
  readonly fees?: Partial<FeePolicy>
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Failures of the watch itself, which goes on. */
  readonly onError?: (error: unknown) => void
}

export interface Transactor {
  /** 20 bytes. */
  readonly account: Uint8Array
  /** Loads the ledger and goes on watching what an earlier run sent. @throws CHAIN_WRONG_CHAIN, CHAIN_BAD_LEDGER */
  start(): Promise<void>
  /**
   * Resolves when mined with success.
   * @throws CHAIN_REVERTED (in the simulation: nothing was sent), CHAIN_TRANSACTION_FAILED, CHAIN_DEADLINE_PASSED,
   * CHAIN_NONCE_TAKEN, CHAIN_FEE_ABOVE_CAP, CHAIN_GAS_ABOVE_CAP, CHAIN_RPC_*, CHAIN_STOPPED
   */
  send(request: TransactionRequest): Promise<MinedTransaction>
  /** Transactions in flight. */
  pending(): readonly { readonly id: string; readonly nonce: number; readonly attempts: number }[]
  stop(): Promise<void>
}

interface Flight {
  entry: LedgerEntry
  mined: MinedTransaction | undefined
  readonly done: PromiseWithResolvers<MinedTransaction>
  request: Pick<TransactionRequest, "method" | "abis"> | undefined
}

export function createTransactor(options: TransactorOptions): Transactor {
  const { rpc, chainId, store, depth } = options
  const policy: FeePolicy = { ...FEE_DEFAULTS, ...options.fees }
  const account = addressOfSigningKey(options.secretKey())
  const from = toHex(account)
  const flights = new Map<number, Flight>()
  const lanes = new Map<string, Promise<unknown>>()
  const allocate = createMutex()
  const stopping = new AbortController()
  let watching: Promise<void> | undefined

  const accountNonce = async (tag: "latest" | "pending") =>
    count(await rpc.request("eth_getTransactionCount", [from, tag]), "transaction count")

  function takeOff(entry: LedgerEntry, request: Flight["request"]): Flight {
    const done = Promise.withResolvers<MinedTransaction>()
    done.promise.catch(() => {}) // whoever sent it hears of it; a flight of an earlier run has nobody
    const flight: Flight = { entry, mined: undefined, done, request }
    flights.set(entry.nonce, flight)
    return flight
  }

  async function land(flight: Flight): Promise<void> {
    flights.delete(flight.entry.nonce)
    await store.delete(flight.entry.nonce)
  }

  /** Signs and sends one more attempt; it is in the ledger before it is on the wire. */
  async function attempt(flight: Flight, fees: Fees, block: BlockHeader): Promise<void> {
    const signed = signTransaction(chainId, account, options.secretKey(), flight.entry, fees)
    flight.entry = withAttempt(flight.entry, { hash: signed.hash, ...fees, sentAtBlock: BigInt(block.number) })
    await store.put(flight.entry.nonce, encodeLedgerEntry(flight.entry))
    await rpc.request("eth_sendRawTransaction", [toHex(signed.raw)])
  }

  async function currentFees(block: BlockHeader): Promise<Fees> {
    return feesFor(block.baseFeeWei, await usualPriorityFee(rpc, policy), policy)
  }

  /** Simulates, and says how much gas to give. */
  async function simulate(request: TransactionRequest): Promise<bigint> {
    const call = {
      from,
      to: toHex(request.to),
      data: toHex(request.data),
      value: toQuantity(request.valueWei ?? 0n),
      ...(request.gasLimit === undefined ? {} : { gas: toQuantity(request.gasLimit) }),
    }
    try {
      await rpc.request("eth_call", [call, "latest"])
      if (request.gasLimit !== undefined) return request.gasLimit
      const estimate = quantity(await rpc.request("eth_estimateGas", [call]), "gas estimate")
      if (estimate > MAX_TRANSACTION_GAS)
        throw chainErrors.make("GAS_ABOVE_CAP", { gas: estimate, cap: MAX_TRANSACTION_GAS })
      const withMargin = estimate + estimate / 4n
      return withMargin < MAX_TRANSACTION_GAS ? withMargin : MAX_TRANSACTION_GAS
    } catch (error) {
      throw explainRevert(error, request.method, request.abis)
    }
  }

  async function launch(request: TransactionRequest): Promise<Flight> {
    const gasLimit = await simulate(request)
    const block = await latestBlock(rpc)
    const fees = await currentFees(block)
    return await allocate(async () => {
      const nonce = Math.max(await accountNonce("pending"), ...[...flights.keys()].map((n) => n + 1))
      const { id, lane = "", to, data, valueWei = 0n, deadlineBlock = 0 } = request
      const flight = takeOff(
        {
          version: 1,
          nonce,
          id,
          lane,
          to,
          data,
          valueWei,
          gasLimit,
          deadlineBlock: BigInt(deadlineBlock),
          cancelled: false,
          attempts: [],
        },
        request,
      )
      try {
        await attempt(flight, fees, block)
      } catch (error) {
        // Unreachable: it may have been accepted, so the watch goes on with it. Refused: nobody has it, the nonce is free.
        if (!chainErrors.is(error, "RPC_REFUSED") || (await isKnown(flight))) return flight
        await land(flight)
        flight.done.reject(error)
      }
      return flight
    })
  }

  async function isKnown(flight: Flight): Promise<boolean> {
    const newest = flight.entry.attempts.at(-1)
    if (newest === undefined) return false
    return (await rpc.request("eth_getTransactionByHash", [toHex(newest.hash)])) !== null
  }

  async function findReceipt(entry: LedgerEntry): Promise<MinedTransaction | undefined> {
    for (const { hash } of entry.attempts.toReversed()) {
      const mined = await readReceipt(rpc, hash)
      if (mined !== undefined) return mined
    }
    return undefined
  }

  /** Why a mined transaction failed, as far as calling again at its block tells. */
  async function failure(flight: Flight, mined: MinedTransaction): Promise<Error> {
    const { entry, request } = flight
    const call = { from, to: toHex(entry.to), data: toHex(entry.data), gas: toQuantity(entry.gasLimit) }
    let error = "out of gas, or a state that has passed"
    try {
      await rpc.request("eth_call", [call, toQuantity(mined.blockNumber)])
    } catch (cause) {
      if (chainErrors.is(cause, "RPC_REFUSED") && typeof cause.data.revertData === "string")
        error = decodeRevert(cause.data.revertData, request?.abis ?? []).error
    }
    return chainErrors.make("TRANSACTION_FAILED", { hash: toHex(mined.hash), error })
  }

  async function settle(flight: Flight, mined: MinedTransaction, block: BlockHeader): Promise<void> {
    if (flight.mined === undefined && !flight.entry.cancelled) {
      if (mined.succeeded) flight.done.resolve(mined)
      else flight.done.reject(await failure(flight, mined))
    }
    flight.mined = mined
    if (block.number - mined.blockNumber >= depth) await land(flight)
  }

  async function cancel(flight: Flight): Promise<void> {
    const { id, deadlineBlock } = flight.entry
    flight.entry = { ...flight.entry, cancelled: true }
    await store.put(flight.entry.nonce, encodeLedgerEntry(flight.entry))
    flight.done.reject(chainErrors.make("DEADLINE_PASSED", { id, deadlineBlock }))
  }

  /** Looks after one transaction once. */
  async function look(flight: Flight, minedNonce: number, block: BlockHeader): Promise<void> {
    const mined = await findReceipt(flight.entry)
    if (mined !== undefined) return settle(flight, mined, block)
    const wasMined = flight.mined !== undefined
    flight.mined = undefined
    const { entry } = flight
    if (minedNonce > entry.nonce && !wasMined) {
      await land(flight)
      flight.done.reject(chainErrors.make("NONCE_TAKEN", { nonce: entry.nonce, account: from }))
      return
    }
    const isLate = entry.deadlineBlock !== 0n && BigInt(block.number) > entry.deadlineBlock
    if (isLate && !entry.cancelled) await cancel(flight)
    await pushOn(flight, block, isLate && !entry.cancelled)
  }

  /** Sends a waiting transaction again: with a higher fee when it has waited long enough, as it is when the node lost it. */
  async function pushOn(flight: Flight, block: BlockHeader, isReplaced: boolean): Promise<void> {
    const last = flight.entry.attempts.at(-1)
    const wanted = await currentFees(block)
    if (last === undefined) return attempt(flight, wanted, block)
    const waited = block.number - Number(last.sentAtBlock)
    if (isReplaced || waited >= policy.bumpAfterBlocks) {
      const fees = bumped(last, wanted, policy)
      if (fees !== undefined) return attempt(flight, fees, block)
    }
    if (await isKnown(flight)) return
    const { raw } = signTransaction(chainId, account, options.secretKey(), flight.entry, last)
    await rpc.request("eth_sendRawTransaction", [toHex(raw)])
  }

  async function watchOnce(): Promise<void> {
    const block = await latestBlock(rpc)
    const minedNonce = await accountNonce("latest")
    for (const flight of [...flights.values()].sort((a, b) => a.entry.nonce - b.entry.nonce)) {
      if (stopping.signal.aborted) return
      await look(flight, minedNonce, block).catch((error) => options.onError?.(error))
    }
  }

  async function watch(): Promise<void> {
    while (flights.size > 0 && !stopping.signal.aborted) {
      await watchOnce().catch((error) => options.onError?.(error))
      await options.sleep(options.pollMs, stopping.signal).catch(() => {})
    }
  }

  function keepWatching(): void {
    watching ??= watch().finally(() => {
      watching = undefined
      if (flights.size > 0 && !stopping.signal.aborted) keepWatching()
    })
  }

  async function fly(request: TransactionRequest): Promise<MinedTransaction> {
    if (stopping.signal.aborted) throw chainErrors.make("STOPPED", { id: request.id })
    const flight = await launch(request)
    keepWatching()
    return await flight.done.promise
  }

  const inFlight = (id: string) =>
    [...flights.values()].find((flight) => flight.entry.id === id && !flight.entry.cancelled)
  /** Sends that wait for their lane or are about to be launched, by id. */
  const waiting = new Map<string, Promise<MinedTransaction>>()

  return {
    account,
    async start() {
      await checkChainId(rpc, chainId)
      for (const raw of await store.all()) {
        const { entry, done } = takeOff(decodeLedgerEntry(raw), undefined)
        if (entry.lane !== "") lanes.set(entry.lane, done.promise)
      }
      keepWatching()
    },
    send(request) {
      const joined = waiting.get(request.id) ?? inFlight(request.id)?.done.promise
      if (joined !== undefined) return joined
      const before = request.lane === undefined ? undefined : lanes.get(request.lane)
      const sent = (before ?? Promise.resolve()).then(
        () => fly(request),
        () => fly(request),
      )
      waiting.set(request.id, sent)
      if (request.lane !== undefined) lanes.set(request.lane, sent)
      const forget = () => {
        waiting.delete(request.id)
        if (request.lane !== undefined && lanes.get(request.lane) === sent) lanes.delete(request.lane)
      }
      sent.then(forget, forget)
      return sent
    },
    pending: () =>
      [...flights.values()].map(({ entry }) => ({ id: entry.id, nonce: entry.nonce, attempts: entry.attempts.length })),
    async stop() {
      stopping.abort()
      await watching
      for (const flight of flights.values()) flight.done.reject(chainErrors.make("STOPPED", { id: flight.entry.id }))
    },
  }
}
