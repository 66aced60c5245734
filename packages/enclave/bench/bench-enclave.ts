import { readFileSync } from "node:fs"
import { pidsOf } from "../test/support/pids.ts"
import type { Backend } from "../test/support/network.ts"
import { CounterNetwork } from "./counter-network.ts"
import { networkWithHistory } from "./history.ts"

const STATE_BYTES = 1_000_000
const ROUNDS = 4
const TASKS_PER_ROUND = 1_024
/** As the node's lanes hand them over. */
const TASKS_PER_CALL = 64
const SINGLE_TASKS = 300
const HISTORY_DELTAS = 100_000

const secondsSince = (start: bigint): number => Number(process.hrtime.bigint() - start) / 1e9

export interface EnclaveFigures {
  readonly tasksPerSecond: number
  /** Of a task that is alone: from handing it to the enclave to its result. */
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Tasks through one worker enclave; only the enclave's calls are timed, not the chain and the user around it. */
export async function benchTasks(backend: Backend, program: string) {
  const counter = await CounterNetwork.start(backend, STATE_BYTES)
  const rounds: number[] = []
  let counted = 0n
  for (let round = 0; round <= ROUNDS; round++) {
    const tasks = await counter.waiting(TASKS_PER_ROUND)
    const start = process.hrtime.bigint()
    const results = []
    for (let at = 0; at < tasks.length; at += TASKS_PER_CALL)
      results.push(...(await counter.execute(tasks.slice(at, at + TASKS_PER_CALL))))
    const seconds = secondsSince(start)
    counted += BigInt(tasks.length)
    if (counter.read(tasks.at(-1)!, results.at(-1)!) !== counted) throw new Error("the counter is wrong")
    if (round > 0) rounds.push(TASKS_PER_ROUND / seconds) // the first warms up
    await counter.network.commit(1)
  }
  const singles = await counter.waiting(SINGLE_TASKS)
  const latencies: number[] = []
  for (const task of singles) {
    const start = process.hrtime.bigint()
    await counter.execute([task])
    latencies.push(secondsSince(start) * 1_000)
  }
  latencies.sort((a, b) => a - b)
  const rssMB = { core: rssOf(pidsOf(program, "core")), engine: rssOf(pidsOf(program, "engine")) }
  await counter.network.stop()
  return {
    tasksPerSecond: median(rounds),
    p50Ms: latencies[Math.floor(SINGLE_TASKS * 0.5)]!,
    p99Ms: latencies[Math.floor(SINGLE_TASKS * 0.99)]!,
    rssMB,
  }
}

/** A successor's way from nothing to the anchored head. */
export async function benchReplay(backend: Backend): Promise<number> {
  const { network, links } = await networkWithHistory(backend, (historian) => {
    for (let i = 0; i < HISTORY_DELTAS; i++) historian.count()
  })
  const start = process.hrtime.bigint()
  const { inSync } = await network.worker(1).replay(network.contract, links)
  const seconds = secondsSince(start)
  if (!inSync) throw new Error("the replay did not reach the anchored head")
  await network.stop()
  return links.length / seconds
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!

const rssOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]), 0) /
  1_024
