/**
 * A witness: says which blocks its own Ethereum node holds for canonical, and nothing else. Its word is what enclaves trust, so it
 * runs apart from workers and reads a node of its own.
 */
import {
  type BlockHeader as ChainHeader,
  type ChainRpc,
  checkChainId,
  latestBlock,
  readBlock,
} from "@enigma-discovery/chain/follow"
import { signDigest } from "@enigma-discovery/crypto"
import { equalBytes, type HeaderAttestation, type NetworkConfig, scheduledStart } from "@enigma-discovery/protocol"
import { witnessDigest } from "@enigma-discovery/verify"
import type { Clock } from "../deps.ts"
import { errorFields, type Logger } from "../log.ts"
import type { Secret } from "../secret.ts"

export interface WitnessOptions {
  readonly rpc: ChainRpc
  readonly network: NetworkConfig
  readonly key: Secret
  readonly pollMs: number
  readonly publish: (attestation: HeaderAttestation) => Promise<void>
  readonly clock: Clock
  readonly log: Logger
}

export interface Witness {
  headNumber(): number
  stop(): Promise<void>
}

/** Blocks signed one by one after a pause; of a longer past only the newest matter to anyone. */
const MAX_CATCH_UP_BLOCKS = 32
/**
 * After a scheduled start, the block before it is vouched for again under each new head: key managers refuse a header that is
 * older than one they know at the same depth, and the beacon needs just this one.
 */
const START_WINDOW_BLOCKS = 64

export function startWitness(options: WitnessOptions): Witness {
  const { rpc, network, clock, log } = options
  const stopping = new AbortController()
  const chain = new Map<number, ChainHeader>()
  let head = -1

  async function vouch(header: ChainHeader, confirmations: number): Promise<void> {
    const digest = witnessDigest(network.chainId, { number: BigInt(header.number), hash: header.hash }, confirmations)
    const signature = signDigest(digest, options.key.reveal())
    await options.publish({ header: header.rlp, confirmations, signature })
  }

  /** The block at a height, by the branch of the newest block: parents are followed, never guessed. */
  async function readBranch(newest: ChainHeader): Promise<void> {
    chain.set(newest.number, newest)
    const least = Math.max(0, newest.number - Math.max(network.depth, START_WINDOW_BLOCKS) - MAX_CATCH_UP_BLOCKS)
    let child = newest
    for (let number = newest.number - 1; number >= least; number--) {
      const known = chain.get(number)
      if (known !== undefined && equalBytes(known.hash, child.parentHash)) break
      const block = await readBlock(rpc, number, stopping.signal)
      if (block === undefined || !equalBytes(block.hash, child.parentHash))
        throw new Error("the branch changed while it was read")
      chain.set(number, block)
      child = block
    }
    for (const number of chain.keys()) if (number < least || number > newest.number) chain.delete(number)
  }

  async function vouchUnder(number: number): Promise<void> {
    const deep = chain.get(number - network.depth)
    if (deep !== undefined) await vouch(deep, network.depth)
    const newest = chain.get(number)
    if (newest !== undefined && network.depth > 0) await vouch(newest, 0)
    const start = Number(scheduledStart(BigInt(number), BigInt(network.epochLengthBlocks)))
    const before = chain.get(start - 1)
    const confirmations = number - (start - 1)
    if (before !== undefined && confirmations > network.depth && confirmations <= START_WINDOW_BLOCKS)
      await vouch(before, confirmations)
  }

  async function look(): Promise<void> {
    const newest = await latestBlock(rpc, stopping.signal)
    const known = chain.get(newest.number)
    if (newest.number === head && known !== undefined && equalBytes(known.hash, newest.hash)) return
    await readBranch(newest)
    // After a re-org the blocks of the new branch are vouched for from where it may have parted.
    const from = newest.number > head ? Math.max(head + 1, newest.number - MAX_CATCH_UP_BLOCKS) : newest.number
    for (let number = Math.max(0, from); number <= newest.number; number++) await vouchUnder(number)
    head = newest.number
  }

  const loop = (async () => {
    let checked = false
    while (!stopping.signal.aborted) {
      try {
        if (!checked) await checkChainId(rpc, network.chainId, stopping.signal)
        checked = true
        await look()
      } catch (error) {
        checked = false
        if (!stopping.signal.aborted) log.warn("looking at the chain failed", errorFields(error))
      }
      await clock.sleep(options.pollMs, stopping.signal).catch(() => {})
    }
  })()
  return {
    headNumber: () => head,
    async stop() {
      stopping.abort()
      await loop
    },
  }
}
