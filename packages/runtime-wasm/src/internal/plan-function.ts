import type { CallGraph } from "./call-graph.ts"
import { OP } from "./opcodes.ts"
import { BULK_BYTES, BULK_ELEMENTS, type Event, type ScannedFunction } from "./scan-function.ts"

/**
 * A set of instructions of which either all or none are executed between two visits of its first one (a trap aside,
 * which burns the limit anyway). It is charged once, where it begins, so a charge is never for something that will not
 * run: a finished call has paid exactly for the instructions it executed, and a call runs out of gas exactly when their
 * sum is above the limit.
 */
export type Region = {
  cost: number
  /** The charge is followed by a test of the gas left: at least one in every cycle of jumps or calls. */
  check: boolean
  /** Functions called directly within: where they do not charge for their own first region, it is charged here. */
  readonly calls: number[]
  /** Ends in `unreachable` for certain: what it costs does not matter. */
  traps: boolean
  /** Charged elsewhere: a loop's header at its entry and its jumps back, a function's first region by its callers. */
  moved: boolean
}

/** A change of the code, in the order of the code. `local`: the gas word is in the function's own local there. */
export type Edit =
  | { readonly kind: "charge"; readonly at: number; readonly region: Region; readonly local: boolean }
  /** Gas word from the global to the local, and back. */
  | { readonly kind: "load" | "store"; readonly at: number }
  /** Replaces a br_if that leaves a loop by one that stores the gas word on its way out. */
  | { readonly kind: "storing-branch"; readonly at: number; readonly next: number; readonly depth: number }
  | { readonly kind: "grow"; readonly at: number; readonly next: number }
  | { readonly kind: "bulk"; readonly at: number; readonly elements: boolean }
  /** Before a call that can come to a recursive function: tells it the stack in use. */
  | { readonly kind: "count-stack"; readonly at: number }

export type FunctionPlan = {
  readonly edits: readonly Edit[]
  readonly entry: Region
  /** Its first region is all of it, and nothing it does needs the gas word: once its callers pay, it has no edits. */
  readonly silent: boolean
}

export type PlanOptions = {
  /** Charges a region once instead of each of its blocks, loops at their jumps back. */
  readonly regions: boolean
  /** Keeps the gas word in a local where a loop calls nothing that needs it. */
  readonly locals: boolean
  /** Lets callers pay for a function's first region. */
  readonly prepay: boolean
}
type Frame = {
  readonly label: number
  readonly kind: number
  readonly results: number
  /** Region in force where the construct begins. */
  readonly open: Region
  /** Loops: the region of the header. */
  readonly header: Region | undefined
  /** Outermost label that something inside jumps to; the construct's end is certain only when it is not further out. */
  escape: number
  /** A jump to this block's end was seen. */
  targeted: boolean
  /** Blocks: region that every way to the end has passed since the last jump beyond this block. */
  anchor: Region | undefined
  hasElse: boolean
  /** Region at the end of the `then` arm, when that end is reached. */
  thenFall: Region | undefined
  /** Loops: regions of unconditional jumps back; undefined once a conditional one was seen. */
  backEdges: Region[] | undefined
  readonly entersLocal: boolean
}

/** Label of everything outside the function: where a call goes that ends the whole run. */
const OUTSIDE = -1
const NO_ESCAPE = Number.MAX_SAFE_INTEGER

/**
 * Where one function is charged, and what else is changed in it. Callees must be planned before.
 * @param isSilent says which functions their callers pay for in full
 */
export function planFunction(
  f: ScannedFunction,
  graph: CallGraph,
  isSilent: (index: number) => boolean,
  options: PlanOptions,
): FunctionPlan {
  return new Planner(f, graph, isSilent, options).run()
}

class Planner {
  readonly #f: ScannedFunction
  readonly #graph: CallGraph
  readonly #isSilent: (index: number) => boolean
  readonly #options: PlanOptions
  readonly #edits: Edit[] = []
  readonly #frames: Frame[] = []
  readonly #localLoops: ReadonlySet<number>
  #current: Region
  #live = true
  #touches = false
  #regions = 0
  /** Label of the loop that holds the gas word in a local, while inside it. */
  #localLabel: number | undefined

  constructor(
    f: ScannedFunction,
    graph: CallGraph,
    isSilent: (index: number) => boolean,
    options: PlanOptions,
  ) {
    this.#f = f
    this.#graph = graph
    this.#isSilent = isSilent
    this.#options = options
    this.#localLoops = options.locals ? this.#findLocalLoops() : new Set()
    this.#current = this.#region(f.codeStart, true)
  }

