/** The lanes of all contracts this worker is drawn for, and what wakes them. */
import { fromHex, type Hex, type KeyStatement, toHex } from "@enigma-discovery/protocol"
import type { WorkerContext } from "./context.ts"
import { createInputs, type Inputs } from "./inputs.ts"
import { createLane, type Lane } from "./lane.ts"
import { startViewDriver, type ViewDriver } from "./view-driver.ts"

export interface Lanes {
  readonly driver: ViewDriver
  readonly inputs: Inputs
  /** Inputs or code of a contract have arrived. */
  nudge(contract: Uint8Array): void
  keyStatement(contract: Uint8Array, signal: AbortSignal): Promise<KeyStatement>
  stop(): Promise<void>
}

/** Lanes kept; of contracts that are no longer ours the oldest go first. */
const MAX_LANES = 1_024

export function startLanes(context: WorkerContext): Lanes {
  const inputs = createInputs(context)
  const driver = startViewDriver(context)
  const lanes = new Map<Hex, Lane>()

  function laneOf(contract: Uint8Array): Lane {
    const key = toHex(contract)
    let lane = lanes.get(key)
    if (lane === undefined) {
      lane = createLane(context, driver, inputs, contract)
      lanes.set(key, lane)
      for (const [old, other] of lanes) {
        if (lanes.size <= MAX_LANES) break
        if (driver.isMine(other.contract)) continue
        lanes.delete(old)
        void other.stop()
      }
    }
    return lane
  }

  driver.onAdvanced(() => {
    for (const contract of driver.mine()) laneOf(contract)
    for (const lane of lanes.values()) lane.nudge()
  })
  context.index.onChange(({ contracts }) => {
    for (const lane of lanes.values()) if (lane.hasUncommitted()) lane.nudge()
    for (const key of contracts) if (driver.isMine(fromHex(key))) laneOf(fromHex(key)).nudge()
  })
  // What waits for a peer (inputs, keys, deltas) is tried again with each header.
  context.headers.onTrusted(() => {
    for (const contract of driver.mine()) laneOf(contract).nudge()
  })

  return {
    driver,
    inputs,
    nudge(contract) {
      if (driver.isMine(contract)) laneOf(contract).nudge()
    },
    keyStatement: (contract, signal) => laneOf(contract).keyStatement(signal),
    async stop() {
      await driver.stop()
      await Promise.all([...lanes.values()].map((lane) => lane.stop()))
    },
  }
}
