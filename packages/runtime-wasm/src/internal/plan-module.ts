import { MAX_UNTESTED_COST } from "../constants.ts"
import type { CallGraph } from "./call-graph.ts"
import { type FunctionPlan, isCharged, planFunction, type Region } from "./plan-function.ts"
import type { ScannedFunction } from "./scan-function.ts"

/** Which parts of the design are used; all but for comparison. */
export type PlanOptions = {
  /** Charges a region once instead of each of its blocks, loops at their jumps back. */
  readonly regions: boolean
  /** Lets callers pay for a function's first region. */
  readonly prepay: boolean
}
export const ALL_OPTIMISATIONS: PlanOptions = { regions: true, prepay: true }

/** A first region that costs more is charged by the function itself, so that sums of sums stay small numbers. */
const MAX_PREPAID_COST = 1_000_000

/** Plans every function, then lets callers pay for the first regions of those they call. Plans by position. */
export function planModule(
  functions: readonly ScannedFunction[],
  graph: CallGraph,
  options: PlanOptions,
): FunctionPlan[] {
  const plans = functions.map((f) => planFunction(f, graph, options.regions))
  if (options.prepay) new Prepayment(plans, graph, functions[0]?.index ?? 0).apply()
  return plans
}

class Prepayment {
  readonly #plans: readonly FunctionPlan[]
  readonly #graph: CallGraph
  /** Index of the first function that has a plan. */
  readonly #first: number
  /** What callers pay for a function: its first region, and those of the functions called in it. */
  readonly #costs = new Map<number, number>()
  /** Functions that charge for nothing once their callers pay. */
  readonly #silent = new Set<number>()

  constructor(plans: readonly FunctionPlan[], graph: CallGraph, first: number) {
    this.#plans = plans
    this.#graph = graph
    this.#first = first
  }

  apply(): void {
    const keepsOwn = this.#payingForThemselves()
    for (const index of this.#graph.order) {
      const plan = this.#plan(index)
      const cost = plan.entry.cost + this.#costOfCalls(plan.entry)
      if (keepsOwn.has(index) || cost > MAX_PREPAID_COST) continue
      this.#costs.set(index, cost)
      if (this.#isSilent(plan)) this.#silent.add(index)
    }
    for (const plan of this.#plans) {
      for (const edit of plan.edits) if (edit.kind === "charge") this.#payIn(edit.region)
    }
    for (const index of this.#costs.keys()) this.#plan(index).entry.moved = true
  }

  #plan(index: number): FunctionPlan {
    return this.#plans[index - this.#first]!
  }

  /**
   * Functions that can be entered otherwise than by a direct call; and of those that are certain to call themselves, in
   * whatever way (they never end), enough that nobody would have to pay for himself.
   */
  #payingForThemselves(): ReadonlySet<number> {
    const out = new Set(this.#graph.entered)
    const done = new Set<number>()
    for (const index of this.#graph.order) {
      for (const callee of this.#plan(index).entry.calls)
        if (callee >= this.#first && !done.has(callee)) out.add(callee)
      done.add(index)
    }
    return out
  }

  #costOfCalls(region: Region): number {
    return region.calls.reduce((sum, callee) => sum + (this.#costs.get(callee) ?? 0), 0)
  }

  /** Callees come before their callers, so what is not known to be silent by now is not. */
  #isSilent({ edits, entry }: FunctionPlan): boolean {
    if (!entry.calls.every((callee) => this.#silent.has(callee))) return false
    return edits.every((edit) => edit.kind === "charge" && (edit.region === entry || !isCharged(edit.region)))
  }

  /** What callees do before they next test the gas is paid and tested by the caller's region. */
  #payIn(region: Region): void {
    const prepaid = this.#costOfCalls(region)
    const beforeTest = region.calls.some((callee) => this.#costs.has(callee) && !this.#silent.has(callee))
    region.cost += prepaid
    if (beforeTest || prepaid > MAX_UNTESTED_COST) region.check = true
  }
}
