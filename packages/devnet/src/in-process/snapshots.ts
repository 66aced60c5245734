/**
 * Going back: chain, stores and enclaves together. The nodes end and start again on what they had stored; their enclaves get the keys
 * they had, so that nothing has to be registered anew and the chain is, block for block, the one of the snapshot.
 */
import { devnetErrors } from "../errors.ts"
import type { SnapshotId } from "./api.ts"
import type { NetworkParts } from "./network.ts"
import type { NodeSlot, SlotState } from "./node-slot.ts"

interface Snapshot {
  readonly chainSnapshot: string
  readonly nowMs: number
  readonly nodes: ReadonlyMap<NodeSlot, SlotState>
}

export interface Snapshots {
  take(): Promise<SnapshotId>
  restore(id: SnapshotId): Promise<void>
}

export function createSnapshots({ chain, time, slots, links, faults, world }: NetworkParts): Snapshots {
  const kept = new Map<SnapshotId, Snapshot>()
  let count = 0

  /** The chain forgets a snapshot that it went back to, and those after it. */
  function forgetFrom(id: SnapshotId): void {
    const ids = [...kept.keys()]
    for (const later of ids.slice(ids.indexOf(id))) kept.delete(later)
  }

  async function keep(id: SnapshotId, nowMs: number, nodes: Snapshot["nodes"]): Promise<void> {
    kept.set(id, { chainSnapshot: await chain.ask<string>("evm_snapshot"), nowMs, nodes })
  }

  return {
    async take() {
      await time.settle()
      const id = `snapshot ${++count}` as SnapshotId
      await keep(id, time.now(), new Map(slots.map((slot) => [slot, slot.save()])))
      return id
    },
    async restore(id) {
      const snapshot = kept.get(id)
      if (snapshot === undefined) throw devnetErrors.make("NO_SUCH_SNAPSHOT", { id })
      const { chainSnapshot, nowMs, nodes } = snapshot
      faults.clear()
      links.heal()
      for (const slot of nodes.keys()) slot.crash()
      if (!(await chain.ask<boolean>("evm_revert", chainSnapshot))) throw devnetErrors.make("NO_SUCH_SNAPSHOT", { id })
      forgetFrom(id)
      await keep(id, nowMs, nodes)
      time.setBack(nowMs)
      world.onProgress()
      for (const [slot, state] of nodes) {
        slot.load(state)
        if (state.isUp) await time.during(slot.restart(false))
      }
    },
  }
}
