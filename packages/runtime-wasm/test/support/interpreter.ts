import { type HostFunctionName, hostPrice } from "@enigma-discovery/protocol"
import { PRICE } from "../../src/index.ts"

/**
 * An independent, slow interpreter: reads a module by itself, executes one instruction after the other and adds up their
 * prices. It shares nothing with the pass but the price table, and is the measure of it. It takes valid modules only.
 */

type Value = number | bigint
type Instruction = {
  readonly op: number
  readonly sub: number
  readonly a: number
  readonly b: number
  readonly wide: bigint
  readonly list: readonly number[]
  /** Blocks: index of the matching `end`, and of `else` for an `if`. */
  end: number
  otherwise: number
}
type FunctionBody = { readonly type: number; readonly locals: readonly number[]; readonly code: Instruction[] }
type FunctionType = { readonly params: readonly number[]; readonly results: readonly number[] }

export class InterpreterTrap extends Error {
  readonly kind: string
  constructor(kind: string) {
    super(kind)
    this.kind = kind
  }
}
export class InterpreterRevert extends Error {}
/** More gas was needed than the interpreter was given. */
export class InterpreterStopped extends Error {}

const I64 = 0x7e
const PAGE = 65_536
const MAX_PAGES = 256
const STOP_DEPTH = 4_000

const trap = (kind: string): never => {
  throw new InterpreterTrap(kind)
}

export type InterpreterHost = (name: string, args: readonly Value[], machine: Interpreter) => Value | undefined

export class Interpreter {
  readonly #bytes: Uint8Array
  #at = 8
  readonly #types: FunctionType[] = []
  readonly #imports: { name: string; type: number }[] = []
  readonly #functions: FunctionBody[] = []
  readonly #exports = new Map<string, number>()
  readonly #globals: Value[] = []
  #table: (number | undefined)[] = []
  readonly #elements: (readonly number[] | undefined)[] = []
  readonly #data: (Uint8Array | undefined)[] = []
  #start: number | undefined
  #maxPages = MAX_PAGES
  memory = new Uint8Array(0)
  gas = 0n
  readonly #limit: bigint
  readonly #host: InterpreterHost
  /** Opcodes that were executed; those after the 0xfc prefix as 0xfc00 + their number. */
  readonly executed: Set<number>
  #depth = 0
  #stack: Value[] = []

