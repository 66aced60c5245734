import { MAX_UNTESTED_COST } from "../constants.ts"
import type { CallGraph } from "./call-graph.ts"
import { type FunctionPlan, type PlanOptions, planFunction, type Region } from "./plan-function.ts"
import type { ScannedFunction } from "./scan-function.ts"

export const ALL_OPTIMISATIONS: PlanOptions = { regions: true, locals: true, prepay: true }

/** A first region that costs more is charged by the function itself, so that sums of sums stay small numbers. */
const MAX_PREPAID_COST = 1_000_000

/** Plans every function, then lets callers pay for the first regions of those they call. Plans by position. */
export function planModule(functions: readonly ScannedFunction[], graph: CallGraph, options: PlanOptions): FunctionPlan[] {
  const imports = functions[0]?.index ?? 0
  const plans: FunctionPlan[] = new Array(functions.length)
  /** All that a silent function ever costs; its callees are silent too. */
  const silent = new Map<number, number>()
  for (const index of graph.order) {
    const plan = planFunction(functions[index - imports]!, graph, (callee) => silent.has(callee), options)
    const cost = plan.entry.calls.reduce((sum, callee) => sum + (silent.get(callee) ?? 0), plan.entry.cost)
    const isSilent = plan.silent && cost <= MAX_PREPAID_COST
    if (isSilent) silent.set(index, cost)
    plans[index - imports] = { ...plan, silent: isSilent }
  }
  if (options.prepay) payForCallees(plans, graph, imports)
  return plans
}

function payForCallees(plans: readonly FunctionPlan[], graph: CallGraph, imports: number): void {
  const keepsOwn = new Set(graph.entered)
  // A function that is certain to call itself, by whatever way, never ends: someone on the way must pay for himself.
  const done = new Set<number>()
  for (const index of graph.order) {
    for (const callee of plans[index - imports]!.entry.calls) if (callee >= imports && !done.has(callee)) keepsOwn.add(callee)
    done.add(index)
  }
  const costs = new Map<number, number>()
  const costOfCalls = (region: Region): number => region.calls.reduce((sum, callee) => sum + (costs.get(callee) ?? 0), 0)
  for (const index of graph.order) {
    if (keepsOwn.has(index)) continue
    const { entry } = plans[index - imports]!
    const cost = entry.cost + costOfCalls(entry)
    if (cost <= MAX_PREPAID_COST) costs.set(index, cost)
  }
  for (const plan of plans) {
    for (const edit of plan.edits) {
      if (edit.kind !== "charge") continue
      const { region } = edit
      const prepaid = costOfCalls(region)
      region.cost += prepaid
      // What a callee does before it next tests is paid and tested here.
      if (prepaid > MAX_UNTESTED_COST || region.calls.some((callee) => costs.has(callee) && !plans[callee - imports]!.silent)) region.check = true
    }
  }
  for (const index of costs.keys()) plans[index - imports]!.entry.moved = true
}
