/** The workers of a local network: processes that a test may kill. */
import type { DevAccount, DevAccounts } from "./accounts.ts"
import type { ProcessHost } from "./internal/managed-process.ts"
import type { Stack } from "./internal/stack.ts"
import { type DeployedPlan, workerConfig } from "./node-configs.ts"
import { type NodeProcess, startNodeProcess } from "./node-process.ts"

export interface DevnetWorker {
  /** As people call it: "worker 1". */
  readonly name: string
  /** Id in the registry, from 1. */
  readonly workerId: number
  readonly operator: DevAccount
  readonly stakeEng: number
  /** HTTP JSON-RPC of its gateway. */
  readonly gatewayUrl: string
  readonly process: NodeProcess
  /** SIGKILL to the whole process tree: the node, its enclave and the enclave's engine; resolves when all are gone. */
  kill(): Promise<void>
}

export interface WorkersOptions {
  readonly host: ProcessHost
  readonly up: Stack
  readonly plan: DeployedPlan
  readonly accounts: DevAccounts
  /** Addresses of the peers they meet first. */
  readonly bootstrap: readonly string[]
}

/** Starts all at once, all or nothing, and lets them end together. */
export async function startWorkers({ host, up, plan, accounts, bootstrap }: WorkersOptions): Promise<DevnetWorker[]> {
  const started: NodeProcess[] = []
  up.add("workers", { stop: async () => void (await Promise.all(started.map((process) => process.stop()))) })
  const startOne = async (stakeEng: number, index: number): Promise<DevnetWorker> => {
    const operator = accounts.operators[index]!
    const file = `worker-${index + 1}`
    const process = await startNodeProcess(host, file, workerConfig(plan, file, bootstrap, operator, stakeEng))
    started.push(process)
    return Object.freeze({
      name: `worker ${index + 1}`,
      workerId: process.ready.workerId ?? 0,
      operator,
      stakeEng,
      gatewayUrl: process.ready.rpcUrl,
      process,
      kill: () => process.kill(),
    })
  }
  const outcomes = await Promise.allSettled(plan.options.stakesEng.map(startOne))
  return outcomes.map((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason
    return outcome.value
  })
}
