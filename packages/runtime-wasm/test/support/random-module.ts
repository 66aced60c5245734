import { ByteWriter } from "../../src/internal/byte-writer.ts"

/** A small random generator (xorshift32): the same seed gives the same modules everywhere. */
export class Random {
  #state: number
  constructor(seed: number) {
    this.#state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) | 1
    for (let i = 0; i < 8; i++) this.next()
  }
  next(): number {
    let x = this.#state
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.#state = x
    return x >>> 0
  }
  below(n: number): number {
    return this.next() % n
  }
  chance(percent: number): boolean {
    return this.below(100) < percent
  }
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }
}

const I32 = 0x7f
const I64 = 0x7e
const VOID = 0x40
type Type = typeof I32 | typeof I64

const IMPORTS = [
  { name: "state_write", params: [I32, I32, I32, I32], result: undefined },
  { name: "block_number", params: [], result: I64 },
  { name: "revert", params: [I32, I32], result: undefined },
  { name: "return_data", params: [I32, I32], result: undefined },
] as const
const GLOBAL_TYPES: readonly Type[] = [I32, I64, I32, I64]
/** The last global is what is left of the calls a run may make, so that recursion ends. */
const FUEL = GLOBAL_TYPES.length
const CALLS = 60
const TABLE_SIZE = 8
const DATA_BYTES = 24

type Signature = { readonly params: readonly Type[]; readonly result: Type | undefined }
type Label = { readonly loop: boolean; readonly result: Type | undefined }

/**
 * Makes valid modules full of control flow: nested blocks and loops with jumps out of and back into them, arms that
 * return, trap or revert, dead code, direct, indirect and recursive calls, memory, tables and bulk operations. Loops and
 * recursion end by themselves most of the time.
 */
export function randomModule(seed: number): Uint8Array {
  return new ModuleMaker(new Random(seed)).module()
}

class ModuleMaker {
  readonly random: Random
  readonly signatures: Signature[] = []
  /** So many functions, the first, call only those before them: they need no fuel, so all their code may be one region. */
  readonly free: number
  /** Functions in the table from slot 0 on. */
  readonly elements: readonly number[]
  constructor(random: Random) {
    this.random = random
    const count = 1 + random.below(5)
    const type = (): Type => (random.chance(50) ? I32 : I64)
    for (let i = 0; i < count; i++) {
      this.signatures.push({
        params: Array.from({ length: random.below(3) }, type),
        result: random.chance(60) ? type() : undefined,
      })
    }
    this.free = random.below(count + 1)
    this.elements = Array.from({ length: 1 + random.below(TABLE_SIZE - 1) }, () => random.below(IMPORTS.length + count))
  }

  module(): Uint8Array {
    const { random, signatures } = this
    const out = new ByteWriter(4_096).u8(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)
    const types: Signature[] = [...IMPORTS, ...signatures.map((s) => s), { params: [], result: undefined }].map(
      ({ params, result }) => ({ params: [...params], result }),
    )
    const section = (id: number, write: (w: ByteWriter) => void): void => {
      const content = new ByteWriter()
      write(content)
      out.u8(id).sized(content.done())
    }
    const name = (w: ByteWriter, text: string): ByteWriter => w.sized(new TextEncoder().encode(text))
    const functions = signatures.length + 2
    section(1, (w) => {
      w.u32(types.length)
      for (const { params, result } of types)
        w.u8(0x60)
          .u32(params.length)
          .u8(...params)
          .u8(...(result === undefined ? [0] : [1, result]))
    })
    section(2, (w) => {
      w.u32(IMPORTS.length)
      for (const [i, entry] of IMPORTS.entries()) name(name(w, "env"), entry.name).u8(0).u32(i)
    })
    section(3, (w) => {
      w.u32(functions)
      for (let i = 0; i < signatures.length; i++) w.u32(IMPORTS.length + i)
      w.u32(types.length - 1).u32(types.length - 1)
    })
    section(4, (w) => w.u8(1, 0x70, 1).u32(TABLE_SIZE).u32(TABLE_SIZE))
    section(5, (w) => w.u8(1, 1, 1, 3))
    section(6, (w) => {
      w.u32(GLOBAL_TYPES.length + 1)
      for (const type of GLOBAL_TYPES)
        w.u8(type, 1, type === I32 ? 0x41 : 0x42)
          .s64(BigInt(random.below(100)))
          .u8(0x0b)
      w.u8(I32, 1, 0x41).s64(BigInt(CALLS)).u8(0x0b)
    })
    section(7, (w) => {
      w.u32(2)
      name(w, "construct")
        .u8(0)
        .u32(IMPORTS.length + functions - 2)
      name(w, "call")
        .u8(0)
        .u32(IMPORTS.length + functions - 1)
    })
    if (random.chance(20)) section(8, (w) => w.u32(IMPORTS.length + functions - 2))
    section(9, (w) => {
      const { elements } = this
      w.u32(2).u8(0, 0x41, 0, 0x0b).u32(elements.length)
      for (const f of elements) w.u32(f)
      w.u8(1, 0).u32(elements.length)
      for (const f of elements) w.u32(f)
    })
    section(12, (w) => w.u32(2))
    section(10, (w) => {
      w.u32(functions)
      for (const [i, signature] of signatures.entries())
        w.sized(new FunctionMaker(this, signature, random.below(7), false, i).body())
      w.sized(new FunctionMaker(this, { params: [], result: undefined }, 4).body())
      w.sized(new FunctionMaker(this, { params: [], result: undefined }, 14, true).body())
    })
    section(11, (w) => {
      const bytes = Uint8Array.from({ length: DATA_BYTES }, () => random.below(256))
      w.u32(2).u8(0, 0x41, 0, 0x0b).sized(bytes).u8(1).sized(bytes)
    })
    return out.done().slice()
  }
}

