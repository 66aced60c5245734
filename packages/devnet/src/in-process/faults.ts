/** Faults on demand. */
import { devnetErrors } from "../errors.ts"
import type { Faults, WorkerFaults } from "./api.ts"
import type { NetworkParts } from "./network.ts"
import type { NodeSlot } from "./node-slot.ts"

export function createFaults(parts: NetworkParts, workers: readonly NodeSlot[]): Faults {
  const { faults, links, world, slots } = parts
  const hostOf = (name: string) => parts.slotOf(name).host
  const notYet = (what: string) => devnetErrors.make("NOT_BUILT_YET", { what })
  return {
    worker(number) {
      const slot = workers[number - 1]
      if (slot === undefined) throw devnetErrors.make("NO_SUCH_WORKER", { number, count: workers.length })
      return workerFaults(parts, slot)
    },
    net: {
      partition(...groups) {
        links.partition(groups.map((group) => group.map(hostOf)))
        world.net.cut()
      },
      delay: (ms, between) => links.delay(ms, between && [hostOf(between[0]), hostOf(between[1])]),
      drop: (share) => faults.lose(share),
      heal() {
        links.heal()
        faults.lose(0)
      },
    },
    chain: {
      reorg: async () => {
        throw notYet("chain.reorg")
      },
    },
    rpc: {
      fail: (...names) => faults.failRpc(names.length > 0 ? names : slots.map(({ name }) => name)),
      heal: () => faults.healRpc(),
    },
  }
}

function workerFaults({ faults, time }: NetworkParts, slot: NodeSlot): WorkerFaults {
  return {
    crashAfter: (step) => time.during(faults.crashAfter(slot.name, step)),
    crash: async () => slot.crash(),
    restart: () => time.during(slot.restart()),
    freeze: () => slot.gate.freeze(),
    thaw: () => slot.gate.thaw(),
    equivocate: async () => {
      throw devnetErrors.make("NOT_BUILT_YET", { what: "equivocate" })
    },
    withhold: (what) => faults.withhold(slot.name, what),
    release: () => faults.release(slot.name),
  }
}
