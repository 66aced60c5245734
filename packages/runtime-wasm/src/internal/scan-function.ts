import { MAX_BR_TABLE_TARGETS, MAX_LOCALS, MAX_NESTING } from "../constants.ts"
import { runtimeErrors } from "../errors.ts"
import { PRICE } from "../prices.ts"
import { ByteReader } from "./byte-reader.ts"
import { EMPTY_BLOCK, functionName, functionType, type ModuleInfo } from "./module-info.ts"
import { describeForbidden, OP, OPCODES, type Opcode, PREFIX, PREFIXED_OPCODES } from "./opcodes.ts"
import { readValueType } from "./read-module.ts"

/** Event kinds that are no opcode of their own: an instruction whose operand is a size to charge for. */
export const BULK_BYTES = 0x100
export const BULK_ELEMENTS = 0x101

/**
 * One instruction that matters to the meter: control flow, calls, and what is charged by size. The plain instructions
 * between two events are only summed up. Code that can never run (behind a branch, up to the next `else` or `end`)
 * makes no events.
 */
export type Event = {
  readonly kind: number
  /** Offset of the instruction and of the byte behind it. */
  readonly at: number
  readonly next: number
  /** Blocks: 1 when they leave a value. br, br_if: label, counted from the function (0) inwards. Calls: function or type. */
  readonly arg: number
  /** br_table: its labels. */
  readonly labels: readonly number[] | undefined
  /** Gas since the event before, this instruction's own price included. */
  readonly cost: number
}

export type ScannedFunction = {
  readonly index: number
  readonly start: number
  readonly end: number
  /** Offset of the first instruction, behind the local declarations. */
  readonly codeStart: number
  readonly localGroups: readonly { readonly count: number; readonly type: number }[]
  readonly params: number
  readonly locals: number
  readonly results: number
  /** Most operands on the stack at once. */
  readonly maxHeight: number
  readonly events: readonly Event[]
}

type Frame = { base: number; results: number; deadEntry: boolean; kind: number }

/**
 * Reads one function body: refuses what contracts may not use, and checks every index that what the pass appends
 * (globals, functions, types, locals, a label) could otherwise make valid. V8 checks the types afterwards.
 */
export function scanFunction(module: ModuleInfo, position: number): ScannedFunction {
  return new Scanner(module, position).run()
}

class Scanner {
  readonly #module: ModuleInfo
  readonly #reader: ByteReader
  readonly #index: number
  readonly #position: number
  readonly #events: Event[] = []
  readonly #frames: Frame[] = []
  #height = 0
  #maxHeight = 0
  #cost = 0
  #dead = false
  #localCount = 0

  constructor(module: ModuleInfo, position: number) {
    const body = module.bodies[position]!
    this.#module = module
    this.#position = position
    this.#index = module.imports.length + position
    this.#reader = new ByteReader(module.code, body.start, body.end)
  }