  run(): FunctionPlan {
    const entry = this.#current
    this.#push(OP.block, this.#f.results, undefined, false)
    for (const [i, event] of this.#f.events.entries()) this.#step(event, i)
    const silent =
      this.#options.prepay && this.#regions === 1 && !this.#touches && !this.#graph.entered.has(this.#f.index)
    return { edits: this.#edits, entry, silent }
  }

  /** Does the instruction use the gas word, itself or in what it calls? */
  #usesGas(event: Event): boolean {
    if (event.kind === OP.call) return !this.#isSilent(event.arg)
    return (
      event.kind === OP.callIndirect ||
      event.kind === OP.memoryGrow ||
      event.kind === BULK_BYTES ||
      event.kind === BULK_ELEMENTS
    )
  }

  /** Outermost loops in which nothing uses the gas word except on the way to `unreachable`; by index of their event. */
  #findLocalLoops(): ReadonlySet<number> {
    const events = this.#f.events
    const open: { index: number; loop: boolean; uses: boolean; inner: number[] }[] = []
    const found = new Set<number>()
    events.forEach((event, index) => {
      const top = open.at(-1)
      if (event.kind === OP.block || event.kind === OP.if || event.kind === OP.loop)
        open.push({ index, loop: event.kind === OP.loop, uses: false, inner: [] })
      else if (event.kind === OP.end && top !== undefined) {
        open.pop()
        const loops = top.loop && !top.uses ? [top.index] : top.inner
        const parent = open.at(-1)
        if (parent === undefined) for (const loop of loops) found.add(loop)
        else {
          parent.inner.push(...loops)
          parent.uses ||= top.uses
        }
      } else if (top !== undefined && this.#usesGas(event) && events[index + 1]?.kind !== OP.unreachable)
        top.uses = true
    })
    return found
  }

  #region(at: number, check: boolean): Region {
    const region: Region = { cost: 0, check, calls: [], traps: false, moved: false }
    this.#edits.push({ kind: "charge", at, region, local: this.#localLabel !== undefined })
    this.#regions++
    return region
  }

