/** Blocks and epochs on demand. */
import type { EnigmaOnChain, EpochOnChain } from "../enigma-on-chain.ts"
import { devnetErrors } from "../errors.ts"
import type { ResolvedOptions } from "../options.ts"
import type { InProcessChain } from "./chain.ts"
import type { VirtualTime } from "./virtual-time.ts"

export interface EpochParts {
  readonly chain: InProcessChain
  readonly enigma: EnigmaOnChain
  readonly time: VirtualTime
  readonly options: ResolvedOptions
}

/** Blocks mined for commits that wait for each other, after which the rest is left to the next epoch. */
const MAX_COMMIT_ROUNDS = 16

/** Whatever the nodes send now goes into as few blocks as possible: the end of an epoch has not room for one each. */
async function together({ chain, time }: EpochParts): Promise<void> {
  const isAutomatic = await chain.ask<boolean>("hardhat_getAutomine")
  await chain.ask("evm_setAutomine", false)
  try {
    for (let round = 0; round < MAX_COMMIT_ROUNDS; round++) {
      await time.settle()
      const waiting = Number(await chain.ask<string>("eth_getBlockTransactionCountByNumber", "pending"))
      if (waiting === 0) return
      await chain.mine(1)
    }
  } finally {
    await chain.ask("evm_setAutomine", isAutomatic)
  }
}

/** @throws DEVNET_TIMED_OUT when nobody could open the next epoch */
export async function advanceEpoch(parts: EpochParts): Promise<EpochOnChain> {
  const { chain, enigma, time, options } = parts
  await time.settle()
  const start = await enigma.nextScheduledStart()
  const before = await chain.blockNumber()
  await chain.mine(Math.max(0, start - options.commitBlocks - before))
  await together(parts)
  // A commit that failed is tried again a few blocks later.
  await chain.mine(Math.max(0, Math.floor((start - (await chain.blockNumber())) / 2)))
  await together(parts)
  return await openEpoch(parts, start)
}

/** @throws DEVNET_TIMED_OUT when nobody could open it */
async function openEpoch({ chain, enigma, time, options }: EpochParts, start: number): Promise<EpochOnChain> {
  await chain.mine(Math.max(0, start - (await chain.blockNumber())))
  // Block start - 1 has to be at depth, and keepers go one after the other.
  for (let blocks = 0; blocks <= options.depth + MAX_COMMIT_ROUNDS; blocks++) {
    await time.settle()
    const epoch = await enigma.epoch()
    if (epoch.scheduledStartBlock >= start) return epoch
    await chain.mine(1)
  }
  throw devnetErrors.make("EPOCH_NOT_OPENED", { start })
}

/** Before there was an epoch nobody has anything to commit. A worker that registers while weights are closed counts one epoch later. */
const MAX_EPOCHS_TO_JOIN = 3

export async function untilAllInDraw(parts: EpochParts): Promise<void> {
  const { stakesEng } = parts.options
  const wanted = BigInt(stakesEng.reduce((sum, stake) => sum + stake, 0))
  for (let opened = 0; opened < MAX_EPOCHS_TO_JOIN; opened++)
    if ((await openEpoch(parts, await parts.enigma.nextScheduledStart())).totalWeight >= wanted) return
  throw devnetErrors.make("TIMED_OUT", { what: `the workers' whole stake in the draw (${wanted} ENG)`, timeoutMs: 0 })
}
