import { type ChainRpc, createFollower, type FollowerStatus } from "@enigma-discovery/chain/follow"
import type { Clock } from "../deps.ts"
import { errorFields, type Logger } from "../log.ts"
import type { ChainIndex } from "./chain-index.ts"

export interface FollowLoopOptions {
  readonly rpc: ChainRpc
  readonly chainId: bigint
  readonly enigma: Uint8Array
  readonly fromBlock: number
  readonly rangeBlocks: number
  readonly pollMs: number
  readonly index: ChainIndex
  readonly clock: Clock
  readonly log: Logger
}

export interface FollowLoop {
  status(): FollowerStatus & { readonly failures: number }
  stop(): Promise<void>
}

/** Longest pause after failures in a row. */
const MAX_BACKOFF_MS = 15_000

/** Reads the chain into the index until stopped. Returns when it has caught up once. @throws CHAIN_* when it can't even once */
export async function startFollowing(options: FollowLoopOptions): Promise<FollowLoop> {
  const { rpc, chainId, enigma, fromBlock, rangeBlocks, index, clock, log } = options
  const stopping = new AbortController()
  let failures = 0
  const follower = createFollower({
    rpc,
    chainId,
    address: enigma,
    fromBlock,
    rangeBlocks,
    cursor: index.cursor(),
    confirmations: 0,
    handle: (update) => index.apply(update),
  })
  await follower.catchUp(stopping.signal)
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      const pauseMs = Math.min(options.pollMs * 2 ** Math.min(failures, 8), Math.max(MAX_BACKOFF_MS, options.pollMs))
      await clock.sleep(pauseMs, stopping.signal).catch(() => {})
      if (stopping.signal.aborted) return
      try {
        await follower.catchUp(stopping.signal)
        if (failures > 0) log.info("chain followed again", { after: failures })
        failures = 0
      } catch (error) {
        if (stopping.signal.aborted) return
        failures++
        log.warn("following the chain failed", { failures, ...errorFields(error) })
      }
    }
  })()
  return {
    status: () => ({ ...follower.status(), failures }),
    async stop() {
      stopping.abort()
      await loop
    },
  }
}
