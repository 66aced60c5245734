import { MAX_MEMORY_PAGES } from "@enigma-discovery/protocol"
import {
  GAS_EXPORT,
  MAX_ALL_LOCALS_TIMES_JUMPS,
  MAX_LOCALS_TIMES_JUMPS,
  MAX_STACK_SLOTS,
  MEMORY_EXPORT,
  STACK_EXPORT,
  START_EXPORT,
} from "../constants.ts"
import { runtimeErrors } from "../errors.ts"
import { PRICE } from "../prices.ts"
import { ByteWriter } from "./byte-writer.ts"
import { analyseCalls, type CallGraph } from "./call-graph.ts"
import { checkModule, profileOf } from "./check-module.ts"
import { CodeMap } from "./code-map.ts"
import { emitFunction, type Layout } from "./emit-function.ts"
import { bulkHelper, growHelper } from "./helpers.ts"
import { EXPORT_KINDS, functionName, I32, I64, keptExports, type ModuleInfo } from "./module-info.ts"
import { OP } from "./opcodes.ts"
import type { Edit, FunctionPlan } from "./plan-function.ts"
import { ALL_OPTIMISATIONS, type PlanOptions, planModule } from "./plan-module.ts"
import { readModule } from "./read-module.ts"
import { type ScannedFunction, scanFunction } from "./scan-function.ts"

export type Instrumented = {
  readonly module: ModuleInfo
  readonly bytes: Uint8Array
  /** Gas of making an instance: charged before anything runs. */
  readonly instanceGas: bigint
  /** Where each instruction of `bytes` stood in the contract's own code. */
  readonly codeMap: CodeMap
}

/**
 * The linear pass: reads a module, refuses what contracts may not be, and writes it again so that it counts its gas and
 * bounds its stack. @throws RUNTIME_* for every refusal but type errors, which V8 finds in the result.
 */
export function instrument(
  code: Uint8Array,
  allowDebug: boolean,
  options: PlanOptions = ALL_OPTIMISATIONS,
): Instrumented {
  const module = readModule(code)
  checkModule(module, allowDebug)
  const functions = module.bodies.map((_, position) => scanFunction(module, position))
  checkEffort(module, functions)
  const graph = analyseCalls(module, functions)
  checkStack(module, graph)
  const plans = planModule(functions, graph, options)
  const helpers = layoutOf(module, plans)
  const bodies = functions.map((f, position) =>
    emitFunction(module, f, plans[position]!, helpers.layout, graph.traits[f.index]!),
  )
  const { bytes, bodiesAt } = writeModule(
    module,
    bodies.map((body) => body.bytes),
    helpers,
  )
  const codeMap = new CodeMap(
    module.imports.length,
    bodies.map(({ stretches }) => stretches),
    bodiesAt,
  )
  return { module, bytes, instanceGas: instanceGas(module), codeMap }
}

/**
 * V8 notes at every jump where each local is: its time and memory grow as their product.
 * @throws RUNTIME_TOO_MANY
 */
function checkEffort(module: ModuleInfo, functions: readonly ScannedFunction[]): void {
  const what = "locals times jumps and calls in"
  let sum = 0
  for (const { index, locals, events } of functions) {
    const got = locals * events.length
    sum += got
    if (got > MAX_LOCALS_TIMES_JUMPS)
      throw runtimeErrors.make("TOO_MANY", {
        what: `${what} ${functionName(module, index)}`,
        got,
        max: MAX_LOCALS_TIMES_JUMPS,
      })
  }
  if (sum > MAX_ALL_LOCALS_TIMES_JUMPS)
    throw runtimeErrors.make("TOO_MANY", { what: `${what} all functions`, got: sum, max: MAX_ALL_LOCALS_TIMES_JUMPS })
}

/** @throws RUNTIME_STACK_TOO_DEEP when a chain of frames that no test stands in could exceed the limit */
function checkStack(module: ModuleInfo, graph: CallGraph): void {
  for (const [index, { deep }] of graph.traits.entries()) {
    if (deep > MAX_STACK_SLOTS)
      throw runtimeErrors.make("STACK_TOO_DEEP", { name: functionName(module, index), got: deep, max: MAX_STACK_SLOTS })
  }
}

function instanceGas(module: ModuleInfo): bigint {
  const data = module.data.reduce((sum, segment) => sum + (segment.active === undefined ? 0 : segment.bytes), 0)
  const elements = module.elements.reduce(
    (sum, segment) => sum + (segment.active === undefined ? 0 : segment.functions.length),
    0,
  )
  return BigInt(
    PRICE.instance +
      (profileOf(module) === "wasi" ? PRICE.wasiInstance : 0) +
      (module.memory?.min ?? 0) * PRICE.page +
      Math.ceil(data / PRICE.dataBytesPerGas) +
      elements * PRICE.element +
      (module.table?.min ?? 0) * PRICE.slot,
  )
}

