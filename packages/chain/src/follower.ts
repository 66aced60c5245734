/**
 * Follows one contract's logs block by block. What is handled moves forward only over the parent hashes; a re-org is seen when
 * a block's parent is not the block handled before it (no "removed" log is relied on). Far below the head, ranges of blocks are
 * read at once. The cursor belongs to the caller, who stores it together with what it made of the blocks.
 */
import { equalBytes } from "@enigma-discovery/protocol"
import { type BlockHeader, type BlockRef, bloomMayHold, checkChainId, latestBlock, readBlock } from "./blocks.ts"
import { type Cursor, withBlock } from "./cursor.ts"
import { chainErrors } from "./errors.ts"
import { bad } from "./internal/parse.ts"
import { type ChainLog, logsOfBlock, logsOfRange } from "./logs.ts"
import type { ChainRpc } from "./rpc.ts"

export interface FollowedBlock extends BlockRef {
  readonly timestampS: number
  readonly logs: readonly ChainLog[]
}

export type FollowUpdate =
  /**
   * Blocks that were added, ascending: every block near the head, in a range only those with logs and its last.
   * `head` is the newest block the node told (not less than the last of `blocks`).
   */
  | {
      readonly type: "blocks"
      readonly blocks: readonly FollowedBlock[]
      readonly head: BlockHeader
      readonly cursor: Cursor
    }
  /** Everything after block `to` is undone; undefined: everything. */
  | { readonly type: "rollback"; readonly to: BlockRef | undefined; readonly cursor: Cursor }

export interface FollowerOptions {
  readonly rpc: ChainRpc
  readonly chainId: bigint
  /** The contract whose logs are wanted, 20 bytes. */
  readonly address: Uint8Array
  /** First block of interest. */
  readonly fromBlock: number
  /** Where an earlier run stopped. */
  readonly cursor: Cursor
  /** Blocks under this many later ones are handled; 0: as soon as they are there. */
  readonly confirmations: number
  /** Most blocks in one range. */
  readonly rangeBlocks: number
  /** Called one at a time; a block counts as handled when it has resolved. When it throws, the same update comes again. */
  readonly handle: (update: FollowUpdate, signal: AbortSignal | undefined) => Promise<void>
}

export interface FollowerStatus {
  readonly handled: BlockRef | undefined
  readonly headNumber: number | undefined
  readonly caughtUp: boolean
}

/** Blocks this close to the head are read one by one and checked by parent hash: a range could mix two branches. */
export const NEAR_HEAD_BLOCKS = 64

export interface Follower {
  /** Handles all there is now. @throws CHAIN_* when the node fails, or what `handle` throws; nothing is lost by that. */
  catchUp(signal?: AbortSignal): Promise<void>
  status(): FollowerStatus
}

export function createFollower(options: FollowerOptions): Follower {
  const { rpc, address, fromBlock, rangeBlocks, confirmations } = options
  let cursor = options.cursor
  let headNumber: number | undefined
  let chainChecked = false

  const handle = async (update: FollowUpdate, signal: AbortSignal | undefined) => {
    await options.handle(update, signal)
    cursor = update.cursor
  }

  /** Drops handled blocks that are no longer the chain's; false when all of them still are. */
  async function rollBack(signal: AbortSignal | undefined): Promise<boolean> {
    let keep = cursor.length
    while (keep > 0) {
      const known = cursor[keep - 1]!
      const block = await readBlock(rpc, known.number, signal)
      if (block !== undefined && equalBytes(block.hash, known.hash)) break
      keep--
    }
    if (keep === cursor.length) return false
    const kept = cursor.slice(0, keep)
    await handle({ type: "rollback", to: kept.at(-1), cursor: kept }, signal)
    return true
  }

  async function handleBlock(block: BlockHeader, head: BlockHeader, signal: AbortSignal | undefined): Promise<void> {
    const logs = bloomMayHold(block.logsBloom, address) ? await logsOfBlock(rpc, address, block.hash, signal) : []
    const { number, hash, timestampS } = block
    await handle(
      { type: "blocks", blocks: [{ number, hash, timestampS, logs }], head, cursor: withBlock(cursor, block) },
      signal,
    )
  }

  async function handleRange(from: number, to: number, head: BlockHeader, signal: AbortSignal | undefined) {
    const logs = await logsOfRange(rpc, address, from, to, signal)
    const numbers = [...new Set([...logs.map((log) => log.blockNumber), to])]
    const blocks: FollowedBlock[] = []
    for (const number of numbers) {
      const block = await readBlock(rpc, number, signal)
      if (block === undefined) throw chainErrors.make("BLOCK_NOT_FOUND", { block: number })
      const own = logs.filter((log) => log.blockNumber === number)
      if (own.some((log) => !equalBytes(log.blockHash, block.hash))) throw bad("logs of another branch")
      blocks.push({ number, hash: block.hash, timestampS: block.timestampS, logs: own })
    }
    await handle({ type: "blocks", blocks, head, cursor: withBlock(cursor, blocks.at(-1)!) }, signal)
  }

  /** One step forward; false when there is none, or the branch has changed and must be looked at again. */
  async function step(head: BlockHeader, signal: AbortSignal | undefined): Promise<boolean> {
    const last = cursor.at(-1)
    const next = last === undefined ? fromBlock : last.number + 1
    const target = head.number - confirmations
    if (next > target) return false
    const rangeEnd = Math.min(next + rangeBlocks - 1, head.number - NEAR_HEAD_BLOCKS, target)
    if (rangeEnd > next) {
      await handleRange(next, rangeEnd, head, signal)
      return true
    }
    const block = next === head.number ? head : await readBlock(rpc, next, signal)
    if (block === undefined) return false
    if (last !== undefined && !equalBytes(block.parentHash, last.hash)) {
      if (!(await rollBack(signal))) throw bad("a block whose parent is not the block before it")
      return false
    }
    await handleBlock(block, head, signal)
    return true
  }

  return {
    async catchUp(signal) {
      if (!chainChecked) await checkChainId(rpc, options.chainId, signal)
      chainChecked = true
      try {
        for (;;) {
          const last = cursor.at(-1)
          const head = await latestBlock(rpc, signal)
          headNumber = head.number
          const isOff = last !== undefined && (head.number < last.number || sameHeightOtherHash(head, last))
          if (isOff) await rollBack(signal)
          while (await step(head, signal)) signal?.throwIfAborted()
          if (cursor.at(-1) === last) return
        }
      } catch (error) {
        chainChecked = false // after a failure another node, or another chain, may answer
        throw error
      }
    },
    status: () => ({
      handled: cursor.at(-1),
      headNumber,
      caughtUp: headNumber !== undefined && (cursor.at(-1)?.number ?? -1) >= headNumber - confirmations,
    }),
  }
}

const sameHeightOtherHash = (head: BlockRef, last: BlockRef): boolean =>
  head.number === last.number && !equalBytes(head.hash, last.hash)
