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

/** What the calls of a region come to, those of the regions charged with it included. */
type Calls = {
  /** Gas of the callees' first regions, as far as callers pay them. */
  readonly paid: number
  /** All callees charge for nothing themselves. */
  readonly silent: boolean
  /** Some callee, paid here, goes on to charge for more. */
  readonly goesOn: boolean
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
  /** Regions share others by the thousand: each is summed up once. */
  readonly #calls = new Map<Region, Calls>()

  constructor(plans: readonly FunctionPlan[], graph: CallGraph, first: number) {
    this.#plans = plans
    this.#graph = graph
    this.#first = first
  }

  apply(): void {
    const keepsOwn = this.#payingForThemselves()
    for (const index of this.#graph.order) {
      const plan = this.#plan(index)
      const cost = plan.entry.cost + this.#callsOf(plan.entry).paid
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
      for (const callee of allCalls(this.#plan(index).entry))
        if (callee >= this.#first && !done.has(callee)) out.add(callee)
      done.add(index)
    }
    return out
  }

  /** Callees come before their callers: by the time a region is looked at, what is known of its callees is final. */
  #callsOf(region: Region): Calls {
    const known = this.#calls.get(region)
    if (known !== undefined) return known
    let { paid, silent, goesOn } = { paid: 0, silent: true, goesOn: false }
    for (const callee of region.calls) {
      const isSilent = this.#silent.has(callee)
      paid += this.#costs.get(callee) ?? 0
      silent &&= isSilent
      goesOn ||= this.#costs.has(callee) && !isSilent
    }
    for (const other of region.others) {
      const calls = this.#callsOf(other)
      paid += calls.paid
      silent &&= calls.silent
      goesOn ||= calls.goesOn
    }
    const calls = { paid, silent, goesOn }
    this.#calls.set(region, calls)
    return calls
  }

  #isSilent({ edits, entry }: FunctionPlan): boolean {
    if (!this.#callsOf(entry).silent) return false
    return edits.every((edit) => edit.kind === "charge" && (edit.region === entry || !isCharged(edit.region)))
  }

  /** What callees do before they next test the gas is paid and tested by the caller's region. */
  #payIn(region: Region): void {
    const { paid, goesOn } = this.#callsOf(region)
    region.cost += paid
    if (goesOn || paid > MAX_UNTESTED_COST) region.check = true
  }
}

/** Functions called in a region and in those charged with it; a function may come several times. */
function* allCalls(region: Region, seen = new Set<Region>()): Generator<number> {
  if (seen.has(region)) return
  seen.add(region)
  yield* region.calls
  for (const other of region.others) yield* allCalls(other, seen)
}
