/** Faults on demand. */
import { fromHex } from "@enigma-discovery/protocol"
import { devnetErrors } from "../errors.ts"
import type { Faults, WorkerFaults } from "./api.ts"
import { equivocation, slashOf } from "./equivocate.ts"
import type { NetworkParts } from "./network.ts"
import type { NodeSlot } from "./node-slot.ts"

export function createFaults(parts: NetworkParts, workers: readonly NodeSlot[]): Faults {
  const { faults, links, world, slots } = parts
  const hostOf = (name: string) => parts.slotOf(name).host
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
      async reorg(blocks, options) {
        const { depth } = parts.options
        if (blocks > depth) throw devnetErrors.make("REORG_TOO_DEEP", { blocks, depth })
        await parts.history.replace(parts.chain, blocks, options)
        await parts.time.settle()
      },
    },
    rpc: {
      fail: (...names) => faults.failRpc(names.length > 0 ? names : slots.map(({ name }) => name)),
      heal: () => faults.healRpc(),
    },
  }
}

/** Real milliseconds after which a fault that waits for its moment will not come. */
const FAULT_TIMEOUT_MS = 20_000

function workerFaults({ faults, time, treasurer, addresses, chain }: NetworkParts, slot: NodeSlot): WorkerFaults {
  const domain = { chainId: chain.chainId, enigma: fromHex(addresses.enigma, 20) }
  return {
    crashAfter: (step) =>
      within(`a crash of ${slot.name} after "${step}"`, time.during(faults.crashAfter(slot.name, step))),
    crash: async () => slot.crash(),
    restart: () => time.during(slot.restart()),
    freeze: () => slot.gate.freeze(),
    thaw: () => slot.gate.thaw(),
    async equivocate(contract) {
      const { logs, transactionHash } = await treasurer.send(
        addresses.enigma,
        await equivocation(slot, domain, contract),
      )
      await time.settle()
      return { slashedGrains: slashOf(logs), transactionHash }
    },
    withhold: (what) => faults.withhold(slot.name, what),
    release: () => faults.release(slot.name),
  }
}

async function within<T>(what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(devnetErrors.make("TIMED_OUT", { what, timeoutMs: FAULT_TIMEOUT_MS })),
      FAULT_TIMEOUT_MS,
    )
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
