/** The launcher of the in-process form: chain, contracts, key manager, witness, workers, first epoch. */
import { rpcOfEip1193 } from "@enigma-discovery/chain/follow"
import { rememberValidSignatures } from "@enigma-discovery/crypto"
import { createLogger, createMemoryDoors, createMemoryNetwork, type Logger } from "@enigma-discovery/node"
import { moduleParameters } from "../deployment.ts"
import { devnetErrors } from "../errors.ts"
import { startSteps } from "../internal/steps.ts"
import type { DeployedPlan } from "../node-configs.ts"
import type { ResolvedOptions } from "../options.ts"
import { addressOf, networkConfig } from "../trust.ts"
import type { InProcessDevnet, InProcessOptions } from "./api.ts"
import { fundEth, type InProcessChain, inProcessChain, ownChain, quantity } from "./chain.ts"
import { ChainHistory } from "./chain-history.ts"
import { rememberCommittee, sealedCommittee } from "./committee.ts"
import { deployInProcess } from "./deploy.ts"
import type { Gate } from "./gate.ts"
import { Links } from "./links.ts"
import { createTreasurer } from "./money.ts"
import { createNetwork } from "./network.ts"
import { NodeFaults } from "./node-faults.ts"
import { NodeSlot, type SlotWorld } from "./node-slot.ts"
import { inProcessPrograms, keyGenerationConfig, NodeConfigs, resolvePlan, seededSecrets } from "./plan.ts"
import { newSeed, seeded as seededBy } from "./seeded.ts"
import { VirtualTime } from "./virtual-time.ts"

const ETH = 10n ** 18n
const GAS_MONEY_WEI = 10_000n * ETH

/**
 * Starts the network on the caller's chain, all or nothing.
 * @throws DEVNET_START_FAILED with the step's own error as cause
 */
export async function startInProcessDevnet(given: InProcessOptions = {}): Promise<InProcessDevnet> {
  const seed = given.seed ?? newSeed()
  rememberValidSignatures()
  rememberCommittee()
  const steps = startSteps(given.onEvent)
  const slots: NodeSlot[] = []
  try {
    return await assemble(given, seed, steps, slots)
  } catch (cause) {
    await steps.settled()
    await Promise.allSettled(slots.map((slot) => slot.stop()))
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw devnetErrors.make("START_FAILED", { step: steps.current(), reason: `${reason} (seed ${seed})` }, { cause })
  }
}

async function assemble(
  given: InProcessOptions,
  seed: string,
  steps: ReturnType<typeof startSteps>,
  slots: NodeSlot[],
): Promise<InProcessDevnet> {
  const seeded = seededBy(seed)
  const history = new ChainHistory((given.depth ?? 0) > 0)
  const chain = await steps.run("chain", async () =>
    inProcessChain(history.remembering(given.provider ?? (await ownChain()))),
  )
  const { options, mineWhileWaiting } = resolvePlan(given, chain.chainId)
  const { world, time, links, faults, slotOf } = await createWorld(given, seeded, chain, slots)

  const secrets = seededSecrets(seeded)
  const programs = inProcessPrograms(seeded)
  const early = { directory: "/in-process", options, secrets, programs }
  const keyManager = slotOf("key manager")
  const keys = await steps.run("group keys", () => {
    keyManager.shares = sealedCommittee(secrets.devRootKey, programs.keyManager.measurement)
    return keyManager.generateKeys(keyGenerationConfig(early, keyManager.host))
  })

  const account = seeded.account
  const [deployer, keeper] = [account("deployer"), account("keeper")]
  const operators = options.stakesEng.map((_, i) => account(`operator ${i + 1}`))
  await steps.run("accounts", async () => {
    await nearNextEpoch(chain, options)
    for (const { address } of [deployer, keeper, ...operators]) await fundEth(chain, address, GAS_MONEY_WEI)
  })
  const deployment = await steps.run("contracts", () =>
    deployInProcess(
      chain,
      deployer,
      moduleParameters({ options, secrets, keys, workerMeasurement: programs.worker.measurement, deployer }),
    ),
  )
  const network = networkConfig(options, secrets, keys, deployment.addresses.enigma)
  const plan: DeployedPlan = { ...early, rpcUrl: "http://in-process/", network, fromBlock: deployment.blockNumber }
  const trust = Object.freeze({ devRoot: addressOf(secrets.devRootKey), measurements: "chain", network } as const)
  const configs = new NodeConfigs(plan, seeded)
  const treasurer = createTreasurer(chain, deployment.addresses, deployer)
  const parts = {
    seed,
    seeded,
    chain,
    options,
    history,
    world,
    time,
    links,
    faults,
    addresses: deployment.addresses,
  }
  const running = createNetwork({ ...parts, trust, treasurer, operators, keyManager, slots, slotOf, configs })
  await steps.run("ENG for operators", () => running.fundOperators())
  await time.during(
    (async () => {
      await steps.run("key manager", () => keyManager.start(configs.keyManager(keyManager, [], keeper)))
      await steps.run("witness", () => {
        const witness = slotOf("witness")
        return witness.start(configs.witness(witness, keyManager.ready.addresses))
      })
      await steps.run("workers", () => running.startWorkers())
    })(),
  )
  await steps.run("first epoch", () => running.allInDraw())
  if (mineWhileWaiting) time.whenStuck = () => chain.mine(1)
  return running.devnet
}

