/** Who is drawn for a contract now, as this node's own Ethereum node tells: for judging gossip and finding whom to ask. */
import { latestBlock, readClaim } from "@enigma-discovery/chain/follow"
import { type Hex, toHex } from "@enigma-discovery/protocol"
import { type Assignment, assignmentClaim } from "@enigma-discovery/verify"
import type { WorkerContext } from "./context.ts"

export interface Assignments {
  /** Undefined when nobody is drawn, or the drawn one may not act. `fresh`: not from memory. */
  of(contract: Uint8Array, fresh?: boolean): Promise<Assignment | undefined>
}

/** What is remembered holds for this time: a worker may renew its keys within an epoch. */
const KEEP_MS = 2_000
const MAX_KEPT = 2_048

export function createAssignments({
  rpc,
  network,
  clock,
  signal,
}: Pick<WorkerContext, "rpc" | "network" | "clock" | "signal">): Assignments {
  const kept = new Map<Hex, { readonly at: number; readonly found: Promise<Assignment | undefined> }>()

  async function read(contract: Uint8Array): Promise<Assignment | undefined> {
    const block = await latestBlock(rpc, signal)
    const claim = assignmentClaim(contract, BigInt(block.timestampS))
    return await readClaim(rpc, network.enigma, claim, block, signal).catch((error: unknown) => {
      if (error instanceof Error && error.name.startsWith("VERIFY_")) return undefined
      throw error
    })
  }

  return {
    async of(contract, fresh = false) {
      const key = toHex(contract)
      const known = kept.get(key)
      if (!fresh && known !== undefined && clock.now() - known.at < KEEP_MS) return known.found
      const found = read(contract)
      found.catch(() => kept.delete(key))
      kept.delete(key)
      kept.set(key, { at: clock.now(), found })
      if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value as Hex)
      return found
    },
  }
}
