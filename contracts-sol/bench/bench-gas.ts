/** Runs the measurements of measure.ts on one chain, from an empty lottery to a full one. */
import { EPOCH_RING_SIZE } from "@enigma-discovery/protocol"
import type { QueueModel } from "../test/support/queue.ts"
import { type BenchChain, benchChain, openEpochGas } from "./chain.ts"
import * as measure from "./measure.ts"
import { recordGas, steadyQueue, youngQueue } from "./queues.ts"
import { fillTo, registerGas } from "./workers.ts"

/** How far a bench goes. */
export interface Plan {
  /** Numbers of workers at which an opening is measured, ascending; tasks are measured at the last. */
  readonly openAt: readonly number[]
  /** Of these, those at which a registration is measured, too. */
  readonly registerAt: readonly number[]
  /** Sizes of batches. */
  readonly batches: readonly number[]
  /** Tasks after which a contract counts as old; absent: not measured. */
  readonly age?: number
}

export const FULL: Plan = {
  openAt: [1, 50, 1_000, 10_000],
  registerAt: [1, 1_000],
  batches: [1, 10, 100, 1_000],
  age: 20_000,
}

/** What costs the same on a small network, in seconds. */
export const QUICK: Plan = { openAt: [1, 8], registerAt: [1], batches: [1, 10, 100] }

/** Gas by figure: a name, or `name.at`. */
export type Figures = ReadonlyMap<string, number>

export async function benchGas(plan: Plan, say: (text: string) => void): Promise<Figures> {
  const chain = await benchChain(plan.openAt.at(-1)! + plan.registerAt.length, say)
  try {
    say("Enigma is deployed")
    const figures = new Map<string, number>()
    await benchLottery(chain, plan, figures)
    await benchTasks(chain, plan, figures)
    return figures
  } finally {
    await chain.connection.close()
  }
}

/** Openings and registrations, while the lottery fills. */
async function benchLottery(chain: BenchChain, { openAt, registerAt }: Plan, figures: Map<string, number>) {
  for (const [i, workers] of openAt.entries()) {
    await fillTo(chain, workers)
    // The ring of epochs must be in its second lap before anything is measured.
    for (let opened = 0; i === 0 && opened < EPOCH_RING_SIZE; opened++) await openEpochGas(chain)
    figures.set(`openEpoch.w${workers}`, await openEpochGas(chain))
    if (registerAt.includes(workers)) figures.set(`register.w${workers}`, await registerGas(chain))
  }
}

/** Everything about tasks, at the number of workers there is. */
async function benchTasks(chain: BenchChain, plan: Plan, figures: Map<string, number>) {
  const young = await youngQueue(chain, "young")
  figures.set("recordTaskFirstLap", await recordGas(chain, young))
  const queue = await steadyQueue(chain, "steady")
  chain.say("a contract is in its second lap")
  for (const [name, run] of Object.entries(TASK_FIGURES)) figures.set(name, await run(chain, queue))
  for (const size of plan.batches) figures.set(`commitBatch.n${size}`, await measure.commitBatch(chain, queue, size))
  figures.set("recordDeployment", await measure.recordDeployment(chain))
  if (plan.age === undefined) return
  const { first, last } = await measure.atAge(chain, plan.age)
  figures.set("recordTaskAtAge.t1", first.record).set(`recordTaskAtAge.t${plan.age}`, last.record)
  figures.set("commitAtAge.t1", first.commit).set(`commitAtAge.t${plan.age}`, last.commit)
}

const TASK_FIGURES: Readonly<Record<string, (chain: BenchChain, queue: QueueModel) => Promise<number>>> = {
  recordTask: recordGas,
  recordTasks100PerTask: measure.recordTasks100,
  relayedOrder: measure.relayedOrder,
  relayedOrderWithFee: measure.relayedOrderWithFee,
  commitFirstInEpoch: measure.commitFirstInEpoch,
  perRefundedUser: measure.perRefundedUser,
  callbackOverhead: measure.callbackOverhead,
  verifyReceipt: measure.verifyReceipt,
  settleExpired100PerTask: measure.settleExpired100,
}
