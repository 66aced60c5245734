import { ByteWriter } from "./byte-writer.ts"
import { EXHAUSTED_MASK, gasUnits } from "./gas-word.ts"
import { EMPTY_BLOCK, functionType, I64, type ModuleInfo } from "./module-info.ts"
import { OP } from "./opcodes.ts"
import type { Edit, FunctionPlan, Region } from "./plan-function.ts"
import type { ScannedFunction } from "./scan-function.ts"

/** Where the pass put what it appended to the module. */
export type Layout = {
  readonly gasGlobal: number
  /** Helper functions: (pages) -> (pages before | -1), and (size) -> (size) for bytes and for table elements. */
  readonly grow: number
  readonly bulkBytes: number
  readonly bulkElements: number
}

/** The body of a function with its edits, as it stands in the code section (without its length). */
export function emitFunction(
  module: ModuleInfo,
  f: ScannedFunction,
  plan: FunctionPlan,
  layout: Layout,
  stackSlots: number | undefined,
): Uint8Array {
  const { code } = module
  const out = new ByteWriter(2 * (f.end - f.start) + 64)
  const usesLocal = plan.edits.some(needsLocal)
  if (!usesLocal) out.slice(code, f.start, f.codeStart)
  else {
    out.u32(f.localGroups.length + 1)
    for (const group of f.localGroups) out.u32(group.count).u8(group.type)
    out.u32(1).u8(I64)
  }
  const gas = new GasCode(out, layout.gasGlobal, f.locals)
  let at = f.codeStart
  if (stackSlots !== undefined) {
    gas.enter(plan.entry, stackSlots)
    const result = functionType(module, f.index).results[0]
    out.u8(OP.block, result ?? EMPTY_BLOCK)
  }
  for (const edit of plan.edits) {
    if (edit.kind === "charge" && (!isCharged(edit.region) || (stackSlots !== undefined && edit.region === plan.entry)))
      continue
    out.slice(code, at, edit.at)
    at = "next" in edit ? edit.next : edit.at
    emitEdit(out, gas, edit, layout)
  }
  out.slice(code, at, f.end)
  if (stackSlots !== undefined) {
    gas.leave(stackSlots)
    out.u8(OP.end)
  }
  return out.done()
}

function emitEdit(out: ByteWriter, gas: GasCode, edit: Edit, layout: Layout): void {
  switch (edit.kind) {
    case "charge":
      if (edit.local) gas.chargeLocal(edit.region)
      else gas.chargeGlobal(edit.region)
      break
    case "load":
      gas.load()
      break
    case "store":
      gas.store()
      break
    case "storing-branch":
      out.u8(OP.if, EMPTY_BLOCK)
      gas.store()
      out
        .u8(OP.br)
        .u32(edit.depth + 1)
        .u8(OP.end)
      break
    case "grow":
      out.u8(OP.call).u32(layout.grow)
      break
    case "bulk":
      out.u8(OP.call).u32(edit.elements ? layout.bulkElements : layout.bulkBytes)
      break
    case "return":
      out.u8(OP.br).u32(edit.depth)
  }
}

function isCharged(region: Region): boolean {
  return !region.moved && (region.check || (region.cost > 0 && !region.traps))
}

function needsLocal(edit: Edit): boolean {
  if (edit.kind === "charge") return isCharged(edit.region) && (edit.local || edit.region.check)
  return edit.kind === "load" || edit.kind === "store" || edit.kind === "storing-branch"
}

/** The instructions that move the gas word. Each leaves the operand stack as it found it. */
class GasCode {
  readonly #out: ByteWriter
  readonly #global: number
  /** Index of the local the pass appended to the function. */
  readonly #local: number
  constructor(out: ByteWriter, global: number, local: number) {
    this.#out = out
    this.#global = global
    this.#local = local
  }

  #get(): void {
    this.#out.u8(OP.globalGet).u32(this.#global)
  }
  #set(): void {
    this.#out.u8(OP.globalSet).u32(this.#global)
  }
  #add(word: bigint): void {
    this.#out.u8(OP.i64Const).s64(word).u8(OP.i64Add)
  }
  #trapIfNegative(): void {
    this.#out.u8(OP.i64Const, 0, OP.i64LtS, OP.if, EMPTY_BLOCK, OP.unreachable, OP.end)
  }

  load(): void {
    this.#get()
    this.#out.u8(OP.localSet).u32(this.#local)
  }
  store(): void {
    this.#out.u8(OP.localGet).u32(this.#local)
    this.#set()
  }

  chargeGlobal({ cost, check }: Region): void {
    this.#get()
    this.#add(-gasUnits(cost))
    if (!check) {
      this.#set()
      return
    }
    this.#out.u8(OP.localTee).u32(this.#local)
    this.#set()
    this.#out.u8(OP.localGet).u32(this.#local)
    this.#trapIfNegative()
  }

  chargeLocal({ cost, check }: Region): void {
    const out = this.#out.u8(OP.localGet).u32(this.#local)
    this.#add(-gasUnits(cost))
    if (!check) {
      out.u8(OP.localSet).u32(this.#local)
      return
    }
    out.u8(OP.localTee).u32(this.#local).u8(OP.i64Const, 0, OP.i64LtS, OP.if, EMPTY_BLOCK)
    this.store()
    out.u8(OP.unreachable, OP.end)
  }

  /** Entry of a function that counts its stack: pays for its first region and takes its slots. */
  enter({ cost }: Region, slots: number): void {
    const out = this.#out
    this.#get()
    this.#add(BigInt(slots) - gasUnits(cost))
    out.u8(OP.localTee).u32(this.#local)
    this.#set()
    out
      .u8(OP.localGet)
      .u32(this.#local)
      .u8(OP.i64Const)
      .s64(EXHAUSTED_MASK)
      .u8(OP.i64And, OP.i64Eqz, OP.i32Eqz, OP.if, EMPTY_BLOCK, OP.unreachable, OP.end)
  }
  leave(slots: number): void {
    this.#get()
    this.#add(BigInt(-slots))
    this.#set()
  }
}
