/** The newest blocks, each the parent of the next: what a witness may vouch for, whatever the node says in between. */
import { type BlockHeader, type ChainRpc, chainErrors, latestBlock, readBlock } from "@enigma-discovery/chain/follow"
import { equalBytes } from "@enigma-discovery/protocol"

export interface HeadChain {
  /**
   * Follows the node to its newest block. Ascending, linked by parent hash, the last is the newest.
   * @throws CHAIN_*; CHAIN_BLOCK_NOT_FOUND when the chain changed under the reading: try again
   */
  advance(signal?: AbortSignal): Promise<readonly BlockHeader[]>
}

export interface HeadChainOptions {
  readonly rpc: ChainRpc
  /** Most blocks kept. */
  readonly keep: number
  /** Blocks before it are not read. */
  readonly fromBlock: number
}

/** Blocks asked for at a time when many are missing. */
const READ_AHEAD_BLOCKS = 16

export function createHeadChain({ rpc, keep, fromBlock }: HeadChainOptions): HeadChain {
  let known: readonly BlockHeader[] = []

  /** Blocks `from .. to`, by number: which branch they are of shows when they are linked. */
  const read = async (from: number, to: number, signal: AbortSignal | undefined) =>
    await Promise.all(
      Array.from({ length: to - from + 1 }, async (_, i) => {
        const block = await readBlock(rpc, from + i, signal)
        if (block === undefined) throw chainErrors.make("BLOCK_NOT_FOUND", { block: from + i })
        return block
      }),
    )

  /** Where the blocks kept so far contain the parent of `block`: they up to it. */
  function joint(block: BlockHeader): readonly BlockHeader[] | undefined {
    const at = known.findIndex(({ hash }) => equalBytes(hash, block.parentHash))
    return at < 0 ? undefined : known.slice(0, at + 1)
  }

  return {
    async advance(signal) {
      const head = await latestBlock(rpc, signal)
      if (known.length > 0 && equalBytes(known.at(-1)!.hash, head.hash)) return known
      const least = Math.max(fromBlock, head.number - keep + 1)
      let chain: readonly BlockHeader[] = [head]
      for (;;) {
        const first = chain[0]!
        const before = joint(first)
        if (before !== undefined) {
          known = [...before, ...chain].slice(-keep)
          return known
        }
        if (first.number <= least) {
          known = chain
          return known
        }
        const newestKnown = known.at(-1)?.number ?? -1
        const gap = first.number - 1 - newestKnown
        const from = Math.max(least, first.number - (gap > 0 ? Math.min(READ_AHEAD_BLOCKS, gap) : 1))
        chain = [...linked(await read(from, first.number - 1, signal), first), ...chain]
      }
    },
  }
}

function linked(blocks: readonly BlockHeader[], next: BlockHeader): readonly BlockHeader[] {
  for (const [i, block] of blocks.entries()) {
    const child = blocks[i + 1] ?? next
    if (!equalBytes(child.parentHash, block.hash))
      throw chainErrors.make("BLOCK_NOT_FOUND", { block: child.number - 1 })
  }
  return blocks
}
