/** The worker role, assembled in dependency order: each part may use those above it. */
import { rpcOverHttp } from "@enigma-discovery/chain/follow"
import { createTransactor } from "@enigma-discovery/chain/transact"
import { createDevQuoting, startWorkerEnclave, type WorkerEnclave } from "@enigma-discovery/enclave/host"
import { toHex, type WorkerInfo } from "@enigma-discovery/protocol"
import { openChainIndex } from "../chain/chain-index.ts"
import { startFollowing } from "../chain/follow-loop.ts"
import { createHeaderFeed } from "../chain/header-feed.ts"
import type { WorkerConfig } from "../config.ts"
import type { NodeDeps } from "../deps.ts"
import { nodeErrors } from "../errors.ts"
import type { ReadyEvent } from "../events.ts"
import { errorFields } from "../log.ts"
import { createMetrics, type Metrics } from "../metrics.ts"
import type { RunningNode } from "../roles.ts"
import { gatewayMethods } from "../rpc/methods.ts"
import { startRpcServer } from "../rpc/server.ts"
import { Stack } from "../stack.ts"
import { ledgerStore } from "../store/ledger.ts"
import type { BatchRow } from "../store/tables.ts"
import { createBatchKeeper } from "../tasks/batch-keeper.ts"
import { openEnvelopePool } from "../tasks/envelope-pool.ts"
import { createAssignments } from "./assignments.ts"
import type { WorkerContext } from "./context.ts"
import { startBase } from "./foundation.ts"
import { workerGateway } from "./gateway.ts"
import { workerHandlers } from "./handlers.ts"
import { type Lanes, startLanes } from "./lanes.ts"
import { ensureRegistered, type RegistrationOptions } from "./registration.ts"
import { startRenewal } from "./renewal.ts"
import { startTopics } from "./topics.ts"

/** Blocks that may pass unseen before the node calls itself unhealthy. */
const UNHEALTHY_FAILURES = 5

/** @throws NODE_START_FAILED; nothing is left running then */
export async function startWorker(config: WorkerConfig, deps: NodeDeps): Promise<RunningNode> {
  const up = new Stack()
  try {
    return await assemble(config, deps, up)
  } catch (cause) {
    await up
      .unwind(config.stopTimeoutMs)
      .catch((error) => deps.log.error("undoing the start failed", errorFields(error)))
    throw nodeErrors.make("START_FAILED", { step: up.step }, { cause })
  }
}

const startEnclave = (config: WorkerConfig, { clock, startWorkerEnclave: start }: NodeDeps): Promise<WorkerEnclave> => {
  const { program, measurement, devRootKey, memoryMb } = config.enclave
  const now = () => BigInt(Math.floor(clock.now() / 1_000))
  const quoting = createDevQuoting({ rootKey: devRootKey.reveal(), now })
  return (start ?? startWorkerEnclave)({ program, measurement, quoting, memoryMb })
}

