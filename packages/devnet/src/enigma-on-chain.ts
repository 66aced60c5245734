/** What Enigma says on chain, read for the launcher and for whoever checks a claim of the nodes against it. */
import { enigmaAbi } from "@enigma-discovery/contracts"
import { Contract, type Provider } from "ethers"
import { batchesOf, type CommittedBatch } from "./batches.ts"
import { waitFor } from "./deadline.ts"
import type { Deployment } from "./deployment.ts"
import { devnetErrors } from "./errors.ts"
import type { ResolvedOptions } from "./options.ts"

export interface EpochOnChain {
  /** 0 before the first. */
  readonly number: number
  readonly openedAtBlock: number
  readonly scheduledStartBlock: number
  /** Whole ENG. */
  readonly totalWeight: bigint
}
export interface QueueOnChain {
  readonly submitted: number
  readonly committed: number
  readonly head: string
}

export interface EnigmaOnChain {
  readonly contract: Contract
  epoch(): Promise<EpochOnChain>
  /** Registry id of the worker drawn for a contract in the epoch in force. */
  drawnWorker(secretContract: string): Promise<number>
  queue(secretContract: string): Promise<QueueOnChain>
  /** Batches of a contract, oldest first. */
  batches(secretContract: string): Promise<readonly CommittedBatch[]>
  /** First block of the next scheduled epoch. */
  nextScheduledStart(): Promise<number>
  /** Waits until an epoch scheduled at or after a block is in force. */
  epochFrom(scheduledStartBlock: number, timeoutMs?: number): Promise<EpochOnChain>
  /** Mines up to the next scheduled start and waits until its epoch is in force: an idle network need not wait for blocks. */
  advanceToNextEpoch(timeoutMs?: number): Promise<EpochOnChain>
  /**
   * Mines up to the first block in which workers commit at the epoch's end.
   * @returns how many blocks that took; 0 when it has come already
   */
  advanceToCommitWindow(): Promise<number>
  /** Waits, mining as far as needed, until every worker's stake counts in the draw. */
  allInDraw(options: ResolvedOptions, signal?: AbortSignal): Promise<void>
}

/** Opening needs a handful of blocks and a beacon; a busy machine takes its time. */
const OPENING_TIMEOUT_MS = 60_000
/** A worker that registers while weights are closed counts one epoch later. */
const MAX_EPOCHS_TO_JOIN = 4

/** What is asked of a chain here. */
export interface MinableChain {
  readonly provider: Provider
  mine(blocks: number): Promise<void>
}

export function enigmaOnChain(
  chain: MinableChain,
  addresses: Deployment["addresses"],
  { epochLengthBlocks, commitBlocks }: Pick<ResolvedOptions, "epochLengthBlocks" | "commitBlocks">,
): EnigmaOnChain {
  const contract = new Contract(addresses.enigma, enigmaAbi, chain.provider)
  const view = (name: string, ...args: unknown[]) => contract.getFunction(name).staticCall(...args)

  const epoch = async (): Promise<EpochOnChain> => {
    const found = await view("currentEpoch")
    return Object.freeze({
      number: Number(found.epoch),
      openedAtBlock: Number(found.openedAtBlock),
      scheduledStartBlock: Number(found.scheduledStartBlock),
      totalWeight: BigInt(found.totalWeight),
    })
  }
  const nextScheduledStart = async () => {
    const now = await chain.provider.getBlockNumber()
    return now - (now % epochLengthBlocks) + epochLengthBlocks
  }
  const epochFrom = (scheduledStartBlock: number, timeoutMs = OPENING_TIMEOUT_MS) => {
    const probe = async () => {
      const found = await epoch()
      return found.scheduledStartBlock >= scheduledStartBlock ? found : undefined
    }
    return waitFor(`an epoch from block ${scheduledStartBlock} on`, probe, { timeoutMs })
  }
  const advanceToNextEpoch = async (timeoutMs?: number) => {
    const start = await nextScheduledStart()
    const missing = start - (await chain.provider.getBlockNumber())
    if (missing > 0) await chain.mine(missing)
    return await epochFrom(start, timeoutMs)
  }
  return {
    contract,
    epoch,
    drawnWorker: async (secretContract) => Number(await view("drawnWorker", secretContract)),
    queue: async (secretContract) => {
      const { submitted, committed, head } = await view("queueOf", secretContract)
      return Object.freeze({ submitted: Number(submitted), committed: Number(committed), head: String(head) })
    },
    batches: (secretContract) => batchesOf(contract, secretContract),
    nextScheduledStart,
    advanceToCommitWindow: async () => {
      const first = (await nextScheduledStart()) - commitBlocks
      const missing = Math.max(0, first - (await chain.provider.getBlockNumber()))
      if (missing > 0) await chain.mine(missing)
      return missing
    },
    epochFrom,
    advanceToNextEpoch,
    allInDraw: async ({ stakesEng }, signal) => {
      const wanted = BigInt(stakesEng.reduce((sum, stake) => sum + stake, 0))
      for (let opened = 0; opened < MAX_EPOCHS_TO_JOIN; opened++) {
        signal?.throwIfAborted()
        if ((await advanceToNextEpoch()).totalWeight >= wanted) return
      }
      const what = `the workers' whole stake in the draw (${wanted} ENG)`
      throw devnetErrors.make("TIMED_OUT", { what, timeoutMs: MAX_EPOCHS_TO_JOIN * OPENING_TIMEOUT_MS })
    },
  }
}
