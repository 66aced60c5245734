import { MAX_STACK_SLOTS } from "../constants.ts"
import { ByteWriter } from "./byte-writer.ts"
import type { CallTraits } from "./call-graph.ts"
import { STACK_OVERFLOW } from "./gas-word.ts"
import { EMPTY_BLOCK, I32, I64, type ModuleInfo } from "./module-info.ts"
import { OP } from "./opcodes.ts"
import { type Edit, type FunctionPlan, isCharged, type Region } from "./plan-function.ts"
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

export type EmittedFunction = {
  /** The body as it stands in the code section, without its length. */
  readonly bytes: Uint8Array
  /** Pairs: offset in `bytes`, and in the original code, of each stretch that was taken over. */
  readonly stretches: readonly number[]
}

/** The body of a function with its edits. */
export function emitFunction(
  module: ModuleInfo,
  f: ScannedFunction,
  plan: FunctionPlan,
  layout: Layout,
  traits: CallTraits,
): EmittedFunction {
  const { code } = module
  const edits = plan.edits.filter((edit) => edit.kind !== "charge" || isCharged(edit.region))
  if (edits.length === 0 && !traits.usesStack) return { bytes: code.subarray(f.start, f.end), stretches: [0, f.start] }
  const out = new ByteWriter(2 * (f.end - f.start) + 64)
  const writer = new EditWriter(out, f, layout, traits)
  writer.locals(edits.some((edit) => edit.kind === "charge" && edit.region.check))
  writer.enter()
  const stretches: number[] = []
  const take = (from: number, to: number): void => {
    if (from === to) return
    stretches.push(out.length, from)
    out.slice(code, from, to)
  }
  let at = f.codeStart
  for (const edit of edits) {
    take(at, edit.at)
    at = "next" in edit ? edit.next : edit.at
    writer.edit(edit)
  }
  take(at, f.end)
  return { bytes: out.done(), stretches }
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
    out
      .u8(OP.localTee)
      .u32(this.#stackLocal)
      .u8(OP.i32Const)
      .s64(BigInt(MAX_STACK_SLOTS - deep))
      .u8(OP.i32GtS, OP.if, EMPTY_BLOCK)
    out
      .u8(OP.i32Const)
      .s64(BigInt(STACK_OVERFLOW))
      .u8(OP.globalSet)
      .u32(this.#layout.stackGlobal)
      .u8(OP.unreachable, OP.end)
  }

  edit(edit: Edit): void {
    const out = this.#out
    switch (edit.kind) {
      case "charge":
        this.#charge(edit.region)
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

  #charge({ cost, check }: Region): void {
    const out = this.#out
    const { gasGlobal } = this.#layout
    out.u8(OP.globalGet).u32(gasGlobal).u8(OP.i64Const).s64(BigInt(cost)).u8(OP.i64Sub)
    if (check) out.u8(OP.localTee).u32(this.#gasLocal)
    out.u8(OP.globalSet).u32(gasGlobal)
    if (!check) return
    out.u8(OP.localGet).u32(this.#gasLocal)
    out.u8(OP.i64Const, 0, OP.i64LtS, OP.if, EMPTY_BLOCK, OP.unreachable, OP.end)
  }
}
