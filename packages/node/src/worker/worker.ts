/** The worker role, assembled in dependency order: each part may use those above it. */
import { startWorkerEnclave } from "@enigma-discovery/enclave/host"
import { toHex, type WorkerInfo } from "@enigma-discovery/protocol"
import { startBase } from "../base.ts"
import { type ChainIndex, openChainIndex } from "../chain/chain-index.ts"
import { startFollowing } from "../chain/follow-loop.ts"
import { startTransactor } from "../chain/start-transactor.ts"
import type { WorkerConfig } from "../config.ts"
import type { NodeDeps } from "../deps.ts"
import { enclaveOptions, isolationText } from "../enclave-options.ts"
import { nodeErrors } from "../errors.ts"
import { beaconSources } from "../keeper/beacon-sources.ts"
import { startKeeper } from "../keeper/keeper.ts"
import { errorFields } from "../log.ts"
import type { Metrics } from "../metrics.ts"
import type { RunningNode } from "../roles.ts"
import { startGateway } from "../rpc/gateway.ts"
import { startServices } from "../services.ts"
import { onStack } from "../stack.ts"
import type { BatchRow } from "../store/tables.ts"
import { createBatchKeeper } from "../tasks/batch-keeper.ts"
import { type EnvelopePool, openEnvelopePool } from "../tasks/envelope-pool.ts"
import { createAssignments } from "./assignments.ts"
import type { WorkerContext } from "./context.ts"
import { workerGateway } from "./gateway.ts"
import { type WorkerParts, workerHandlers } from "./handlers.ts"
import { startLanes } from "./lanes.ts"
import { createQueries } from "./queries.ts"
import { ensureRegistered, type RegistrationOptions } from "./registration.ts"
import { startRenewal } from "./renewal.ts"
import { startTopics } from "./topics.ts"

/** Failures to read the chain, in a row, from which the node calls itself unready. */
const UNREADY_FAILURES = 5

export const startWorkerNode = (config: WorkerConfig, deps: NodeDeps): Promise<RunningNode> =>
  onStack(config.stopTimeoutMs, async (up) => {
    const { clock, log } = deps
    const { network, chain } = config
    const stopping = new AbortController()
    const signal = AbortSignal.any([deps.signal, stopping.signal])
    const enclave = await up.start("enclave", () =>
      (deps.startWorkerEnclave ?? startWorkerEnclave)(enclaveOptions(config.enclave, clock, network.chainId)),
    )
    const identity = await enclave.configure(network)
    const base = await startBase(up, config, deps)
    const { rpc, tables, headers, gossip, metrics, p2p } = base
    const domain = { chainId: network.chainId, enigma: network.enigma }
    const index = await openChainIndex(tables, domain)
    const envelopes = await openEnvelopePool(tables, () => clock.now())
    describeMetrics(metrics, index, envelopes)
    let running: WorkerParts | undefined
    let self: WorkerInfo | undefined
    const services = await startServices(up, base, {
      role: "worker",
      blockNumber: () => index.headNumber(),
      worker: () => self,
      handlers: workerHandlers(() => running),
    })
    const { requester, directory, headerSource } = services
    const batches = await up.start("batch keeper", () =>
      createBatchKeeper({ tables, index, directory, requester, log }),
    )
    const following = await up.start("chain index", () =>
      startFollowing({ ...chain, rpc, chainId: network.chainId, enigma: network.enigma, index, clock, log }),
    )
    const transactor = await startTransactor(up, base, config.operatorKey)
    const registration: RegistrationOptions = {
      ...{ rpc, network, transactor, enclave, identity, clock, log, signal },
      stakeGrains: config.stakeGrains,
      pollMs: chain.pollMs,
    }
    // What runs from here on may be waiting for others; stopping cuts that short before it is stopped itself.
    await up.start("cut", () => ({ stop: () => stopping.abort(new Error("stopping")) }))
    const { info, accountImplementation } = await up.start(
      "registration",
      () => ensureRegistered(registration),
      () => {},
    )
    self = info
    const context: WorkerContext = {
      ...{ config, network, domain, rpc, tables, index, headers, gossip, requester, directory, transactor, enclave },
      ...{ envelopes, batches, accountImplementation, clock, metrics, log, signal },
      get self() {
        return self ?? info
      },
    }
    const lanes = await up.start("lanes", () => startLanes(context))
    const assignments = createAssignments(context)
    const topics = await up.start("topics", () =>
      startTopics({ context, assignments, onEnvelope: (contract) => lanes.nudge(contract) }),
    )
    const queries = createQueries(context, lanes)
    running = { context, lanes, queries }
    await followContracts(context, topics)
    await up.start("renewal", () =>
      startRenewal(context, registration, (quote) => {
        self = { ...info, quote }
        lanes.driver.wantAll()
      }),
    )
    if (config.keeper.enabled) {
      const sources = beaconSources({ ...services, reputation: p2p.reputation })
      await startKeeper(up, base, { ...config.keeper, transactor, headerSource, sources })
    }
    const door = await startGateway(up, base, {
      enclave: { measurement: enclave.measurement, isolation: isolationText(enclave.isolation) },
      backend: workerGateway({ context, lanes, queries, assignments, base }),
      ready: () => ({
        ok: following.status().failures < UNREADY_FAILURES && lanes.driver.view() !== undefined,
        blockNumber: index.headNumber(),
        epoch: lanes.driver.view()?.epoch ?? 0,
        peers: directory.all().length,
      }),
    })
    log.info("worker is up", { workerId: info.workerId, rpcUrl: door.rpcUrl, isolation: enclave.isolation.form })
    const who = { operator: toHex(info.operator), workerId: info.workerId, signer: toHex(info.signer) }
    return {
      ready: {
        event: "ready",
        role: "worker",
        ...services.self(),
        ...door,
        ...who,
        measurement: toHex(enclave.measurement),
      },
      failed: enclave.ended.then(({ expected, detail }) =>
        expected ? new Promise<never>(() => {}) : nodeErrors.make("ENCLAVE_ENDED", { detail }),
      ),
    }
  })

