/** The running network as its caller sees it. */
import { type Client, createClient } from "@enigma-discovery/client"
import { fromHex, toHex } from "@enigma-discovery/protocol"
import { BrowserProvider, type Signer } from "ethers"
import type { DevAccount } from "../accounts.ts"
import type { Deployment } from "../deployment.ts"
import { enigmaOnChain } from "../enigma-on-chain.ts"
import type { ResolvedOptions } from "../options.ts"
import type { InProcessClientOptions, InProcessDevnet, InProcessWorker } from "./api.ts"
import type { InProcessChain } from "./chain.ts"
import type { ChainHistory } from "./chain-history.ts"
import { advanceEpoch, untilAllInDraw } from "./epochs.ts"
import { createFaults } from "./faults.ts"
import type { Links } from "./links.ts"
import type { Treasurer } from "./money.ts"
import type { NodeFaults } from "./node-faults.ts"
import type { NodeSlot, SlotWorld } from "./node-slot.ts"
import type { NodeConfigs } from "./plan.ts"
import type { Seeded } from "./seeded.ts"
import { createSnapshots } from "./snapshots.ts"
import type { VirtualTime } from "./virtual-time.ts"

export interface NetworkParts {
  readonly seed: string
  readonly seeded: Seeded
  readonly chain: InProcessChain
  readonly history: ChainHistory
  readonly options: ResolvedOptions
  readonly world: SlotWorld
  readonly time: VirtualTime
  readonly links: Links
  readonly faults: NodeFaults
  readonly addresses: Deployment["addresses"]
  readonly trust: InProcessClientOptions["trust"]
  readonly treasurer: Treasurer
  readonly operators: readonly DevAccount[]
  readonly keyManager: NodeSlot
  readonly slots: readonly NodeSlot[]
  readonly slotOf: (name: string) => NodeSlot
  readonly configs: NodeConfigs
}

/** Between two looks of a client, virtual milliseconds: after the nodes have had theirs. */
const CLIENT_POLL_MS = 30
/** Real milliseconds: what takes longer in virtual time never comes. */
const TIMEOUTS = { recordMs: 30_000, resultMs: 30_000, receiptMs: 60_000 } as const

export function createNetwork(parts: NetworkParts) {
  const { chain, options, time, addresses, operators, slotOf, configs, world, treasurer } = parts
  const provider = new BrowserProvider(
    chain.provider as ConstructorParameters<typeof BrowserProvider>[0],
    chain.chainId,
    {
      cacheTimeout: -1,
    },
  )
  const enigma = enigmaOnChain({ provider, mine: chain.mine }, addresses, options)
  const epochParts = { chain, enigma, time, options }
  const workerSlots = options.stakesEng.map((_, i) => slotOf(`worker ${i + 1}`))
  const workers = workerSlots.map(
    (slot, i): InProcessWorker => ({
      name: slot.name,
      operator: operators[i]!,
      stakeEng: options.stakesEng[i]!,
      gatewayUrl: world.doors.urlOf(slot.host),
      workerId: i + 1,
      get isUp() {
        return slot.isUp
      },
    }),
  )
  const clientOptions: InProcessClientOptions = Object.freeze({
    chainId: chain.chainId,
    enigmaAddress: addresses.enigma,
    provider: chain.provider,
    gateways: workers.map(({ gatewayUrl }) => gatewayUrl),
    trust: parts.trust,
    pollIntervalMs: CLIENT_POLL_MS,
    fetch: (...args: Parameters<typeof fetch>) => time.during(world.doors.fetch(...args)),
    sleep: time.foreground.sleep,
    timeouts: TIMEOUTS,
  })
  const client = (who: Signer | string): Client =>
    createClient({
      ...clientOptions,
      provider: chain.provider as NonNullable<Parameters<typeof createClient>[0]["provider"]>,
      ...(typeof who === "string" ? { account: who } : { signer: who }),
    })

  async function stop(): Promise<void> {
    await Promise.all([...parts.slots].reverse().map((slot) => slot.stop()))
    provider.destroy()
  }
  let stopping: Promise<void> | undefined
  const snapshots = createSnapshots(parts)

  const devnet: InProcessDevnet = {
    seed: parts.seed,
    addresses,
    trust: parts.trust,
    chainId: chain.chainId,
    provider: chain.provider,
    enigma,
    workers,
    clientOptions,
    clock: time.foreground,
    client,
    fund: treasurer.fund,
    async mine(blocks = 1) {
      await chain.mine(blocks)
      await time.settle()
    },
    advanceEpoch: () => advanceEpoch(epochParts),
    settle: () => time.settle(),
    snapshot: snapshots.take,
    restore: snapshots.restore,
    debugState: async (contract) => {
      await time.settle()
      const { enclave } = slotOf(`worker ${await enigma.drawnWorker(contract)}`)
      const entries = enclave.debugState(fromHex(contract, 20, "contract"))
      return new Map(entries.map(({ key, value }) => [toHex(key), toHex(value)]))
    },
    faults: createFaults(parts, workerSlots),
    stop: () => (stopping ??= stop()),
  }

  return {
    devnet,
    fundOperators: async () => {
      for (const [i, { address }] of operators.entries()) await treasurer.transfer(address, options.stakesEng[i]!)
    },
    /** One after the other, so that ids in the registry are in the order of stakes. */
    async startWorkers() {
      const addressesSoFar = [...slotOf("key manager").ready.addresses, ...slotOf("witness").ready.addresses]
      for (const [i, slot] of workerSlots.entries()) {
        const ready = await slot.start(configs.worker(slot, addressesSoFar, operators[i]!, options.stakesEng[i]!))
        addressesSoFar.push(...ready.addresses)
      }
    },
    allInDraw: () => untilAllInDraw(epochParts),
  }
}
