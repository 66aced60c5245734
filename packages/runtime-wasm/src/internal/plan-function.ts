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
  /** Regions that are charged here as well, with all their calls. Shared, not copied: there may be thousands of both. */
  readonly others: Region[]
  /** Ends in `unreachable` for certain: what it costs does not matter. */
  traps: boolean
  /** Charged elsewhere: a loop's header at its entry and its jumps back, a function's first region by its callers. */
  moved: boolean
}

/** A change of the code. A plan's are in the order of the code. */
export type Edit =
  | { readonly kind: "charge"; readonly at: number; readonly region: Region }
  | { readonly kind: "grow"; readonly at: number; readonly next: number }
  | { readonly kind: "bulk"; readonly at: number; readonly elements: boolean }
  /** Before a call that can come to a recursive function: tells it the stack in use. */
  | { readonly kind: "count-stack"; readonly at: number }

export type FunctionPlan = {
  readonly edits: readonly Edit[]
  /** The region that begins with the function. */
  readonly entry: Region
}

/** Is a charge written for the region? What runs into a trap for certain need not pay: the trap takes the whole limit. */
export function isCharged({ moved, check, cost, traps, calls, others }: Region): boolean {
  return !moved && (check || (cost > 0 && !(traps && calls.length + others.length === 0)))
}

type Frame = {
  readonly label: number
  readonly kind: number
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
}

/** Label of everything outside the function: where a call goes that ends the whole run. */
const OUTSIDE = -1
const NO_ESCAPE = Number.MAX_SAFE_INTEGER

/**
 * Where one function is charged, and what else is changed in it.
 * @param merge charges each region once; without, each block (for comparison)
 */
export function planFunction(f: ScannedFunction, graph: CallGraph, merge: boolean): FunctionPlan {
  return new Planner(f, graph, merge).run()
}

class Planner {
  readonly #f: ScannedFunction
  readonly #graph: CallGraph
  readonly #merge: boolean
  readonly #edits: Edit[] = []
  readonly #frames: Frame[] = []
  #current: Region
  #live = true

  constructor(f: ScannedFunction, graph: CallGraph, merge: boolean) {
    this.#f = f
    this.#graph = graph
    this.#merge = merge
    this.#current = this.#region(f.codeStart, true)
  }

  run(): FunctionPlan {
    const entry = this.#current
    this.#push(OP.block)
    for (const event of this.#f.events) this.#step(event)
    return { edits: this.#edits, entry }
  }

  #region(at: number, check: boolean): Region {
    const region: Region = { cost: 0, check, calls: [], others: [], traps: false, moved: false }
    this.#edits.push({ kind: "charge", at, region })
    return region
  }

  #push(kind: number, header?: Region, open = this.#current): void {
    this.#frames.push({
      label: this.#frames.length,
      kind,
      open,
      header,
      escape: NO_ESCAPE,
      targeted: false,
      anchor: undefined,
      hasElse: false,
      thenFall: undefined,
      backEdges: [],
    })
  }

  #step(event: Event): void {
    if (this.#live) this.#current.cost += event.cost
    switch (event.kind) {
      case OP.block:
        this.#push(OP.block)
        break
      case OP.loop:
        this.#loop(event)
        break
      case OP.if:
        this.#push(OP.if)
        this.#current = this.#region(event.next, false)
        break
      case OP.else:
        this.#else(event)
        break
      case OP.end:
        this.#end(event)
        break
      case OP.br:
        this.#leaveTo([event.arg], false)
        this.#live = false
        break
      case OP.brIf:
        this.#leaveTo([event.arg], true)
        this.#current = this.#region(event.next, false)
        if (event.arg < this.#frames.at(-1)!.label) this.#anchorTop()
        break
      case OP.brTable:
        this.#leaveTo(event.labels!, true)
        this.#live = false
        break
      case OP.return:
        this.#return()
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

  #loop(event: Event): void {
    const open = this.#current
    const header = this.#region(event.next, true)
    this.#push(OP.loop, header, open)
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
    if (!this.#merge) return this.#region(at, false)
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
    if (!this.#merge || back === undefined || back.length === 0 || back.includes(header)) return
    for (const region of back) {
      addRegion(region, header)
      region.check = true
    }
    addRegion(frame.open, header)
    header.moved = true
  }

  /** Notes jumps out of the present place. */
  #leaveTo(labels: readonly number[], conditional: boolean): void {
    const top = this.#frames.at(-1)!
    for (const label of labels) {
      const target = this.#frames[label]!
      top.escape = Math.min(top.escape, label)
      if (target.kind !== OP.loop) target.targeted = true
      else if (conditional) target.backEdges = undefined
      else target.backEdges?.push(this.#current)
    }
  }

  #return(): void {
    const top = this.#frames.at(-1)!
    top.escape = Math.min(top.escape, 0)
    this.#frames[0]!.targeted = true
  }

  /** Everything on the way to this point has passed the present region, seen from the innermost construct. */
  #anchorTop(): void {
    const top = this.#frames.at(-1)!
    top.anchor = top.targeted ? undefined : this.#current
  }

  #useGas(event: Event): void {
    if (event.kind === OP.call) this.#current.calls.push(event.arg)
    if (event.kind === OP.memoryGrow) this.#edits.push({ kind: "grow", at: event.at, next: event.next })
    else if (event.kind === BULK_BYTES || event.kind === BULK_ELEMENTS)
      this.#edits.push({ kind: "bulk", at: event.at, elements: event.kind === BULK_ELEMENTS })
    const { traits, byType } = this.#graph
    const callee =
      event.kind === OP.callIndirect ? byType[event.arg] : event.kind === OP.call ? traits[event.arg] : undefined
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
  to.others.push(from)
}
