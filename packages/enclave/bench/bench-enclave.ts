import type { Backend } from "../test/support/network.ts"
import { CounterNetwork } from "./counter-network.ts"
import { residentMB, timed } from "./cpu.ts"
import { networkWithHistory } from "./history.ts"

export interface BenchSizes {
  readonly stateBytes: number
  readonly rounds: number
  readonly tasksPerRound: number
  readonly singleTasks: number
  readonly deltas: number
  readonly replays: number
  readonly checkpointBytes: number
}

/** As the node's lanes hand them over. */
const TASKS_PER_CALL = 64

/** What is measured, and the program file whose processes are watched. */
export interface BenchTarget {
  readonly backend: Backend
  readonly program: string
}

/** Tasks through one worker enclave; only the enclave's calls are timed, not the chain and the user around it. */
export async function benchTasks({ backend, program }: BenchTarget, sizes: BenchSizes) {
  const counter = await CounterNetwork.start(backend, sizes.stateBytes)
  const rounds = []
  let counted = 0n
  for (let round = 0; round <= sizes.rounds; round++) {
    const tasks = await counter.waiting(sizes.tasksPerRound)
    const run = await timed(program, tasks.length, () => counter.executeAll(tasks, TASKS_PER_CALL))
    counted += BigInt(tasks.length)
    if (counter.read(tasks.at(-1)!, run.value.at(-1)!) !== counted) throw new Error("the counter is wrong")
    if (round > 0) rounds.push(run) // the first warms up
    await counter.network.commit(1)
  }
  const latenciesMs: number[] = []
  for (const task of await counter.waiting(sizes.singleTasks))
    latenciesMs.push((await timed(program, 1, () => counter.executeAll([task], 1))).seconds * 1_000)
  const rssMB = residentMB(program)
  await counter.network.stop()
  const best = rounds.toSorted((a, b) => a.seconds - b.seconds)
  return {
    tasksPerSecond: sizes.tasksPerRound / best[0]!.seconds,
    medianTasksPerSecond: sizes.tasksPerRound / best[best.length >> 1]!.seconds,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
    cpuUsPerTask: { core: medianOf(rounds, "core"), engine: medianOf(rounds, "engine") },
    rssMB,
  }
}

/** A successor's way from nothing to the anchored head, delta by delta. */
export async function benchReplay(target: BenchTarget, { deltas, replays }: BenchSizes) {
  const runs = []
  for (let i = 0; i < replays; i++) runs.push(await replayOnce(target, deltas))
  const best = runs.toSorted((a, b) => a.seconds - b.seconds)
  return {
    replayDeltasPerSecond: deltas / best[0]!.seconds,
    medianReplayDeltasPerSecond: deltas / best[best.length >> 1]!.seconds,
    replayCpuUsPerDelta: medianOf(runs, "core"),
  }
}

async function replayOnce({ backend, program }: BenchTarget, deltas: number) {
  const { network, links } = await networkWithHistory(backend, (historian) => {
    for (let i = 0; i < deltas; i++) historian.count()
  })
  const { value, seconds, cpuUs } = await timed(program, deltas, () =>
    network.worker(1).replay(network.contract, links),
  )
  if (!value.inSync) throw new Error("the replay did not reach the anchored head")
  await network.stop()
  return { seconds, cpuUs }
}

/** The same by a checkpoint alone. */
export async function benchRestore({ backend, program }: BenchTarget, { checkpointBytes }: BenchSizes) {
  const { network, links } = await networkWithHistory(backend, (historian) => historian.checkpoint(checkpointBytes))
  const { value, seconds } = await timed(program, 1, () => network.worker(1).replay(network.contract, links))
  if (!value.inSync) throw new Error("the checkpoint did not lead to the anchored head")
  await network.stop()
  return { checkpointRestoreMBps: checkpointBytes / 1e6 / seconds, checkpointLinks: links.length }
}

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!

const medianOf = (
  runs: readonly { readonly cpuUs: Readonly<Record<"core" | "engine", number>> }[],
  role: "core" | "engine",
) =>
  percentile(
    runs.map(({ cpuUs }) => cpuUs[role]),
    0.5,
  )