  #push(kind: number, results: number, header: Region | undefined, entersLocal: boolean, open = this.#current): void {
    this.#frames.push({
      label: this.#frames.length,
      kind,
      results,
      open,
      header,
      escape: NO_ESCAPE,
      targeted: false,
      anchor: undefined,
      hasElse: false,
      thenFall: undefined,
      backEdges: [],
      entersLocal,
    })
  }

  #step(event: Event, index: number): void {
    if (this.#live) this.#current.cost += event.cost
    switch (event.kind) {
      case OP.block:
        this.#push(OP.block, event.arg, undefined, false)
        break
      case OP.loop:
        this.#loop(event, index)
        break
      case OP.if:
        this.#push(OP.if, event.arg, undefined, false)
        this.#current = this.#region(event.next, false)
        break
      case OP.else:
        this.#else(event)
        break
      case OP.end:
        this.#end(event)
        break
      case OP.br:
        this.#leaveTo([event.arg], event, false)
        this.#live = false
        break
      case OP.brIf:
        this.#leaveTo([event.arg], event, true)
        this.#current = this.#region(event.next, false)
        if (event.arg < this.#frames.at(-1)!.label) this.#anchorTop()
        break
      case OP.brTable:
        this.#leaveTo(event.labels!, event, true)
        this.#live = false
        break
      case OP.return:
        this.#return(event)
        this.#live = false
        break
      case OP.unreachable:
        this.#current.traps = true
        this.#live = false
        break
      default:
        this.#useGas(event)
    }
  }

  #loop(event: Event, index: number): void {
    const open = this.#current
    const entersLocal = this.#localLoops.has(index)
    if (entersLocal) {
      this.#edits.push({ kind: "load", at: event.at })
      this.#localLabel = this.#frames.length
    }
    const header = this.#region(event.next, true)
    this.#push(OP.loop, event.arg, header, entersLocal, open)
    this.#current = header
  }

  #else(event: Event): void {
    const frame = this.#frames.at(-1)!
    frame.thenFall = this.#live ? this.#current : undefined
    frame.hasElse = true
    this.#live = true
    this.#current = this.#region(event.next, false)
  }

  #end(event: Event): void {
    const frame = this.#frames.pop()!
    if (frame.kind === OP.loop) this.#closeLoop(frame)
    if (frame.entersLocal) {
      this.#localLabel = undefined
      this.#edits.push({ kind: "store", at: event.next })
    }
    const parent = this.#frames.at(-1)
    if (parent === undefined) return
    const after = this.#regionAfter(frame, event.next)
    if (frame.escape < frame.label) {
      parent.escape = Math.min(parent.escape, frame.escape)
      if (frame.escape < parent.label) parent.anchor = parent.targeted ? undefined : after
    }
    this.#current = after
    this.#live = true
  }

  /** The region of what stands behind a construct. */
  #regionAfter(frame: Frame, at: number): Region {
    if (!this.#options.regions) return this.#region(at, false)
    if (frame.escape >= frame.label) return frame.open
    const fall = this.#live ? this.#current : undefined
    if (frame.kind === OP.loop) return fall ?? this.#region(at, false)
    if (frame.targeted) return (frame.kind === OP.block ? frame.anchor : undefined) ?? this.#region(at, false)
    if (frame.kind === OP.block) return fall ?? this.#region(at, false)
    if (frame.hasElse && (fall === undefined) !== (frame.thenFall === undefined)) return (fall ?? frame.thenFall)!
    return this.#region(at, false)
  }

  /**
   * A loop whose jumps back are all unconditional is charged at those jumps: the header of the next round together with
   * the rest of this one, and the first header with what stands before the loop.
   */
  #closeLoop(frame: Frame): void {
    const header = frame.header!
    const back = frame.backEdges
    if (back?.length === 0) header.check = false
    if (!this.#options.regions || back === undefined || back.length === 0 || back.includes(header)) return
    for (const region of back) {
      addRegion(region, header)
      region.check = true
    }
    addRegion(frame.open, header)
    header.moved = true
  }

  /** Notes jumps to labels, and stores the gas word when one leaves the loop that holds it in a local. */
  #leaveTo(labels: readonly number[], event: Event, conditional: boolean): void {
    const top = this.#frames.at(-1)!
    for (const label of labels) {
      const target = this.#frames[label]!
      top.escape = Math.min(top.escape, label)
      if (target.kind !== OP.loop) target.targeted = true
      else if (conditional) target.backEdges = undefined
      else target.backEdges?.push(this.#current)
    }
    if (this.#localLabel === undefined || labels.every((label) => label >= this.#localLabel!)) return
    const target = this.#frames[labels[0]!]!
    const carries = target.kind === OP.loop ? 0 : target.results
    if (event.kind === OP.brIf && carries === 0)
      this.#edits.push({
        kind: "storing-branch",
        at: event.at,
        next: event.next,
        depth: this.#frames.length - 1 - target.label,
      })
    else this.#edits.push({ kind: "store", at: event.at })
  }

  #return(event: Event): void {
    const top = this.#frames.at(-1)!
    top.escape = Math.min(top.escape, 0)
    this.#frames[0]!.targeted = true
    if (this.#localLabel !== undefined) this.#edits.push({ kind: "store", at: event.at })
  }

  /** Everything on the way to this point has passed the present region, seen from the innermost construct. */
  #anchorTop(): void {
    const top = this.#frames.at(-1)!
    top.anchor = top.targeted ? undefined : this.#current
  }

  #useGas(event: Event): void {
    if (event.kind === OP.call) {
      this.#current.calls.push(event.arg)
      if (this.#isSilent(event.arg)) return
    }
    this.#touches = true
    if (this.#localLabel !== undefined) this.#edits.push({ kind: "store", at: event.at })
    if (event.kind === OP.memoryGrow) this.#edits.push({ kind: "grow", at: event.at, next: event.next })
    else if (event.kind === BULK_BYTES || event.kind === BULK_ELEMENTS)
      this.#edits.push({ kind: "bulk", at: event.at, elements: event.kind === BULK_ELEMENTS })
    const { traits, byType } = this.#graph
    const callee = event.kind === OP.callIndirect ? byType[event.arg] : event.kind === OP.call ? traits[event.arg] : undefined
    if (callee?.usesStack) this.#edits.push({ kind: "count-stack", at: event.at })
    const mayEnd = callee?.mayEnd ?? false
    if (!mayEnd) return
    this.#frames.at(-1)!.escape = OUTSIDE
    this.#current = this.#region(event.next, false)
    this.#anchorTop()
  }
}

/** Charges in one region for another, which is as often executed. */
function addRegion(to: Region, from: Region): void {
  to.cost += from.cost
  to.calls.push(...from.calls)
}
