import { HOST_MODULE, hostFunction } from "@enigma-discovery/protocol"
import { FRAME_SLOTS } from "../constants.ts"
import { type FunctionType, functionType, keptExports, type ModuleInfo } from "./module-info.ts"
import { OP } from "./opcodes.ts"
import type { ScannedFunction } from "./scan-function.ts"
import { WASI_EXIT, WASI_MODULE } from "./wasi-abi.ts"

/** What the calls of a module say about one function. Stack is counted in slots of 8 bytes. */
export type CallTraits = {
  /** Part of a cycle of calls: it tests the stack on entry. All others are bounded by arithmetic here. */
  readonly cyclic: boolean
  /** Can come to a function that is part of a cycle: it hands on how much stack is used when it calls one that can. */
  readonly usesStack: boolean
  /** May end the whole call without a trap, so that what stands behind a call of it may never run though its gas counts. */
  readonly mayEnd: boolean
  /** Its own frame and the deepest chain of frames below it that do not hand on the count. */
  readonly slots: number
  /** `slots` and those of the deepest chain below it up to the next test. */
  readonly deep: number
}

export type CallGraph = {
  readonly traits: readonly CallTraits[]
  /** By type index: what an indirect call of that type can come to. */
  readonly byType: readonly CallTraits[]
  /** Function indices, callees before their callers. */
  readonly order: readonly number[]
  /** Functions that something other than a direct call may enter. */
  readonly entered: ReadonlySet<number>
}

const typeKey = (type: FunctionType): string => `${type.params.join()}>${type.results.join()}`

/** Locals the pass may add to a function: the gas word and the stack count. */
const ADDED_LOCALS = 2

/**
 * Nodes are functions, then one node for each function type through which an indirect call can go: it leads to every
 * table element of that type.
 */
function edgesOf(
  module: ModuleInfo,
  functions: readonly ScannedFunction[],
): { edges: number[][]; typeNodes: ReadonlyMap<string, number> } {
  const imports = module.imports.length
  const total = imports + functions.length
  const edges: number[][] = Array.from({ length: total }, () => [])
  const typeNodes = new Map<string, number>()
  for (const type of module.types) {
    const key = typeKey(type)
    if (!typeNodes.has(key)) typeNodes.set(key, edges.push([]) - 1)
  }
  const elements = new Set(module.elements.flatMap((segment) => segment.functions))
  for (const f of elements) edges[typeNodes.get(typeKey(functionType(module, f)))!]!.push(f)
  for (const f of functions) {
    const targets = new Set<number>()
    for (const event of f.events) {
      if (event.kind === OP.call) targets.add(event.arg)
      else if (event.kind === OP.callIndirect) targets.add(typeNodes.get(typeKey(module.types[event.arg]!))!)
    }
    edges[f.index] = [...targets]
  }
  return { edges, typeNodes }
}

/** Strongly connected components, callees first (Tarjan, without recursion: call chains may be 10,000 long). */
function components(edges: readonly (readonly number[])[]): number[][] {
  const out: number[][] = []
  const number = new Int32Array(edges.length).fill(-1)
  const low = new Int32Array(edges.length)
  const onStack = new Uint8Array(edges.length)
  const stack: number[] = []
  let next = 0
  for (let root = 0; root < edges.length; root++) {
    if (number[root] !== -1) continue
    const path: { node: number; edge: number }[] = [{ node: root, edge: 0 }]
    while (path.length > 0) {
      const top = path.at(-1)!
      const { node } = top
      if (top.edge === 0) {
        number[node] = low[node] = next++
        stack.push(node)
        onStack[node] = 1
      }
      const target = edges[node]![top.edge++]
      if (target !== undefined) {
        if (number[target] === -1) path.push({ node: target, edge: 0 })
        else if (onStack[target]) low[node] = Math.min(low[node]!, number[target]!)
        continue
      }
      path.pop()
      const parent = path.at(-1)
      if (parent !== undefined) low[parent.node] = Math.min(low[parent.node]!, low[node]!)
      if (low[node] !== number[node]) continue
      const component: number[] = []
      for (;;) {
        const member = stack.pop()!
        onStack[member] = 0
        component.push(member)
        if (member === node) break
      }
      out.push(component)
    }
  }
  return out
}

function importMayEnd(module: ModuleInfo, index: number): boolean {
  const entry = module.imports[index]!
  if (entry.module === WASI_MODULE) return entry.name === WASI_EXIT
  return entry.module === HOST_MODULE && hostFunction(entry.name)?.result === "never"
}

/** Traits of a node of the graph. A type's node has no frame: it passes on those of the functions it leads to. */
type NodeTraits = CallTraits & {
  /** Stack of the chains through it that do not count themselves. */
  readonly plain: number
  /** Stack of the chains through it that count themselves but do not test. */
  readonly untested: number
}

/** Walks the calls of a module, callees first. */
export function analyseCalls(module: ModuleInfo, functions: readonly ScannedFunction[]): CallGraph {
  const imports = module.imports.length
  const total = imports + functions.length
  const { edges, typeNodes } = edgesOf(module, functions)
  const traits: NodeTraits[] = new Array(edges.length)
  const order: number[] = []
  for (const component of components(edges)) {
    const cyclic = component.length > 1 || edges[component[0]!]!.includes(component[0]!)
    const outside = component.flatMap((node) => edges[node]!.flatMap((target) => traits[target] ?? []))
    const usesStack = cyclic || outside.some((target) => target.usesStack)
    const mayEnd =
      outside.some((target) => target.mayEnd) || component.some((node) => node < imports && importMayEnd(module, node))
    const most = (node: number, stack: "plain" | "untested"): number =>
      edges[node]!.reduce((deepest, target) => Math.max(deepest, traits[target]?.[stack] ?? 0), 0)
    // Nodes of types first: the functions of the same component pass through them.
    for (const node of component.toSorted((x, y) => y - x)) {
      const f = node < total ? functions[node - imports] : undefined
      const frame = f === undefined ? 0 : FRAME_SLOTS + f.locals + f.maxHeight + ADDED_LOCALS
      const slots = frame + most(node, "plain")
      const deep = slots + most(node, "untested")
      const isType = node >= total
      traits[node] = {
        cyclic,
        usesStack,
        mayEnd,
        slots,
        deep,
        plain: usesStack && !isType ? 0 : slots,
        untested: isType ? deep - slots : usesStack && !cyclic ? deep : 0,
      }
      if (f !== undefined) order.push(node)
    }
  }
  const byType = module.types.map((type) => traits[typeNodes.get(typeKey(type))!]!)
  return { traits: traits.slice(0, total), byType, order, entered: enteredFunctions(module) }
}

function enteredFunctions(module: ModuleInfo): ReadonlySet<number> {
  const out = new Set(module.elements.flatMap((segment) => segment.functions))
  for (const entry of keptExports(module)) if (entry.kind === "function") out.add(entry.index)
  if (module.start !== undefined) out.add(module.start)
  return out
}