class FunctionMaker {
  readonly #maker: ModuleMaker
  readonly #random: Random
  readonly #signature: Signature
  readonly #locals: Type[]
  readonly #params: number
  readonly #code = new ByteWriter(512)
  readonly #labels: Label[]
  readonly #returns: boolean
  #budget: number

  /** Only functions below this index are called, and only directly; undefined: any, in any way. */
  readonly #callsBelow: number | undefined
  constructor(maker: ModuleMaker, signature: Signature, statements = 6, returns = false, index?: number) {
    this.#maker = maker
    this.#callsBelow = index !== undefined && index < maker.free ? index : undefined
    this.#random = maker.random
    this.#signature = signature
    this.#params = signature.params.length
    this.#locals = [
      ...signature.params,
      I32,
      I64,
      ...Array.from({ length: maker.random.below(3) }, (): Type => (maker.random.chance(50) ? I32 : I64)),
    ]
    this.#labels = [{ loop: false, result: signature.result }]
    this.#budget = 60
    this.#returns = returns
    if (this.#callsBelow === undefined) this.#fuel()
    for (let i = 0; i < statements; i++) this.#statement(3)
    if (signature.result !== undefined) this.#expression(signature.result, 2)
  }

  body(): Uint8Array {
    const declared = this.#locals.slice(this.#params)
    const counters = this.#counters
    const out = new ByteWriter(512).u32(declared.length + counters)
    for (const type of declared) out.u8(1, type)
    for (let i = 0; i < counters; i++) out.u8(1, I32)
    out.raw(this.#code.done())
    if (this.#returns) this.#returnState(out)
    return out.u8(0x0b).done().slice()
  }
  #counters = 0

  /** Globals into memory, then the first bytes of memory as return data: what the run left behind. */
  #returnState(out: ByteWriter): void {
    for (const [i, type] of GLOBAL_TYPES.entries()) {
      out
        .u8(0x41)
        .s64(BigInt(64 + 8 * i))
        .u8(0x23)
        .u32(i)
      out.u8(type === I32 ? 0x36 : 0x37, 0, 0)
    }
    out.u8(0x41, 0, 0x41).s64(256n).u8(0x10, 3)
  }

  /** if (fuel == 0) return; fuel = fuel - 1 */
  #fuel(): void {
    this.#code.u8(0x23, FUEL, 0x45, 0x04, VOID)
    const { result } = this.#signature
    if (result !== undefined) this.#constant(result)
    this.#code.u8(0x0f, 0x0b, 0x23, FUEL, 0x41, 1, 0x6b, 0x24, FUEL)
  }

  #constant(type: Type): void {
    const value = this.#random.chance(70)
      ? BigInt(this.#random.below(64))
      : BigInt(this.#random.next()) * (type === I64 ? 4_294_967_291n : 1n)
    this.#code.u8(type === I32 ? 0x41 : 0x42).s64(type === I32 ? BigInt.asIntN(32, value) : BigInt.asIntN(64, value))
  }

  #localOf(type: Type): number {
    const fitting = this.#locals.flatMap((t, i) => (t === type ? [i] : []))
    return this.#random.pick(fitting)
  }