  run(): ScannedFunction {
    const reader = this.#reader
    const start = reader.at
    const type = functionType(this.#module, this.#index)
    const localGroups = this.#readLocals(type.params.length)
    const codeStart = reader.at
    this.#frames.push({ base: 0, results: type.results.length, deadEntry: false, kind: OP.block })
    // Declared locals are zeroed on entry: part of the first stretch of code.
    this.#cost = Math.ceil((this.#localCount - type.params.length) / PRICE.localsPerGas)
    while (this.#frames.length > 0) this.#instruction()
    if (reader.at !== reader.end) reader.fail("a function has bytes after its end")
    return {
      index: this.#index,
      start,
      end: reader.end,
      codeStart,
      localGroups,
      params: type.params.length,
      locals: this.#localCount,
      results: type.results.length,
      maxHeight: this.#maxHeight,
      events: this.#events,
    }
  }

  #readLocals(params: number): { count: number; type: number }[] {
    const reader = this.#reader
    const groups: { count: number; type: number }[] = []
    this.#localCount = params
    for (let left = reader.u32(); left > 0; left--) {
      const count = reader.u32()
      this.#localCount += count
      if (this.#localCount > MAX_LOCALS)
        throw runtimeErrors.make("TOO_MANY", { what: "locals in a function", got: this.#localCount, max: MAX_LOCALS })
      groups.push({ count, type: readValueType(reader) })
      if (groups.length > MAX_LOCALS)
        throw runtimeErrors.make("TOO_MANY", {
          what: "groups of locals in a function",
          got: groups.length,
          max: MAX_LOCALS,
        })
    }
    return groups
  }

  #instruction(): void {
    const reader = this.#reader
    const at = reader.at
    const code = reader.u8()
    const opcode = OPCODES[code]
    if (opcode === undefined) {
      this.#prefixed(code, at)
      return
    }
    switch (opcode.immediate) {
      case "none":
        this.#withoutImmediate(code, opcode, at)
        break
      case "local":
        this.#bound(reader.u32(), this.#localCount, "local", at)
        this.#plain(opcode)
        break
      case "i32":
        reader.s32()
        this.#plain(opcode)
        break
      case "memarg":
        this.#memarg(at)
        this.#plain(opcode)
        break
      case "i64":
        reader.skipS64()
        this.#plain(opcode)
        break
      case "global":
        this.#bound(reader.u32(), this.#module.globals.length, "global", at)
        this.#plain(opcode)
        break
      case "block":
        this.#block(code, opcode, at)
        break
      case "label":
        this.#branch(code, opcode, at)
        break
      case "labels":
        this.#branchTable(opcode, at)
        break
      case "function":
        this.#call(opcode, at)
        break
      case "type":
        this.#callIndirect(opcode, at)
        break
      case "zero":
        this.#zero(at)
        this.#plain(opcode)
        if (code === OP.memoryGrow) this.#event(code, at, 0)
        break
      default:
        this.#selectTyped(opcode)
    }
  }

  #withoutImmediate(code: number, opcode: Opcode, at: number): void {
    if (code === OP.end) this.#end(at)
    else if (code === OP.else) this.#else(at)
    else if (code === OP.return || code === OP.unreachable) this.#leave(code, at)
    else this.#plain(opcode)
  }

  #prefixed(code: number, at: number): void {
    const reader = this.#reader
    const second = code === PREFIX ? reader.u32() : undefined
    const opcode = second === undefined ? undefined : PREFIXED_OPCODES[second]
    if (opcode === undefined)
      throw runtimeErrors.make("FORBIDDEN_OPCODE", {
        what: describeForbidden(code, second),
        at,
        function: functionName(this.#module, this.#index),
      })
    const segments =
      opcode.immediate === "element" || opcode.immediate === "element zero"
        ? this.#module.elements.length
        : this.#module.data.length
    if (opcode.immediate !== "zero" && opcode.immediate !== "zero zero")
      this.#bound(reader.u32(), segments, "segment", at)
    if (opcode.immediate !== "data" && opcode.immediate !== "element") this.#zero(at)
    if (opcode.immediate === "zero zero") this.#zero(at)
    this.#plain(opcode)
    if (opcode.pops === 3) this.#event(opcode.name.startsWith("table") ? BULK_ELEMENTS : BULK_BYTES, at, 0)
  }

  /** Sums an instruction up and moves the operand height. */
  #plain(opcode: Opcode): void {
    if (this.#dead) return
    this.#cost += opcode.price
    this.#move(opcode.pops, opcode.pushes)
  }

  #move(pops: number, pushes: number): void {
    if (this.#dead) return
    this.#height += pushes - pops
    if (this.#height > this.#maxHeight) this.#maxHeight = this.#height
  }

  #event(kind: number, at: number, arg: number, labels?: readonly number[]): void {
    if (this.#dead) return
    this.#events.push({ kind, at, next: this.#reader.at, arg, labels, cost: this.#cost })
    this.#cost = 0
  }

  #block(code: number, opcode: Opcode, at: number): void {
    const reader = this.#reader
    let results = 1
    if (reader.bytes[reader.at] === EMPTY_BLOCK) {
      reader.u8()
      results = 0
    } else readValueType(reader)
    if (this.#frames.length > MAX_NESTING)
      throw runtimeErrors.make("TOO_MANY", {
        what: "blocks inside one another",
        got: this.#frames.length,
        max: MAX_NESTING,
      })
    this.#plain(opcode)
    this.#event(code, at, results)
    this.#frames.push({ base: this.#height, results, deadEntry: this.#dead, kind: code })
  }

  #else(at: number): void {
    const frame = this.#frames.at(-1)!
    if (frame.kind !== OP.if) this.#reader.fail("an else without an if", at)
    frame.kind = OP.else
    this.#dead = frame.deadEntry
    this.#event(OP.else, at, 0)
    this.#height = frame.base
  }

  #end(at: number): void {
    const frame = this.#frames.pop()!
    this.#dead = frame.deadEntry
    this.#event(OP.end, at, 0)
    this.#height = frame.base
    this.#move(0, frame.results)
  }

  #leave(code: number, at: number): void {
    this.#plain(OPCODES[code]!)
    this.#event(code, at, 0)
    this.#dead = true
  }

  /** @returns the label counted from the function inwards */
  #label(at: number): number {
    const depth = this.#reader.u32()
    this.#bound(depth, this.#frames.length, "label", at)
    return this.#frames.length - 1 - depth
  }

  #branch(code: number, opcode: Opcode, at: number): void {
    const label = this.#label(at)
    this.#plain(opcode)
    this.#event(code, at, label)
    if (code === OP.br) this.#dead = true
  }

  #branchTable(opcode: Opcode, at: number): void {
    const count = this.#reader.u32()
    if (count > MAX_BR_TABLE_TARGETS)
      throw runtimeErrors.make("TOO_MANY", { what: "targets in a br_table", got: count, max: MAX_BR_TABLE_TARGETS })
    const labels = new Set<number>()
    for (let i = 0; i <= count; i++) labels.add(this.#label(at))
    this.#plain(opcode)
    this.#event(OP.brTable, at, 0, [...labels])
    this.#dead = true
  }

  #call(opcode: Opcode, at: number): void {
    const callee = this.#reader.u32()
    this.#bound(callee, this.#module.imports.length + this.#module.functions.length, "function", at)
    const type = functionType(this.#module, callee)
    this.#plain(opcode)
    this.#move(type.params.length, type.results.length)
    this.#event(OP.call, at, callee)
  }

  #callIndirect(opcode: Opcode, at: number): void {
    const index = this.#reader.u32()
    this.#bound(index, this.#module.types.length, "type", at)
    this.#zero(at)
    const type = this.#module.types[index]!
    this.#plain(opcode)
    this.#move(type.params.length, type.results.length)
    this.#event(OP.callIndirect, at, index)
  }

  #memarg(at: number): void {
    const align = this.#reader.u32()
    if (align > 3) this.#reader.fail("an alignment is above 8 bytes or names another memory", at)
    this.#reader.u32()
  }

  #selectTyped(opcode: Opcode): void {
    if (this.#reader.u32() !== 1) this.#reader.fail("a select has several types")
    readValueType(this.#reader)
    this.#plain(opcode)
  }

  #zero(at: number): void {
    if (this.#reader.u32() !== 0) this.#reader.fail("an instruction names a second memory or table", at)
  }

  #bound(index: number, size: number, what: string, at: number): void {
    if (index >= size) this.#reader.fail(`function ${this.#position} names ${what} ${index}, which is not there`, at)
  }
}