/** Blocks that deploying and each worker's entry take, at least as many as they ever do: what is left over is mined one by one. */
const DEPLOYMENT_BLOCKS = 10
const WORKER_BLOCKS = 6

/**
 * Goes to shortly before an epoch's start in one step, while nobody reads the chain yet: block by block every node would be shown
 * each of them. What Hardhat makes up in between is before the first block of interest.
 */
async function nearNextEpoch(chain: InProcessChain, { epochLengthBlocks, stakesEng }: ResolvedOptions): Promise<void> {
  const now = await chain.blockNumber()
  const needed = DEPLOYMENT_BLOCKS + WORKER_BLOCKS * stakesEng.length
  const room = epochLengthBlocks - (now % epochLengthBlocks)
  if (room > needed) await chain.ask("hardhat_mine", quantity(BigInt(room - needed)))
}

/** What the nodes share, before there is any. */
async function createWorld(
  given: InProcessOptions,
  seeded: ReturnType<typeof seededBy>,
  chain: Awaited<ReturnType<typeof inProcessChain>>,
  slots: NodeSlot[],
) {
  let progress = 0
  const { timestamp } = await chain.ask<{ timestamp: string }>("eth_getBlockByNumber", "latest", false)
  const links = new Links((name) => slots.find(({ host }) => host === name))
  const net = createMemoryNetwork(links)
  const time = new VirtualTime({
    startMs: Number(timestamp) * 1_000,
    activity: () => net.delivered() + progress,
    progress: () => progress,
  })
  links.clock = time.background
  const faults = new NodeFaults(seeded, (name) => slots.find((slot) => slot.name === name)?.crash())
  const base = rpcOfEip1193(chain.provider as Parameters<typeof rpcOfEip1193>[0])
  const world: SlotWorld = {
    ...{ time, net, doors: createMemoryDoors(), seeded, faults },
    rpc: {
      async request(method, params, signal) {
        const answer = await base.request(method, params, signal)
        const at = method === "eth_getBlockByNumber" ? (answer as { timestamp?: string } | null)?.timestamp : undefined
        if (at !== undefined) time.seen(Number(at) * 1_000)
        return answer
      },
    },
    logger: (node, gate) => eventLogger(given, node, gate, time.now),
    onProgress: () => {
      progress++
    },
  }
  const slotOf = (name: string): NodeSlot => {
    const known = slots.find((slot) => slot.name === name)
    if (known !== undefined) return known
    const made = new NodeSlot(name, world)
    slots.push(made)
    return made
  }
  return { world, time, links, faults, slotOf }
}

function eventLogger(
  { logLevel = "warn", onEvent }: InProcessOptions,
  node: string,
  gate: Gate,
  now: () => number,
): Logger {
  return createLogger(
    logLevel,
    (line) => {
      if (gate.isClosed) return
      const { level, event, ...fields } = JSON.parse(line) as { level: string; event: string }
      onEvent?.({ kind: "line", node, level, message: event, fields })
    },
    now,
  )
}