async function assemble(config: WorkerConfig, deps: NodeDeps, up: Stack): Promise<RunningNode> {
  const { clock, log, signal } = deps
  const { network, chain } = config
  const domain = { chainId: network.chainId, enigma: network.enigma }
  const rpc = deps.rpc ?? rpcOverHttp(chain.rpcUrl, { timeoutMs: chain.requestTimeoutMs })
  const stopping = new AbortController()
  await up.start("work", () => ({ stop: () => stopping.abort() }))
  const alive = AbortSignal.any([signal, stopping.signal])
  const enclave = await up.start("enclave", () => startEnclave(config, deps))
  const identity = await enclave.configure(network)
  let services: { context: WorkerContext; lanes: Lanes } | undefined
  const base = await startBase(
    config,
    deps,
    workerHandlers(() => services),
    up,
  )
  const { tables, requester, gossip, directory } = base
  const headers = createHeaderFeed(network, gossip)
  const index = await openChainIndex(tables, domain)
  const envelopes = await openEnvelopePool(tables, () => clock.now())
  const batches = await up.start("batch keeper", () => createBatchKeeper({ tables, index, directory, requester, log }))
  const following = await up.start("chain", () =>
    startFollowing({ ...chain, rpc, chainId: network.chainId, enigma: network.enigma, index, clock, log }),
  )
  const transactor = await up.start("transactions", async () => {
    const made = createTransactor({
      rpc,
      chainId: network.chainId,
      secretKey: () => config.operatorKey.reveal(),
      store: ledgerStore(tables),
      depth: Math.max(1, network.depth),
      pollMs: chain.pollMs,
      sleep: (ms, cut) => clock.sleep(ms, cut),
      onError: (error) => log.warn("watching a transaction failed", errorFields(error)),
    })
    await made.start()
    return made
  })
  const registration: RegistrationOptions = {
    ...{ rpc, network, transactor, enclave, identity, clock, log, signal: alive },
    stakeGrains: config.stakeGrains,
    pollMs: chain.pollMs,
  }
  const { info, accountImplementation } = await ensureRegistered(registration)
  let self: WorkerInfo = info
  const metrics = workerMetrics(
    () => index.headNumber(),
    () => envelopes.stats().envelopes,
  )
  const context: WorkerContext = {
    ...{ config, network, domain, rpc, tables, index, headers, gossip, requester, directory, transactor, enclave },
    ...{ envelopes, batches, accountImplementation, clock, metrics, log, signal: alive },
    get self() {
      return self
    },
  }
  const lanes = await up.start("lanes", () => startLanes(context))
  const assignments = createAssignments(context)
  const topics = await up.start("topics", () =>
    startTopics({ context, assignments, onEnvelope: (contract) => lanes.nudge(contract) }),
  )
  services = { context, lanes }
  await followContracts(context, topics)
  await up.start("renewal", () =>
    startRenewal(context, registration, (quote) => {
      self = { ...self, quote }
      lanes.driver.wantAll()
    }),
  )
  const backend = workerGateway({
    ...{ context, lanes, assignments, addresses: base.addresses },
    peerId: base.peers.host.peerId.toString(),
  })
  const door = await up.start("gateway", () =>
    startRpcServer({
      ...config.rpc,
      methods: gatewayMethods(backend),
      health: () => ({
        ok: following.status().failures < UNHEALTHY_FAILURES,
        block: index.headNumber(),
        peers: directory.all().length,
        epoch: lanes.driver.view()?.epoch ?? 0,
      }),
      metrics: () => metrics.render(),
      onCall: (method, outcome) => metrics.add("rpc_calls", { method, outcome }),
      now: () => clock.now(),
      log,
    }),
  )
  const ready: ReadyEvent = {
    event: "ready",
    role: "worker",
    pid: process.pid,
    peerId: base.peers.host.peerId.toString(),
    addresses: base.addresses(),
    rpcUrl: door.url,
    wsUrl: door.wsUrl,
    operator: toHex(self.operator),
    workerId: self.workerId,
    signer: toHex(self.signer),
    measurement: toHex(enclave.measurement),
  }
  log.info("worker is up", { workerId: self.workerId, rpcUrl: door.url, isolation: enclave.isolation.form })
  const failed = enclave.ended.then(async ({ expected, detail }) => {
    if (expected) return new Promise<never>(() => {})
    return nodeErrors.make("ENCLAVE_LOST", { detail })
  })
  return { ready, stop: () => up.unwind(config.stopTimeoutMs), failed }
}

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

function workerMetrics(headNumber: () => number, pooled: () => number): Metrics {
  const metrics = createMetrics()
  metrics.describe("chain_head_block", "gauge", "Newest block followed.", headNumber)
  metrics.describe("envelopes", "gauge", "Envelopes held.", pooled)
  metrics.describe("tasks_executed", "counter", "Tasks executed by this worker's enclave.")
  metrics.describe("batches_committed", "counter", "Batches this worker committed.")
  metrics.describe("tasks_committed", "counter", "Tasks in the batches this worker committed.")
  metrics.describe("rpc_calls", "counter", "Gateway calls by method and outcome.")
  return metrics
}