  #expression(type: Type, depth: number): void {
    const code = this.#code
    const random = this.#random
    if (depth <= 0 || this.#budget-- < 0) {
      if (random.chance(50)) this.#constant(type)
      else code.u8(0x20).u32(this.#localOf(type))
      return
    }
    const [eqz, binaryFirst] = type === I32 ? [0x45, 0x6a] : [0x50, 0x7c]
    switch (random.below(13)) {
      case 0:
        this.#constant(type)
        break
      case 1:
        code.u8(0x23).u32(random.pick(GLOBAL_TYPES.flatMap((t, i) => (t === type ? [i] : []))))
        break
      case 2:
        this.#expression(type, depth - 1)
        code.u8(0x22).u32(this.#localOf(type))
        break
      case 3:
        this.#address(depth - 1)
        code
          .u8(
            random.pick(type === I32 ? [0x28, 0x2c, 0x2d, 0x2e, 0x2f] : [0x29, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35]),
            0,
          )
          .u32(random.below(32))
        break
      case 4:
        if (type === I32) {
          const operand: Type = random.chance(50) ? I32 : I64
          this.#expression(operand, depth - 1)
          this.#expression(operand, depth - 1)
          code.u8((operand === I32 ? 0x46 : 0x51) + random.below(10))
        } else {
          this.#expression(I32, depth - 1)
          code.u8(random.pick([0xac, 0xad]))
        }
        break
      case 5:
        this.#expression(type, depth - 1)
        code.u8(random.pick(type === I32 ? [0x67, 0x68, 0x69, 0xc0, 0xc1] : [0x79, 0x7a, 0x7b, 0xc2, 0xc3, 0xc4]))
        break
      case 6:
        if (type === I32 && random.chance(50)) {
          this.#expression(I64, depth - 1)
          code.u8(random.pick([0xa7, 0x50]))
        } else {
          this.#expression(type, depth - 1)
          this.#expression(type, depth - 1)
          this.#expression(I32, depth - 1)
          code.u8(...random.pick([[0x1b], [0x1c, 1, type]]))
        }
        break
      case 7:
        this.#ifElse(type, depth - 1)
        break
      case 8:
        this.#valueBlock(type, depth - 1)
        break
      case 9:
        if (!this.#call(type, depth - 1)) this.#constant(type)
        break
      case 10:
        if (type === I64) code.u8(0x10, 1)
        else if (random.chance(30)) {
          code.u8(0x41, random.below(3), 0x40, 0)
        } else code.u8(0x3f, 0)
        break
      default: {
        // The divisor is odd most of the time.
        const operation = random.below(15)
        this.#expression(type, depth - 1)
        this.#expression(type, depth - 1)
        if (operation >= 3 && operation <= 6 && random.chance(90)) {
          this.#code.u8(type === I32 ? 0x41 : 0x42, 1, type === I32 ? 0x72 : 0x84)
        }
        code.u8(binaryFirst + operation)
        if (random.chance(5) && type === I32) code.u8(eqz)
      }
    }
  }

  /** An address inside the first page most of the time. */
  #address(depth: number): void {
    this.#expression(I32, depth)
    if (this.#random.chance(95)) this.#code.u8(0x41).s64(0x7fffn).u8(0x71)
  }

  #ifElse(type: Type, depth: number): void {
    this.#expression(I32, depth)
    this.#code.u8(0x04, type)
    this.#labels.push({ loop: false, result: type })
    this.#arm(depth, type)
    this.#code.u8(0x05)
    this.#arm(depth, type)
    this.#labels.pop()
    this.#code.u8(0x0b)
  }
  #arm(depth: number, type: Type): void {
    if (this.#random.chance(40)) this.#statement(depth)
    this.#expression(type, depth)
    if (this.#random.chance(10)) {
      // a jump with a value, and dead code behind it
      this.#code.u8(0x0c, 0)
      this.#expression(type, 1)
    }
  }

  #valueBlock(type: Type, depth: number): void {
    this.#code.u8(0x02, type)
    this.#labels.push({ loop: false, result: type })
    this.#expression(type, depth)
    this.#expression(I32, depth)
    this.#code.u8(0x0d, 0)
    if (this.#random.chance(50)) this.#statement(depth)
    if (this.#random.chance(30)) {
      this.#expression(I32, 1)
      this.#code.u8(0x0e, 1, 0, 0)
      this.#expression(type, 1)
    }
    this.#labels.pop()
    this.#code.u8(0x0b)
  }

  /** A call of a function that returns the type (or nothing), direct or through the table. */
  #call(type: Type | undefined, depth: number): boolean {
    const { signatures } = this.#maker
    const fitting = signatures.flatMap((s, i) =>
      s.result === type && i < (this.#callsBelow ?? signatures.length) ? [i] : [],
    )
    if (fitting.length === 0) return false
    const chosen = this.#random.pick(fitting)
    for (const param of signatures[chosen]!.params) this.#expression(param, depth)
    const direct =
      this.#callsBelow !== undefined ||
      this.#random.chance(this.#maker.elements.includes(IMPORTS.length + chosen) ? 60 : 99)
    if (direct) this.#code.u8(0x10).u32(IMPORTS.length + chosen)
    else {
      // A slot of the right type if there is one, as any other ends the run.
      const right = this.#maker.elements.indexOf(IMPORTS.length + chosen)
      const slot = right >= 0 && this.#random.chance(97) ? right : this.#random.below(TABLE_SIZE + 1)
      this.#code
        .u8(0x41)
        .s64(BigInt(slot))
        .u8(0x11)
        .u32(IMPORTS.length + chosen)
        .u8(0)
    }
    return true
  }

  #statement(depth: number): void {
    const code = this.#code
    const random = this.#random
    if (this.#budget-- < 0) return
    switch (random.below(depth > 0 ? 19 : 5)) {
      case 0:
      case 1: {
        const index = random.below(this.#locals.length)
        this.#expression(this.#locals[index]!, depth)
        code.u8(0x21).u32(index)
        break
      }
      case 2: {
        const index = random.below(GLOBAL_TYPES.length)
        this.#expression(GLOBAL_TYPES[index]!, depth)
        code.u8(0x24).u32(index)
        break
      }
      case 3:
      case 4: {
        const type: Type = random.chance(50) ? I32 : I64
        this.#address(depth)
        this.#expression(type, depth)
        code.u8(random.pick(type === I32 ? [0x36, 0x3a, 0x3b] : [0x37, 0x3c, 0x3d, 0x3e]), 0).u32(random.below(32))
        break
      }
      case 5:
      case 6:
        this.#if(depth - 1)
        break
      case 7:
      case 8:
        this.#block(depth - 1)
        break
      case 9:
      case 10:
      case 11:
        this.#loop(depth - 1)
        break
      case 12:
      case 13:
        this.#jump(depth - 1)
        break
      case 14:
        if (!this.#call(undefined, depth - 1)) code.u8(0x01)
        break
      case 15:
        this.#bulk()
        break
      case 16:
        // state_write of up to 8 bytes under a key of 1 to 4
        code
          .u8(0x41)
          .s64(BigInt(random.below(64)))
          .u8(0x41, 1 + random.below(4))
        code
          .u8(0x41)
          .s64(BigInt(random.below(64)))
          .u8(0x41, random.below(9), 0x10, 0)
        break
      case 17:
        this.#ending(depth - 1)
        break
      default:
        this.#expression(random.chance(50) ? I32 : I64, depth)
        code.u8(0x1a)
    }
  }

  #statements(depth: number, most = 3): void {
    for (let n = this.#random.below(most + 1); n > 0; n--) this.#statement(depth)
  }

  #if(depth: number): void {
    this.#expression(I32, depth)
    this.#code.u8(0x04, VOID)
    this.#labels.push({ loop: false, result: undefined })
    this.#statements(depth)
    if (this.#random.chance(50)) {
      this.#code.u8(0x05)
      this.#statements(depth)
    }
    this.#labels.pop()
    this.#code.u8(0x0b)
  }

  #block(depth: number): void {
    this.#code.u8(0x02, VOID)
    this.#labels.push({ loop: false, result: undefined })
    this.#statements(depth, 4)
    this.#labels.pop()
    this.#code.u8(0x0b)
  }

  /** A loop that a counter ends: tested at the bottom, or at the top with a jump back, or with the jump back in an arm. */
  #loop(depth: number): void {
    const code = this.#code
    const local = this.#newCounter()
    code
      .u8(0x41)
      .s64(BigInt(1 + this.#random.below(6)))
      .u8(0x21)
      .u32(local)
    const count = (): void => {
      // Whatever stands in the header of a loop may be charged at its jumps back: calls above all.
      if (form > 0 && this.#random.chance(30) && !this.#call(undefined, 0)) code.u8(0x01)
      code.u8(0x20).u32(local).u8(0x41, 1, 0x6b, 0x22).u32(local)
    }
    const form = this.#random.below(4)
    if (form === 0) {
      code.u8(0x03, VOID)
      this.#labels.push({ loop: true, result: undefined })
      this.#statements(depth)
      count()
      code.u8(0x0d, 0)
    } else if (form === 1) {
      code.u8(0x02, VOID, 0x03, VOID)
      this.#labels.push({ loop: false, result: undefined }, { loop: true, result: undefined })
      count()
      code.u8(0x45, 0x0d, 1)
      this.#statements(depth)
      code.u8(0x0c, 0, 0x0b)
      this.#labels.pop()
    } else if (form === 2) {
      code.u8(0x03, VOID)
      this.#labels.push({ loop: true, result: undefined })
      count()
      code.u8(0x04, VOID)
      this.#labels.push({ loop: false, result: undefined })
      this.#statements(depth)
      code.u8(0x0c, 1, 0x0b)
      this.#labels.pop()
    } else {
      code.u8(0x03, VOID)
      this.#labels.push({ loop: true, result: undefined })
      count()
      code.u8(0x04, VOID)
      this.#labels.push({ loop: false, result: undefined })
      this.#statements(depth)
      code.u8(0x0c, 1, 0x05)
      this.#statements(depth)
      code.u8(0x0b)
      this.#labels.pop()
    }
    this.#labels.pop()
    code.u8(0x0b)
  }

  #newCounter(): number {
    return this.#locals.length + this.#counters++
  }

  /** A jump to some label outside: conditional, by table, or certain with dead code behind it. */
  #jump(depth: number): void {
    const code = this.#code
    const depthOf = (label: number): number => this.#labels.length - 1 - label
    const free = this.#labels.flatMap((label, i) => (!label.loop && (label.result === undefined || i === 0) ? [i] : []))
    const target = this.#random.pick(free)
    const carry = (): void => {
      const { result } = this.#labels[target]!
      if (result !== undefined) this.#expression(result, 1)
    }
    const form = this.#random.below(3)
    if (form === 0) {
      carry()
      this.#expression(I32, depth)
      code.u8(0x0d).u32(depthOf(target))
      if (this.#labels[target]!.result !== undefined) code.u8(0x1a)
    } else if (form === 1 && this.#labels[target]!.result === undefined) {
      const same = free.filter((label) => this.#labels[label]!.result === undefined)
      this.#expression(I32, depth)
      code.u8(0x04, VOID)
      this.#labels.push({ loop: false, result: undefined })
      this.#expression(I32, depth)
      code
        .u8(0x0e, 2)
        .u32(depthOf(this.#random.pick(same)))
        .u32(depthOf(target))
        .u32(0)
      this.#statements(0, 2)
      this.#labels.pop()
      code.u8(0x0b)
    } else {
      this.#expression(I32, depth)
      code.u8(0x04, VOID)
      this.#labels.push({ loop: false, result: undefined })
      this.#statements(depth, 1)
      carry()
      code.u8(0x0c).u32(depthOf(target))
      if (this.#random.chance(30)) this.#statements(0, 2)
      this.#labels.pop()
      code.u8(0x0b)
    }
  }

  /** An arm that ends the function, the run, or everything. */
  #ending(depth: number): void {
    const code = this.#code
    this.#expression(I32, depth)
    if (this.#random.chance(80)) code.u8(0x41).s64(61n).u8(0x70)
    code.u8(0x45, 0x04, VOID)
    this.#labels.push({ loop: false, result: undefined })
    this.#statements(0, 1)
    switch (this.#random.below(4)) {
      case 0: {
        const { result } = this.#signature
        if (result !== undefined) this.#expression(result, 1)
        code.u8(0x0f)
        break
      }
      case 1:
        code.u8(0x41, 0, 0x41, 4, 0x10, 2)
        if (this.#random.chance(50)) code.u8(0x00)
        break
      case 2:
        code.u8(0x00)
        break
      default:
        if (this.#call(undefined, 0)) code.u8(0x00)
    }
    this.#labels.pop()
    code.u8(0x0b)
  }

  #bulk(): void {
    const code = this.#code
    const random = this.#random
    const small = (most: number): void => void code.u8(0x41).s64(BigInt(random.below(most)))
    switch (random.below(6)) {
      case 0:
        small(1_000)
        small(1_000)
        small(random.chance(95) ? 2_000 : 90_000)
        code.u8(0xfc, 10, 0, 0)
        break
      case 1:
        small(1_000)
        small(256)
        small(2_000)
        code.u8(0xfc, 11, 0)
        break
      case 2:
        small(1_000)
        small(DATA_BYTES)
        small(random.chance(80) ? 4 : DATA_BYTES)
        code.u8(0xfc, 8, 1, 0)
        break
      case 3:
        small(TABLE_SIZE)
        small(TABLE_SIZE)
        small(2)
        code.u8(0xfc, 14, 0, 0)
        break
      case 4:
        small(TABLE_SIZE - 2)
        code.u8(0x41, 0)
        small(2)
        code.u8(0xfc, 12, 1, 0)
        break
      default:
        code.u8(
          0xfc,
          ...random.pick([
            [9, 1],
            [13, 1],
          ]),
        )
    }
  }
}
