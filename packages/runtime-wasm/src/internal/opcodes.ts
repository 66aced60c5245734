import { PRICE } from "../prices.ts"

/** What follows an opcode in the code. */
export type Immediate =
  | "none"
  | "block"
  | "label"
  | "labels"
  | "function"
  | "type"
  | "local"
  | "global"
  | "memarg"
  | "zero"
  | "i32"
  | "i64"
  | "data"
  | "data zero"
  | "zero zero"
  | "element"
  | "element zero"
  | "select"

export type Opcode = {
  readonly name: string
  readonly immediate: Immediate
  readonly pops: number
  readonly pushes: number
  readonly price: number
}

const table: (Opcode | undefined)[] = new Array(256)
const prefixed: (Opcode | undefined)[] = []

const at = (code: number, name: string, immediate: Immediate, pops: number, pushes: number, price: number): void => {
  table[code] = { name, immediate, pops, pushes, price }
}
const run = (
  first: number,
  names: string,
  pops: number,
  pushes: number,
  price: number,
  immediate: Immediate = "none",
): void => {
  for (const [i, name] of names.split(" ").entries()) at(first + i, name, immediate, pops, pushes, price)
}

// Control. Pops and pushes of these depend on types; the pass works them out.
at(0x00, "unreachable", "none", 0, 0, PRICE.branch)
at(0x01, "nop", "none", 0, 0, PRICE.structure)
at(0x02, "block", "block", 0, 0, PRICE.structure)
at(0x03, "loop", "block", 0, 0, PRICE.loop)
at(0x04, "if", "block", 1, 0, PRICE.branch)
at(0x05, "else", "none", 0, 0, PRICE.structure)
at(0x0b, "end", "none", 0, 0, PRICE.structure)
at(0x0c, "br", "label", 0, 0, PRICE.branch)
at(0x0d, "br_if", "label", 1, 0, PRICE.branch)
at(0x0e, "br_table", "labels", 1, 0, PRICE.branchTable)
at(0x0f, "return", "none", 0, 0, PRICE.branch)
at(0x10, "call", "function", 0, 0, PRICE.call)
at(0x11, "call_indirect", "type", 1, 0, PRICE.callIndirect)
at(0x1a, "drop", "none", 1, 0, PRICE.simple)
at(0x1b, "select", "none", 3, 1, PRICE.simple)
at(0x1c, "select t", "select", 3, 1, PRICE.simple)

at(0x20, "local.get", "local", 0, 1, PRICE.simple)
at(0x21, "local.set", "local", 1, 0, PRICE.simple)
at(0x22, "local.tee", "local", 1, 1, PRICE.simple)
at(0x23, "global.get", "global", 0, 1, PRICE.global)
at(0x24, "global.set", "global", 1, 0, PRICE.global)

run(0x28, "i32.load i64.load", 1, 1, PRICE.memory, "memarg")
run(0x2c, "i32.load8_s i32.load8_u i32.load16_s i32.load16_u", 1, 1, PRICE.memory, "memarg")
run(0x30, "i64.load8_s i64.load8_u i64.load16_s i64.load16_u i64.load32_s i64.load32_u", 1, 1, PRICE.memory, "memarg")
run(0x36, "i32.store i64.store", 2, 0, PRICE.memory, "memarg")
run(0x3a, "i32.store8 i32.store16 i64.store8 i64.store16 i64.store32", 2, 0, PRICE.memory, "memarg")
at(0x3f, "memory.size", "zero", 0, 1, PRICE.simple)
at(0x40, "memory.grow", "zero", 1, 1, PRICE.memoryGrow)