  constructor(bytes: Uint8Array, host: InterpreterHost, limit: bigint, executed = new Set<number>()) {
    this.executed = executed
    this.#bytes = bytes
    this.#host = host
    this.#limit = limit
    const types: number[] = []
    const active: (() => void)[] = []
    while (this.#at < bytes.length) {
      const id = bytes[this.#at++]!
      const end = this.#u32() + this.#at
      this.#section(id, types, active, end)
      this.#at = end
    }
    for (const place of active) place()
  }

  /** Runs the start function and an export. */
  run(name: string): void {
    if (this.#start !== undefined) this.#invoke(this.#start)
    this.#invoke(this.#exports.get(name)!)
  }

  charge(units: number | bigint): void {
    this.gas += BigInt(units)
    if (this.gas > this.#limit) throw new InterpreterStopped()
  }

  // --- reading ---------------------------------------------------------------------------------------------------

  #u32(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.#at++]!
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
  }
  #signed(): bigint {
    let value = 0n
    let shift = 0n
    for (;;) {
      const byte = this.#bytes[this.#at++]!
      value |= BigInt(byte & 0x7f) << shift
      shift += 7n
      if (byte < 0x80) return BigInt.asIntN(Number(shift), value)
    }
  }
  #name(): string {
    const length = this.#u32()
    this.#at += length
    return new TextDecoder().decode(this.#bytes.subarray(this.#at - length, this.#at))
  }
  #list<T>(item: () => T): T[] {
    return Array.from({ length: this.#u32() }, item)
  }
  #byte = (): number => this.#bytes[this.#at++]!
  #constant(): Value {
    const op = this.#byte()
    const value = this.#signed()
    this.#byte()
    return op === 0x41 ? Number(BigInt.asIntN(32, value)) : value
  }

  #section(id: number, types: number[], active: (() => void)[], end: number): void {
    const u32 = () => this.#u32()
    if (id === 1) {
      for (let n = u32(); n > 0; n--) {
        this.#byte()
        this.#types.push({ params: this.#list(this.#byte), results: this.#list(this.#byte) })
      }
    } else if (id === 2) {
      for (let n = u32(); n > 0; n--) {
        this.#name()
        const name = this.#name()
        this.#byte()
        this.#imports.push({ name, type: u32() })
      }
    } else if (id === 3) types.push(...this.#list(u32))
    else if (id === 4) {
      u32()
      this.#byte()
      const max = this.#byte()
      this.#table = new Array(u32()).fill(undefined)
      if (max) u32()
    } else if (id === 5) {
      u32()
      const max = this.#byte()
      this.memory = new Uint8Array(u32() * PAGE)
      if (max) this.#maxPages = Math.min(MAX_PAGES, u32())
    } else if (id === 6) {
      for (let n = u32(); n > 0; n--) {
        this.#byte()
        this.#byte()
        this.#globals.push(this.#constant())
      }
    } else if (id === 7) {
      for (let n = u32(); n > 0; n--) {
        const name = this.#name()
        const kind = this.#byte()
        const index = u32()
        if (kind === 0) this.#exports.set(name, index)
      }
    } else if (id === 8) this.#start = u32()
    else if (id === 9) this.#readElements(active)
    else if (id === 10) for (let n = u32(), i = 0; i < n; i++) this.#readBody(types[i]!)
    else if (id === 11) this.#readData(active)
    else if (id === 12) u32()
    if (id !== 0 && this.#at !== end) throw new Error(`interpreter misread section ${id}`)
  }

  #readElements(active: (() => void)[]): void {
    for (let n = this.#u32(); n > 0; n--) {
      const passive = this.#u32() === 1
      const at = passive ? 0 : (this.#constant() as number)
      if (passive) this.#byte()
      const functions = this.#list(() => this.#u32())
      this.#elements.push(passive ? functions : undefined)
      if (!passive) active.push(() => void this.#table.splice(at, functions.length, ...functions))
    }
  }
  #readData(active: (() => void)[]): void {
    for (let n = this.#u32(); n > 0; n--) {
      const passive = this.#u32() === 1
      const at = passive ? 0 : (this.#constant() as number)
      const length = this.#u32()
      const bytes = this.#bytes.slice(this.#at, this.#at + length)
      this.#at += length
      this.#data.push(passive ? bytes : undefined)
      if (!passive) active.push(() => this.memory.set(bytes, at))
    }
  }

  #readBody(type: number): void {
    const end = this.#u32() + this.#at
    const locals = this.#list(() => ({ count: this.#u32(), type: this.#byte() })).flatMap(({ count, type: t }) =>
      new Array<number>(count).fill(t),
    )
    const code: Instruction[] = []
    const open: number[] = []
    while (this.#at < end) {
      const instruction = this.#readInstruction()
      code.push(instruction)
      if (instruction.op >= 0x02 && instruction.op <= 0x04) open.push(code.length - 1)
      else if (instruction.op === 0x05) code[open.at(-1)!]!.otherwise = code.length - 1
      else if (instruction.op === 0x0b && open.length > 0) {
        const from = code[open.pop()!]!
        from.end = code.length - 1
        if (from.otherwise >= 0) code[from.otherwise]!.end = from.end
      }
    }
    this.#functions.push({ type, locals, code })
  }

  #readInstruction(): Instruction {
    const op = this.#byte()
    const out = { op, sub: 0, a: 0, b: 0, wide: 0n, list: [] as number[], end: -1, otherwise: -1 }
    if (op >= 0x02 && op <= 0x04) out.a = this.#byte()
    else if (op === 0x0c || op === 0x0d || op === 0x10 || (op >= 0x20 && op <= 0x24)) out.a = this.#u32()
    else if (op === 0x0e) out.list = [...this.#list(() => this.#u32()), this.#u32()]
    else if (op === 0x11) {
      out.a = this.#u32()
      this.#u32()
    } else if (op === 0x1c) this.#list(this.#byte)
    else if (op >= 0x28 && op <= 0x3e) {
      this.#u32()
      out.a = this.#u32()
    } else if (op === 0x3f || op === 0x40) this.#byte()
    else if (op === 0x41 || op === 0x42) out.wide = this.#signed()
    else if (op === 0xfc) {
      out.sub = this.#u32()
      if (out.sub !== 11) out.a = this.#u32()
      else this.#byte()
      if (out.sub === 8 || out.sub === 10 || out.sub === 12 || out.sub === 14) out.b = this.#u32()
    }
    return out
  }

  // --- executing -------------------------------------------------------------------------------------------------

  #pop(): Value {
    return this.#stack.pop()!
  }
  #number(): number {
    return this.#pop() as number
  }
  #unsigned(): number {
    return (this.#pop() as number) >>> 0
  }

  #invoke(index: number): void {
    const imported = this.#imports[index]
    if (imported !== undefined) {
      const { params, results } = this.#types[imported.type]!
      const args = this.#stack.splice(this.#stack.length - params.length)
      const answer = this.#host(imported.name, args, this)
      if (results.length > 0) this.#stack.push(answer!)
      return
    }
    const body = this.#functions[index - this.#imports.length]!
    const { params, results } = this.#types[body.type]!
    if (++this.#depth > STOP_DEPTH) throw new InterpreterStopped()
    this.charge(Math.ceil(body.locals.length / PRICE.localsPerGas))
    const locals = [
      ...this.#stack.splice(this.#stack.length - params.length),
      ...body.locals.map((t) => (t === I64 ? 0n : 0)),
    ]
    const height = this.#stack.length
    this.#execute(body.code, locals, results.length)
    if (this.#stack.length !== height + results.length) throw new Error("interpreter lost count of its stack")
    this.#depth--
  }

  #execute(code: readonly Instruction[], locals: Value[], results: number): void {
    type Label = { readonly target: number; readonly height: number; readonly arity: number; readonly loop: boolean }
    const labels: Label[] = [{ target: code.length, height: this.#stack.length, arity: results, loop: false }]
    let at = 0
    const branch = (depth: number): void => {
      const label = labels[labels.length - 1 - depth]!
      const kept = label.arity > 0 ? [this.#pop()] : []
      this.#stack.length = label.height
      this.#stack.push(...kept)
      labels.length -= depth + (label.loop ? 0 : 1)
      at = label.target
    }
    while (at < code.length) {
      const instruction = code[at++]!
      const { op } = instruction
      this.charge(priceOf(op, instruction.sub))
      this.executed.add(op === 0xfc ? 0xfc00 + instruction.sub : op)
      switch (op) {
        case 0x00:
          trap("unreachable")
          break
        case 0x01:
          break
        case 0x02:
          labels.push({
            target: instruction.end + 1,
            height: this.#stack.length,
            arity: instruction.a === 0x40 ? 0 : 1,
            loop: false,
          })
          break
        case 0x03:
          labels.push({ target: at, height: this.#stack.length, arity: 0, loop: true })
          break
        case 0x04: {
          const taken = this.#number() !== 0
          labels.push({
            target: instruction.end + 1,
            height: this.#stack.length,
            arity: instruction.a === 0x40 ? 0 : 1,
            loop: false,
          })
          if (!taken && instruction.otherwise >= 0) at = instruction.otherwise + 1
          else if (!taken) at = instruction.end
          break
        }
        case 0x05:
          at = instruction.end
          break
        case 0x0b:
          labels.pop()
          break
        case 0x0c:
          branch(instruction.a)
          break
        case 0x0d:
          if (this.#number() !== 0) branch(instruction.a)
          break
        case 0x0e: {
          const { list } = instruction
          branch(list[Math.min(this.#unsigned(), list.length - 1)]!)
          break
        }
        case 0x0f:
          branch(labels.length - 1)
          break
        case 0x10:
          this.#invoke(instruction.a)
          break
        case 0x11: {
          const slot = this.#unsigned()
          if (slot >= this.#table.length) trap("table-out-of-bounds")
          const target = this.#table[slot]
          if (target === undefined || !this.#sameType(target, instruction.a)) trap("bad-indirect-call")
          this.#invoke(target!)
          break
        }
        case 0x1a:
          this.#pop()
          break
        case 0x1b:
        case 0x1c: {
          const first = this.#number() !== 0
          const b = this.#pop()
          const a = this.#pop()
          this.#stack.push(first ? a : b)
          break
        }
        case 0x20:
          this.#stack.push(locals[instruction.a]!)
          break
        case 0x21:
          locals[instruction.a] = this.#pop()
          break
        case 0x22:
          locals[instruction.a] = this.#stack.at(-1)!
          break
        case 0x23:
          this.#stack.push(this.#globals[instruction.a]!)
          break
        case 0x24:
          this.#globals[instruction.a] = this.#pop()
          break
        case 0x3f:
          this.#stack.push(this.memory.length / PAGE)
          break
        case 0x40:
          this.#grow()
          break
        case 0x41:
          this.#stack.push(Number(BigInt.asIntN(32, instruction.wide)))
          break
        case 0x42:
          this.#stack.push(instruction.wide)
          break
        case 0xfc:
          this.#bulk(instruction)
          break
        default:
          if (op >= 0x28 && op <= 0x3e) this.#access(op, instruction.a)
          else this.#arithmetic(op)
      }
    }
  }

  #sameType(index: number, type: number): boolean {
    const imported = this.#imports[index]
    const has =
      this.#types[imported !== undefined ? imported.type : this.#functions[index - this.#imports.length]!.type]!
    return JSON.stringify(has) === JSON.stringify(this.#types[type])
  }

  #grow(): void {
    const pages = this.#unsigned()
    const before = this.memory.length / PAGE
    if (before + pages > this.#maxPages) {
      this.#stack.push(-1)
      return
    }
    this.charge(PRICE.page * pages)
    const larger = new Uint8Array((before + pages) * PAGE)
    larger.set(this.memory)
    this.memory = larger
    this.#stack.push(before)
  }

  #bulk({ sub, a }: Instruction): void {
    if (sub === 9) this.#data[a] = undefined
    else if (sub === 13) this.#elements[a] = undefined
    else {
      const n = this.#unsigned()
      const from = this.#unsigned()
      const to = this.#unsigned()
      const inside = (at: number, length: number | undefined) => at + n <= (length ?? 0)
      if (sub === 12 || sub === 14) {
        this.charge(n * PRICE.element)
        const source = sub === 12 ? this.#elements[a] : this.#table
        if (!inside(to, this.#table.length) || !inside(from, source?.length)) trap("table-out-of-bounds")
        const moved = (source ?? []).slice(from, from + n)
        this.#table.splice(to, moved.length, ...moved)
        return
      }
      this.charge(Math.floor(n / PRICE.bulkBytesPerGas))
      const source = sub === 8 ? this.#data[a] : this.memory
      if (!inside(to, this.memory.length) || (sub !== 11 && !inside(from, source?.length))) trap("memory-out-of-bounds")
      if (sub === 11) this.memory.fill(from & 0xff, to, to + n)
      else this.memory.set((source ?? new Uint8Array(0)).slice(from, from + n), to)
    }
  }

  #access(op: number, offset: number): void {
    const stores = op >= 0x36
    const value = stores ? this.#pop() : 0
    const at = this.#unsigned() + offset
    const [bytes, signed, wide] = ACCESS[op]!
    if (at + bytes > this.memory.length) trap("memory-out-of-bounds")
    if (stores) {
      let rest = BigInt.asUintN(64, BigInt(value))
      for (let i = 0; i < bytes; i++, rest >>= 8n) this.memory[at + i] = Number(rest & 0xffn)
      return
    }
    let loaded = 0n
    for (let i = bytes - 1; i >= 0; i--) loaded = (loaded << 8n) | BigInt(this.memory[at + i]!)
    const extended = signed ? BigInt.asIntN(8 * bytes, loaded) : loaded
    this.#stack.push(wide ? BigInt.asIntN(64, extended) : Number(BigInt.asIntN(32, extended)))
  }

  #arithmetic(op: number): void {
    const i32 = UNARY_32[op] ?? UNARY_64[op]
    if (i32 !== undefined) {
      this.#stack.push(i32(this.#pop()))
      return
    }
    const b = this.#pop()
    const a = this.#pop()
    if (op <= 0x4f || (op >= 0x6a && op <= 0x78))
      this.#stack.push(binary(op < 0x50 ? op - 0x46 + 100 : op - 0x6a, BigInt(a), BigInt(b), 32))
    else this.#stack.push(binary(op < 0x5b ? op - 0x51 + 100 : op - 0x7c, BigInt(a), BigInt(b), 64))
  }
}

/** bytes, signed, 64-bit */
const ACCESS: Readonly<Record<number, readonly [number, boolean, boolean]>> = {
  40: [4, true, false],
  41: [8, true, true],
  44: [1, true, false],
  45: [1, false, false],
  46: [2, true, false],
  47: [2, false, false],
  48: [1, true, true],
  49: [1, false, true],
  50: [2, true, true],
  51: [2, false, true],
  52: [4, true, true],
  53: [4, false, true],
  54: [4, false, false],
  55: [8, false, true],
  58: [1, false, false],
  59: [2, false, false],
  60: [1, false, true],
  61: [2, false, true],
  62: [4, false, true],
}

const bits = (value: Value, width: number): string =>
  BigInt.asUintN(width, BigInt(value)).toString(2).padStart(width, "0")
const clz = (text: string) => (text.indexOf("1") < 0 ? text.length : text.indexOf("1"))
const ctz = (text: string) => (text.lastIndexOf("1") < 0 ? text.length : text.length - 1 - text.lastIndexOf("1"))
const popcnt = (text: string) => text.split("1").length - 1
const as32 = (value: bigint): number => Number(BigInt.asIntN(32, value))

const UNARY_32: Readonly<Record<number, (v: Value) => Value>> = {
  69: (v) => Number(v === 0),
  103: (v) => clz(bits(v, 32)),
  104: (v) => ctz(bits(v, 32)),
  105: (v) => popcnt(bits(v, 32)),
  167: (v) => as32(v as bigint),
  192: (v) => Number(BigInt.asIntN(8, BigInt(v))),
  193: (v) => Number(BigInt.asIntN(16, BigInt(v))),
}
const UNARY_64: Readonly<Record<number, (v: Value) => Value>> = {
  80: (v) => Number(v === 0n),
  121: (v) => BigInt(clz(bits(v, 64))),
  122: (v) => BigInt(ctz(bits(v, 64))),
  123: (v) => BigInt(popcnt(bits(v, 64))),
  172: (v) => BigInt(v),
  173: (v) => BigInt.asUintN(32, BigInt(v)),
  194: (v) => BigInt.asIntN(8, v as bigint),
  195: (v) => BigInt.asIntN(16, v as bigint),
  196: (v) => BigInt.asIntN(32, v as bigint),
}

/** add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr; from 100: eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u */
function binary(operation: number, a: bigint, b: bigint, width: 32 | 64): Value {
  const ua = BigInt.asUintN(width, a)
  const ub = BigInt.asUintN(width, b)
  const result = (value: bigint): Value => (width === 32 ? Number(BigInt.asIntN(32, value)) : BigInt.asIntN(64, value))
  const shift = ub % BigInt(width)
  switch (operation) {
    case 0:
      return result(a + b)
    case 1:
      return result(a - b)
    case 2:
      return result(a * b)
    case 3:
      if (b === 0n) trap("division-by-zero")
      if (b === -1n && a === -(1n << BigInt(width - 1))) trap("integer-overflow")
      return result(a / b)
    case 4:
      if (b === 0n) trap("division-by-zero")
      return result(ua / ub)
    case 5:
      if (b === 0n) trap("division-by-zero")
      return result(a % b)
    case 6:
      if (b === 0n) trap("division-by-zero")
      return result(ua % ub)
    case 7:
      return result(a & b)
    case 8:
      return result(a | b)
    case 9:
      return result(a ^ b)
    case 10:
      return result(a << shift)
    case 11:
      return result(a >> shift)
    case 12:
      return result(ua >> shift)
    case 13:
      return result((ua << shift) | (ua >> (BigInt(width) - shift)))
    case 14:
      return result((ua >> shift) | (ua << (BigInt(width) - shift)))
    case 100:
      return Number(a === b)
    case 101:
      return Number(a !== b)
    case 102:
      return Number(a < b)
    case 103:
      return Number(ua < ub)
    case 104:
      return Number(a > b)
    case 105:
      return Number(ua > ub)
    case 106:
      return Number(a <= b)
    case 107:
      return Number(ua <= ub)
    case 108:
      return Number(a >= b)
    case 109:
      return Number(ua >= ub)
    default:
      throw new Error(`interpreter does not know operation ${operation}`)
  }
}

/** The price of an instruction by its opcode, written out a second time. */
function priceOf(op: number, sub: number): number {
  if (op === 0x03) return PRICE.loop
  if (op <= 0x02 || op === 0x05 || op === 0x0b) return op === 0x00 ? PRICE.branch : PRICE.structure
  if (op === 0x04 || op === 0x0c || op === 0x0d || op === 0x0f) return PRICE.branch
  if (op === 0x0e) return PRICE.branchTable
  if (op === 0x10) return PRICE.call
  if (op === 0x11) return PRICE.callIndirect
  if (op === 0x23 || op === 0x24) return PRICE.global
  if (op >= 0x28 && op <= 0x3e) return PRICE.memory
  if (op === 0x40) return PRICE.memoryGrow
  if (op === 0x6c || op === 0x7e) return PRICE.multiply
  if (op >= 0x6d && op <= 0x70) return PRICE.divide32
  if (op >= 0x7f && op <= 0x82) return PRICE.divide64
  if (op === 0xfc) return sub >= 8 ? PRICE.bulk : 0
  return PRICE.simple
}

/** Host functions that generated modules use, charged and logged as the table says. */
export function interpreterHost(log: string[]): InterpreterHost & { returned?: Uint8Array } {
  const hex = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString("hex")}`
  const host: InterpreterHost & { returned?: Uint8Array } = (name, args, machine) => {
    const [a = 0, b = 0, c = 0, d = 0] = args.map((arg) => Number(arg) >>> 0)
    const pay = (bytes: number): void => machine.charge(hostPrice(name as HostFunctionName, bytes))
    const slice = (at: number, size: number, max: number, min = 0): Uint8Array => {
      if (size > max || size < min || at + size > machine.memory.length) trap("host-misuse")
      return machine.memory.slice(at, at + size)
    }
    if (name === "block_number") {
      pay(0)
      return 1_234n
    }
    if (name === "return_data") {
      if (b > 131_072) trap("host-misuse")
      pay(b)
      host.returned = slice(a, b, 131_072)
      return undefined
    }
    if (name === "revert") {
      if (b > 1_024) trap("host-misuse")
      pay(b)
      slice(a, b, 1_024)
      throw new InterpreterRevert()
    }
    if (name !== "state_write") throw new Error(`interpreter has no ${name}`)
    if (b > 256 || b < 1 || d > 65_536) trap("host-misuse")
    pay(b + d)
    log.push(`set ${hex(slice(a, b, 256, 1))} ${hex(slice(c, d, 65_536))}`)
    return undefined
  }
  return host
}
