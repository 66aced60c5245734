/** Options, secrets and the configuration of each node: those of the process form, with addresses inside this process. */
import { memoryAddress, type NodeConfigInput } from "@enigma-discovery/node"
import type { DevAccount } from "../accounts.ts"
import { DEV_CHAIN_ID } from "../constants.ts"
import type { DeployedPlan, NetworkPlan } from "../node-configs.ts"
import { keyGenerationConfig, keyManagerConfig, witnessConfig, workerConfig } from "../node-configs.ts"
import type { ResolvedOptions } from "../options.ts"
import type { NetworkSecrets } from "../trust.ts"
import type { InProcessOptions } from "./api.ts"
import type { NodeSlot } from "./node-slot.ts"
import type { Seeded } from "./seeded.ts"

const MAX_EPOCH_LENGTH_BLOCKS = 255

export interface InProcessPlan {
  readonly options: ResolvedOptions
  readonly mineWhileWaiting: boolean
}

export function resolvePlan(given: InProcessOptions, chainId: bigint): InProcessPlan {
  const stakesEng = given.stakesEng ?? [50_000]
  const depth = given.depth ?? 0
  const epochLengthBlocks = Math.min(given.epochLengthBlocks ?? 50, MAX_EPOCH_LENGTH_BLOCKS)
  const options: ResolvedOptions = Object.freeze({
    chainId: chainId ?? DEV_CHAIN_ID,
    stakesEng,
    blockTimeMs: 0,
    epochLengthBlocks,
    commitBlocks: given.commitBlocks ?? Math.max(2, Math.floor(epochLengthBlocks / 8)),
    depth,
    storageReceipts: given.storageReceipts ?? (stakesEng.length > 1 ? 1 : 0),
    chainPort: 0,
    logLevel: given.logLevel ?? "warn",
  })
  return Object.freeze({ options, mineWhileWaiting: given.mineWhileWaiting ?? depth > 0 })
}

export const seededSecrets = (seeded: Seeded): NetworkSecrets =>
  Object.freeze({ devRootKey: seeded.key("dev root"), witnessKey: seeded.key("witness") })

/** Nothing is started from files here; the measurements stand for the programs that run in this process. */
export const inProcessPrograms = (seeded: Seeded): NetworkPlan["programs"] => {
  const program = (name: string) =>
    Object.freeze({ file: `in this process: ${name}`, measurement: seeded.key(`program ${name}`) })
  return Object.freeze({ worker: program("worker"), keyManager: program("key manager") })
}

/** Nobody floods a network inside one process; and time passes here with every block. */
const NO_BUDGET = 1_000_000_000
const MAX_PEERS = 1_000

export class NodeConfigs {
  readonly #plan: DeployedPlan
  readonly #seeded: Seeded

  constructor(plan: DeployedPlan, seeded: Seeded) {
    this.#plan = plan
    this.#seeded = seeded
  }

  keyManager(slot: NodeSlot, bootstrap: readonly string[], keeper: DevAccount): NodeConfigInput {
    const config = keyManagerConfig(this.#plan, slot.host, keeper)
    return { ...config, ...this.#inside(slot, bootstrap), keeper: { ladderBlocks: 1 } }
  }

  witness(slot: NodeSlot, bootstrap: readonly string[]): NodeConfigInput {
    return { ...witnessConfig(this.#plan, slot.host), ...this.#inside(slot, bootstrap) }
  }

  /** Epochs are opened by the key manager alone: whatever opens them needs it. */
  worker(slot: NodeSlot, bootstrap: readonly string[], operator: DevAccount, stakeEng: number): NodeConfigInput {
    const config = workerConfig(this.#plan, slot.host, bootstrap, operator, stakeEng)
    return { ...config, ...this.#inside(slot, bootstrap), keeper: { enabled: false } }
  }

  #inside(slot: NodeSlot, bootstrap: readonly string[]) {
    return {
      stopWithParent: false,
      p2p: {
        listen: [memoryAddress(slot.host)],
        bootstrap: [...bootstrap],
        identityKey: this.#seeded.key(`peer ${slot.name}`),
        maxPeers: MAX_PEERS,
      },
      rpc: { costPerMinute: NO_BUDGET },
    }
  }
}

export { keyGenerationConfig }