const memoryMaximum = (module: ModuleInfo): number => Math.min(module.memory?.max ?? MAX_MEMORY_PAGES, MAX_MEMORY_PAGES)

type Helpers = { readonly layout: Layout; readonly type: number; readonly bodies: readonly Uint8Array[] }

/** Appends only the helpers that some function calls. */
function layoutOf(module: ModuleInfo, plans: readonly FunctionPlan[]): Helpers {
  const used = (test: (edit: Edit) => boolean) => plans.some((plan) => plan.edits.some(test))
  const gasGlobal = module.globals.length
  const first = module.imports.length + module.functions.length
  const bodies: Uint8Array[] = []
  const add = (wanted: boolean, body: () => Uint8Array): number => (wanted ? first + bodies.push(body()) - 1 : -1)
  const grow = add(
    used((edit) => edit.kind === "grow"),
    () => growHelper(gasGlobal, memoryMaximum(module)),
  )
  const bulkBytes = add(
    used((edit) => edit.kind === "bulk" && !edit.elements),
    () => bulkHelper(gasGlobal, "bytes"),
  )
  const bulkElements = add(
    used((edit) => edit.kind === "bulk" && edit.elements),
    () => bulkHelper(gasGlobal, "elements"),
  )
  return {
    layout: { gasGlobal, stackGlobal: gasGlobal + 1, grow, bulkBytes, bulkElements },
    type: module.types.length,
    bodies,
  }
}

const text = new TextEncoder()

/** Writes the sections in order: those that change anew, the others as they are; the start section and custom ones left out. */
function writeModule(
  module: ModuleInfo,
  bodies: readonly Uint8Array[],
  helpers: Helpers,
): { bytes: Uint8Array; bodiesAt: readonly number[] } {
  const out = new ByteWriter(2 * module.code.length + 1_024)
  out.u8(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00)
  const section = (id: number, content: ByteWriter): void => void out.u8(id).sized(content.done())
  const same = (id: number): void => {
    const found = module.sections.find((entry) => entry.id === id)
    if (found !== undefined) out.u8(id).sized(module.code.subarray(found.start, found.end))
  }
  /** The same items behind a new count, then further ones. */
  const extended = (id: number, count: number, added: number): ByteWriter => {
    const content = new ByteWriter().u32(count + added)
    const found = module.sections.find((entry) => entry.id === id)
    if (found !== undefined) content.slice(module.code, skipNumber(module.code, found.start), found.end)
    return content
  }
  const extra = helpers.bodies.length
  const types = extended(1, module.types.length, extra > 0 ? 1 : 0)
  if (extra > 0) types.u8(0x60, 1, I32, 1, I32)
  section(1, types)
  same(2)
  const functions = extended(3, module.functions.length, extra)
  for (let i = 0; i < extra; i++) functions.u32(helpers.type)
  section(3, functions)
  same(4)
  if (module.memory !== undefined)
    section(
      5,
      new ByteWriter()
        .u8(1, 0x01)
        .u32(module.memory.min)
        .u32(Math.max(module.memory.min, memoryMaximum(module))),
    )
  section(6, extended(6, module.globals.length, 2).u8(I64, 1, OP.i64Const, 0, OP.end, I32, 1, OP.i32Const, 0, OP.end))
  section(7, exportSection(module, helpers.layout))
  same(9)
  same(12)
  const code = new ByteWriter(2 * module.code.length).u32(bodies.length + extra)
  const bodiesAt = bodies.map((body) => code.sized(body).length - body.length)
  for (const body of helpers.bodies) code.sized(body)
  section(10, code)
  const codeAt = out.length - code.length
  same(11)
  return { bytes: out.done().slice(), bodiesAt: bodiesAt.map((at) => codeAt + at) }
}

function exportSection(module: ModuleInfo, layout: Layout): ByteWriter {
  const entries: { name: string; kind: number; index: number }[] = keptExports(module).map(({ name, kind, index }) => ({
    name,
    kind: EXPORT_KINDS.indexOf(kind),
    index,
  }))
  entries.push({ name: GAS_EXPORT, kind: EXPORT_KINDS.indexOf("global"), index: layout.gasGlobal })
  entries.push({ name: STACK_EXPORT, kind: EXPORT_KINDS.indexOf("global"), index: layout.stackGlobal })
  if (module.memory !== undefined) entries.push({ name: MEMORY_EXPORT, kind: EXPORT_KINDS.indexOf("memory"), index: 0 })
  if (module.start !== undefined)
    entries.push({ name: START_EXPORT, kind: EXPORT_KINDS.indexOf("function"), index: module.start })
  const content = new ByteWriter().u32(entries.length)
  for (const { name, kind, index } of entries) content.sized(text.encode(name)).u8(kind).u32(index)
  return content
}

/** Offset behind the LEB128 number at `at`, which was read before. */
function skipNumber(bytes: Uint8Array, at: number): number {
  let next = at
  while (bytes[next]! >= 0x80) next++
  return next + 1
}
