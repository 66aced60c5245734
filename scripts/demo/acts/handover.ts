// Act 6: the drawn worker dies with work undone. Act 7: another one is drawn and finishes it.
import type { DevnetWorker } from "@enigma-discovery/devnet"
import { randomWorth, richestOf } from "../people.ts"
import type { Handover } from "../report.ts"
import { answer, type Called, call, committedFrom, drawnWorker, roomInEpoch, type Stage, workerById } from "../scene.ts"
import { seconds, thousands } from "../tell.ts"
import { checkRichest, nameOf } from "./compute.ts"

/** A worker drawn by stake is dead with its share of the stake's probability; this many times in a row never happens. */
const MAX_DRAWS = 40

export interface Orphaned {
  readonly killed: DevnetWorker
  /** Records before these tasks. */
  readonly from: number
  readonly asked: Called
}

export async function killDrawnWorker(stage: Stage): Promise<Orphaned> {
  const { network, teller, claims, people, worths, secretContract } = stage
  await roomInEpoch(stage)
  const { submitted: from } = await network.enigma.queue(secretContract)
  const killed = await drawnWorker(stage, secretContract)
  // Somebody who was not the richest becomes it, so that the old state alone would give a wrong answer.
  const riser = people.find(({ address }) => address !== richestOf(worths)) ?? people[0]!
  worths.set(
    riser.address,
    [...worths.values()].reduce((sum, worth) => sum + worth, randomWorth()),
  )
  teller.line(riser.name, "becomes richer than all others together; nobody else learns it")
  const added = await call(stage, riser, { fn: "addMillionaire", args: [riser.address, worths.get(riser.address)] })
  await answer(stage, added)
  const asked = await call(stage, people[2]!, { fn: "computeRichest", args: [] })
  const startedAt = performance.now()
  await killed.kill()
  teller.line(
    "SIGKILL",
    `${killed.name}, its enclave and everything else it had started: gone in ${seconds(performance.now() - startedAt)}`,
  )
  const { submitted, committed } = await network.enigma.queue(secretContract)
  claims.check(`${submitted - committed} recorded tasks are uncommitted`, submitted - committed === 2)
  claims.check(`${killed.name} was the drawn worker`, (await drawnWorker(stage, secretContract)) === killed)
  return { killed, from, asked }
}

export interface Finished {
  readonly richest: string
  readonly handover: Handover
}

export async function finishElsewhere(stage: Stage, { killed, from, asked }: Orphaned): Promise<Finished> {
  const { network, teller, claims, secretContract } = stage
  const successor = await drawAnother(stage, killed)
  const startedAt = performance.now()
  const richest = await checkRichest(stage, asked)
  teller.line(
    successor.name,
    `rebuilt the state from its peers' deltas and answered within ${seconds(performance.now() - startedAt)}`,
  )
  await network.enigma.advanceToCommitWindow()
  const batches = await committedFrom(stage, from)
  const [batch] = batches
  const to = batch ? workerById(stage, batch.workerId) : killed
  teller.line(
    "batch",
    `${batch ? batch.toIndex - batch.fromIndex : 0} receipts by ${to.name}, ${thousands(batch?.gasUsed ?? 0n)} gas`,
  )
  const { status, workerId } = await asked.handle.receipt({ signal: stage.signal })
  const ok = [
    claims.check(
      `${killed.name} committed none of them, ${to.name} all`,
      batches.every((b) => b.workerId !== killed.workerId),
    ),
    claims.check(
      `the receipt of task ${asked.handle.index} is on chain: ${status}`,
      status === "Success" && workerId === to.workerId,
    ),
    richest.toLowerCase() === richestOf(stage.worths).toLowerCase(),
  ].every(Boolean)
  claims.check(
    `the state moved on: the richest is ${nameOf(stage, richest)} now`,
    (await network.enigma.queue(secretContract)).committed > from,
  )
  return { richest, handover: { from: killed.operator.address, to: to.operator.address, ok } }
}

/** Opens epochs until the draw falls on a worker that lives. */
async function drawAnother(stage: Stage, killed: DevnetWorker): Promise<DevnetWorker> {
  const { network, teller, signal, secretContract } = stage
  for (let i = 0; i < MAX_DRAWS; i++) {
    signal.throwIfAborted()
    const { number } = await network.enigma.advanceToNextEpoch()
    const drawn = await drawnWorker(stage, secretContract)
    if (drawn !== killed) {
      teller.line(`epoch ${number}`, `draws ${drawn.name}`)
      return drawn
    }
    teller.line(
      `epoch ${number}`,
      `draws ${drawn.name} again, which is dead (its stake still counts): fast-forward to the next`,
    )
  }
  throw new Error(`${MAX_DRAWS} draws in a row fell on the dead worker`)
}
