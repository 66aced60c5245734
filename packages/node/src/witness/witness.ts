/** A witness at work: follows its Ethereum node and vouches for new blocks, at once and again under the network's depth. */
import { type ChainRpc, readBlock } from "@enigma-discovery/chain/follow"
import { equalBytes, type HeaderAttestation } from "@enigma-discovery/protocol"
import { nodeErrors } from "../errors.ts"
import { createHeadChain } from "./head-chain.ts"
import type { WitnessSigner } from "./witness-signer.ts"

/** Blocks at depth that are signed at a start: an epoch may be opened up to 250 blocks after the one it needs. */
export const BACKFILL_BLOCKS = 256

export interface Witness {
  /** One look at the chain: signs what is new. @throws NODE_WITNESS_CONFLICT, after which it must not go on; CHAIN_* */
  look(signal?: AbortSignal): Promise<void>
  /** Number of the newest block seen; undefined before the first look. */
  head(): number | undefined
}

export interface WitnessOptions {
  readonly rpc: ChainRpc
  readonly signer: WitnessSigner
  readonly depth: number
  readonly fromBlock: number
  /** Hears every attestation: those at depth in ascending order, then the head's. */
  readonly publish: (attestation: HeaderAttestation) => void
}

export function createWitness({ rpc, signer, depth, fromBlock, publish }: WitnessOptions): Witness {
  const chain = createHeadChain({ rpc, keep: depth + BACKFILL_BLOCKS, fromBlock })
  let lookedAt: Uint8Array | undefined
  let head: number | undefined
  /** Highest block signed at depth in this run. */
  let deepNumber = -1
  let historyChecked = false

  /** What an earlier run signed must still be there, also when it is below the blocks looked at. */
  async function checkHistory(headNumber: number, signal: AbortSignal | undefined): Promise<void> {
    if (historyChecked) return
    const last = await signer.highest()
    // A node that is still behind is looked at again; blocks that conflict are found when they come.
    if (last !== undefined && last.number > headNumber) return
    if (last !== undefined) {
      const now = await readBlock(rpc, last.number, signal)
      if (now === undefined || !equalBytes(now.hash, last.hash))
        throw nodeErrors.make("WITNESS_CONFLICT", { block: last.number, depth })
    }
    historyChecked = true
  }

  return {
    head: () => head,
    async look(signal) {
      const blocks = await chain.advance(signal)
      const newest = blocks.at(-1)!
      if (lookedAt !== undefined && equalBytes(lookedAt, newest.hash)) return
      await checkHistory(newest.number, signal)
      const deep = blocks.filter(({ number }) => number <= newest.number - depth && number > deepNumber)
      for (const attestation of await signer.signDeep(deep)) publish(attestation)
      deepNumber = Math.max(deepNumber, newest.number - depth)
      if (depth > 0) publish(signer.signHead(newest))
      head = newest.number
      lookedAt = newest.hash
    },
  }
}
