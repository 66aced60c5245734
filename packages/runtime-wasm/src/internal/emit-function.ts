import { MAX_STACK_SLOTS } from "../constants.ts"
import { ByteWriter } from "./byte-writer.ts"
import type { CallTraits } from "./call-graph.ts"
import { STACK_OVERFLOW } from "./gas-word.ts"
import { EMPTY_BLOCK, I32, I64, type ModuleInfo } from "./module-info.ts"
import { OP } from "./opcodes.ts"
import type { Edit, FunctionPlan, Region } from "./plan-function.ts"
import type { ScannedFunction } from "./scan-function.ts"

/** Where the pass put what it appended to the module. */
export type Layout = {
  readonly gasGlobal: number
  readonly stackGlobal: number
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
  traits: CallTraits,
): Uint8Array {
  const { code } = module
  const edits = plan.edits.filter((edit) => edit.kind !== "charge" || isCharged(edit.region))
  if (edits.length === 0 && !traits.usesStack) return code.subarray(f.start, f.end)
  const out = new ByteWriter(2 * (f.end - f.start) + 64)
  const writer = new EditWriter(out, f, layout, traits)
  writer.locals(edits.some(needsGasLocal))
  writer.enter()
  let at = f.codeStart
  for (const edit of edits) {
    out.slice(code, at, edit.at)
    at = "next" in edit ? edit.next : edit.at
    writer.edit(edit)
  }
  return out.slice(code, at, f.end).done()
}

function isCharged({ moved, check, cost, traps, calls }: Region): boolean {
  return !moved && (check || (cost > 0 && !(traps && calls.length === 0)))
}

function needsGasLocal(edit: Edit): boolean {
  if (edit.kind === "charge") return edit.local || edit.region.check
  return edit.kind === "load" || edit.kind === "store" || edit.kind === "storing-branch"
}

/** Writes the instructions of edits. Each leaves the operand stack as it found it. */
class EditWriter {
  readonly #out: ByteWriter
  readonly #f: ScannedFunction
  readonly #layout: Layout
  readonly #traits: CallTraits
  #gasLocal = -1
  #stackLocal = -1

  constructor(out: ByteWriter, f: ScannedFunction, layout: Layout, traits: CallTraits) {
    this.#out = out
    this.#f = f
    this.#layout = layout
    this.#traits = traits
  }

  /** The function's own locals and, behind them, those of the pass. */
  locals(usesGasLocal: boolean): void {
    const { localGroups, locals } = this.#f
    const { usesStack } = this.#traits
    const out = this.#out.u32(localGroups.length + Number(usesGasLocal) + Number(usesStack))
    for (const group of localGroups) out.u32(group.count).u8(group.type)
    if (usesGasLocal) {
      this.#gasLocal = locals
      out.u8(1, I64)
    }
    if (usesStack) {
      this.#stackLocal = locals + Number(usesGasLocal)
      out.u8(1, I32)
    }
  }

  /** Takes over the stack count; a function that is part of a cycle of calls tests that it and what is below it fit. */
  enter(): void {
    const { usesStack, cyclic, deep } = this.#traits
    if (!usesStack) return
    const out = this.#out.u8(OP.globalGet).u32(this.#layout.stackGlobal)
    if (!cyclic) {
      out.u8(OP.localSet).u32(this.#stackLocal)
      return
    }
    out.u8(OP.localTee).u32(this.#stackLocal).u8(OP.i32Const).s64(BigInt(MAX_STACK_SLOTS - deep)).u8(OP.i32GtS, OP.if, EMPTY_BLOCK)
    out.u8(OP.i32Const).s64(BigInt(STACK_OVERFLOW)).u8(OP.globalSet).u32(this.#layout.stackGlobal).u8(OP.unreachable, OP.end)
  }

  edit(edit: Edit): void {
    const out = this.#out
    switch (edit.kind) {
      case "charge":
        if (edit.local) this.#chargeLocal(edit.region)
        else this.#chargeGlobal(edit.region)
        break
      case "load":
        this.#getGas()
        out.u8(OP.localSet).u32(this.#gasLocal)
        break
      case "store":
        this.#store()
        break
      case "storing-branch":
        out.u8(OP.if, EMPTY_BLOCK)
        this.#store()
        out.u8(OP.br).u32(edit.depth + 1)
        out.u8(OP.end)
        break
      case "grow":
        out.u8(OP.call).u32(this.#layout.grow)
        break
      case "bulk":
        out.u8(OP.call).u32(edit.elements ? this.#layout.bulkElements : this.#layout.bulkBytes)
        break
      case "count-stack":
        out.u8(OP.localGet).u32(this.#stackLocal).u8(OP.i32Const).s64(BigInt(this.#traits.slots)).u8(OP.i32Add)
        out.u8(OP.globalSet).u32(this.#layout.stackGlobal)
    }
  }

  #getGas(): void {
    this.#out.u8(OP.globalGet).u32(this.#layout.gasGlobal)
  }
  #setGas(): void {
    this.#out.u8(OP.globalSet).u32(this.#layout.gasGlobal)
  }
  #store(): void {
    this.#out.u8(OP.localGet).u32(this.#gasLocal)
    this.#setGas()
  }
  #subtract(cost: number): void {
    this.#out.u8(OP.i64Const).s64(BigInt(cost)).u8(OP.i64Sub)
  }

  #chargeGlobal({ cost, check }: Region): void {
    const out = this.#out
    this.#getGas()
    this.#subtract(cost)
    if (!check) {
      this.#setGas()
      return
    }
    out.u8(OP.localTee).u32(this.#gasLocal)
    this.#setGas()
    out.u8(OP.localGet).u32(this.#gasLocal).u8(OP.i64Const, 0, OP.i64LtS, OP.if, EMPTY_BLOCK, OP.unreachable, OP.end)
  }

  #chargeLocal({ cost, check }: Region): void {
    const out = this.#out.u8(OP.localGet).u32(this.#gasLocal)
    this.#subtract(cost)
    if (!check) {
      out.u8(OP.localSet).u32(this.#gasLocal)
      return
    }
    out.u8(OP.localTee).u32(this.#gasLocal).u8(OP.i64Const, 0, OP.i64LtS, OP.if, EMPTY_BLOCK)
    this.#store()
    out.u8(OP.unreachable, OP.end)
  }
}