at(0x41, "i32.const", "i32", 0, 1, PRICE.simple)
at(0x42, "i64.const", "i64", 0, 1, PRICE.simple)
at(0x45, "i32.eqz", "none", 1, 1, PRICE.simple)
run(0x46, "i32.eq i32.ne i32.lt_s i32.lt_u i32.gt_s i32.gt_u i32.le_s i32.le_u i32.ge_s i32.ge_u", 2, 1, PRICE.simple)
at(0x50, "i64.eqz", "none", 1, 1, PRICE.simple)
run(0x51, "i64.eq i64.ne i64.lt_s i64.lt_u i64.gt_s i64.gt_u i64.le_s i64.le_u i64.ge_s i64.ge_u", 2, 1, PRICE.simple)
run(0x67, "i32.clz i32.ctz i32.popcnt", 1, 1, PRICE.simple)
run(0x6a, "i32.add i32.sub", 2, 1, PRICE.simple)
at(0x6c, "i32.mul", "none", 2, 1, PRICE.multiply)
run(0x6d, "i32.div_s i32.div_u i32.rem_s i32.rem_u", 2, 1, PRICE.divide32)
run(0x71, "i32.and i32.or i32.xor i32.shl i32.shr_s i32.shr_u i32.rotl i32.rotr", 2, 1, PRICE.simple)
run(0x79, "i64.clz i64.ctz i64.popcnt", 1, 1, PRICE.simple)
run(0x7c, "i64.add i64.sub", 2, 1, PRICE.simple)
at(0x7e, "i64.mul", "none", 2, 1, PRICE.multiply)
run(0x7f, "i64.div_s i64.div_u i64.rem_s i64.rem_u", 2, 1, PRICE.divide64)
run(0x83, "i64.and i64.or i64.xor i64.shl i64.shr_s i64.shr_u i64.rotl i64.rotr", 2, 1, PRICE.simple)
at(0xa7, "i32.wrap_i64", "none", 1, 1, PRICE.simple)
run(0xac, "i64.extend_i32_s i64.extend_i32_u", 1, 1, PRICE.simple)
run(0xc0, "i32.extend8_s i32.extend16_s i64.extend8_s i64.extend16_s i64.extend32_s", 1, 1, PRICE.simple)

const bulk = (code: number, name: string, immediate: Immediate, pops: number): void => {
  prefixed[code] = { name, immediate, pops, pushes: 0, price: PRICE.bulk }
}
bulk(0x08, "memory.init", "data zero", 3)
bulk(0x09, "data.drop", "data", 0)
bulk(0x0a, "memory.copy", "zero zero", 3)
bulk(0x0b, "memory.fill", "zero", 3)
bulk(0x0c, "table.init", "element zero", 3)
bulk(0x0d, "elem.drop", "element", 0)
bulk(0x0e, "table.copy", "zero zero", 3)

/** Accepted one-byte opcodes by code; what is not here is refused. */
export const OPCODES: readonly (Opcode | undefined)[] = table
/** Accepted opcodes after the 0xfc prefix. */
export const PREFIXED_OPCODES: readonly (Opcode | undefined)[] = prefixed
export const PREFIX = 0xfc

/** Opcodes the pass looks at by name. */
export const OP = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  memorySize: 0x3f,
  memoryGrow: 0x40,
  i32Const: 0x41,
  i64Const: 0x42,
  i32LtU: 0x49,
  i32GtS: 0x4a,
  i32GtU: 0x4b,
  i32Eq: 0x46,
  i32Eqz: 0x45,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32ShrU: 0x76,
  i64Eqz: 0x50,
  i64LtS: 0x53,
  i64Sub: 0x7d,
  i64Add: 0x7c,
  i64Mul: 0x7e,
  i64And: 0x83,
  i64Or: 0x84,
  i64Shl: 0x86,
  i64ShrU: 0x88,
  i64ExtendI32U: 0xad,
} as const

/** What a refused opcode belongs to, for the error. */
export function describeForbidden(code: number, prefixedCode?: number): string {
  if (code === PREFIX) {
    if (prefixedCode !== undefined && prefixedCode < 8) return "a saturating float conversion"
    return prefixedCode !== undefined && prefixedCode <= 17
      ? "table.grow, table.size or table.fill (reference types)"
      : `unknown opcode 0xfc ${prefixedCode}`
  }
  if (code === 0xfd) return "a SIMD instruction"
  if (code === 0xfe) return "an atomic instruction"
  if (code === 0xfb) return "a garbage-collection instruction"
  if (code >= 0x12 && code <= 0x15) return "a tail call or typed function reference"
  if ((code >= 0x06 && code <= 0x0a) || code === 0x18 || code === 0x19 || code === 0x1f)
    return "an exception instruction"
  if (code === 0x25 || code === 0x26 || (code >= 0xd0 && code <= 0xd6)) return "a reference-type instruction"
  const float =
    code === 0x2a ||
    code === 0x2b ||
    code === 0x38 ||
    code === 0x39 ||
    code === 0x43 ||
    code === 0x44 ||
    (code >= 0x5b && code <= 0x66) ||
    (code >= 0x8b && code <= 0xa6) ||
    (code >= 0xa8 && code <= 0xab) ||
    (code >= 0xae && code <= 0xbf)
  return float ? "a floating-point instruction" : `unknown opcode 0x${code.toString(16)}`
}
