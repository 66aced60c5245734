// What the demo says at its end: one object for machines, a table for people. Both are read from the chain.
import type { Devnet } from "@enigma-discovery/devnet"
import { type Teller, thousands } from "./tell.ts"

export interface Handover {
  /** Operators' addresses. */
  readonly from: string
  readonly to: string
  readonly ok: boolean
}

export interface Report {
  readonly ok: boolean
  readonly richest: string
  readonly expectedRichest: string
  readonly tasks: number
  readonly workers: readonly { readonly operator: string; readonly stake: number; readonly tasksExecuted: number }[]
  readonly batches: readonly {
    readonly epoch: number
    readonly contract: string
    readonly receipts: number
    readonly trigger: "epoch" | "callback"
    readonly gas: number
  }[]
  readonly handover: Handover
  readonly receiptProofVerified: boolean
  readonly callbackSeen: boolean
  readonly seconds: number
}

/** What the story found; the rest of the report is on chain. */
export type Findings = Pick<
  Report,
  "richest" | "expectedRichest" | "handover" | "receiptProofVerified" | "callbackSeen"
>

export async function reportOf(
  network: Devnet,
  secretContract: string,
  findings: Findings,
  ok: boolean,
  startedAt: number,
): Promise<Report> {
  const [batches, queue] = await Promise.all([
    network.enigma.batches(secretContract),
    network.enigma.queue(secretContract),
  ])
  const executedBy = (workerId: number) =>
    batches.filter((b) => b.workerId === workerId).reduce((sum, b) => sum + b.toIndex - b.fromIndex, 0)
  const { richest, expectedRichest, handover, receiptProofVerified, callbackSeen } = findings
  return {
    ok,
    richest,
    expectedRichest,
    tasks: queue.submitted,
    workers: network.workers.map(({ operator, stakeEng, workerId }) => ({
      operator: operator.address,
      stake: stakeEng,
      tasksExecuted: executedBy(workerId),
    })),
    batches: batches.map(({ epoch, contract, fromIndex, toIndex, callbacks, gasUsed }) => ({
      epoch,
      contract,
      receipts: toIndex - fromIndex,
      trigger: callbacks > 0 ? "callback" : "epoch",
      gas: Number(gasUsed),
    })),
    handover,
    receiptProofVerified,
    callbackSeen,
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
  }
}

export function showReport(teller: Teller, network: Devnet, report: Report): void {
  const killed = report.handover.from
  teller.table(
    ["worker", "operator", "stake (ENG)", "tasks", ""],
    report.workers.map(({ operator, stake, tasksExecuted }, i) => [
      network.workers[i]?.name ?? "",
      operator,
      thousands(stake),
      String(tasksExecuted),
      operator === killed ? "killed" : "",
    ]),
  )
  teller.table(
    ["epoch", "receipts", "committed", "gas", "gas a task"],
    report.batches.map(({ epoch, receipts, trigger, gas }) => [
      String(epoch),
      String(receipts),
      trigger === "epoch" ? "at the epoch's end" : "at once, by the callback",
      thousands(gas),
      thousands(Math.round(gas / receipts)),
    ]),
  )
}