/** Follows all contracts there are and those that come, their batches and their records' envelopes. */
async function followContracts(context: WorkerContext, topics: { follow(contract: Uint8Array): void }): Promise<void> {
  const { index, batches, envelopes, config, log } = context
  const wanted = config.followContracts
  const isFollowed = (contract: Uint8Array) =>
    wanted === "all" || wanted.some((listed) => toHex(listed) === toHex(contract))
  const release = async ({ contract, fromIndex, toIndex }: BatchRow) => {
    for (const { record } of await index.records(contract, fromIndex, toIndex - fromIndex))
      envelopes.unpin(record.inputsHash)
  }
  index.onChange(({ created, inputs, batches: committed }) => {
    for (const inputsHash of inputs) envelopes.pin(inputsHash)
    for (const batch of committed)
      void release(batch).catch((error) => log.warn("releasing envelopes failed", errorFields(error)))
    for (const { contract } of created) if (isFollowed(contract)) topics.follow(contract)
    batches.follow(committed.filter(({ contract }) => isFollowed(contract)))
  })
  for (const { contract } of await index.contracts()) {
    if (!isFollowed(contract)) continue
    topics.follow(contract)
    const { committed, submitted } = await index.tail(contract)
    for (const { record } of await index.records(contract, committed, submitted - committed))
      envelopes.pin(record.inputsHash)
  }
}

function describeMetrics(metrics: Metrics, index: ChainIndex, envelopes: EnvelopePool): void {
  metrics.describe("chain_head_block", "gauge", "Newest block followed.", () => index.headNumber())
  metrics.describe("envelopes", "gauge", "Envelopes held.", () => envelopes.stats().envelopes)
  metrics.describe("tasks_executed", "counter", "Tasks executed by this worker's enclave.")
  metrics.describe("queries", "counter", "Private reads handed to this worker's enclave, by outcome.")
  metrics.describe("batches_committed", "counter", "Batches this worker committed.")
  metrics.describe("tasks_committed", "counter", "Tasks in the batches this worker committed.")
}
