import { ByteWriter } from "../src/internal/byte-writer.ts"

export const I32 = 0x7f
export const I64 = 0x7e
const FUNCTION = 0
const text = new TextEncoder()

export type FunctionParts = {
  /** Index into `types`. Default 0: () -> (). */
  readonly type?: number
  /** Groups of locals: count and type. */
  readonly locals?: readonly (readonly [number, number])[]
  /** Without the last `end`. */
  readonly code: readonly number[] | Uint8Array
}

/** The sections of a module, nearly raw: what is not given is left out, what is given may be wrong. */
export type ModuleParts = {
  readonly types?: readonly (readonly [readonly number[], readonly number[]])[]
  /** Module, name, type. */
  readonly imports?: readonly (readonly [string, string, number])[]
  readonly functions: readonly FunctionParts[]
  /** Bytes of the only table's type, and of the only memory's. */
  readonly table?: readonly number[]
  readonly memory?: readonly number[]
  readonly exports?: readonly (readonly [string, number, number])[]
  readonly start?: number
  /** Functions placed in the table from slot 0. */
  readonly elements?: readonly number[]
  /** Whole sections by id, put in front of the section of the next higher id (0: at the end). */
  readonly raw?: readonly (readonly [number, readonly number[] | Uint8Array])[]
}

/** `construct` and `call`, the last two functions, are exported unless exports are given. */
export function buildModule(parts: ModuleParts): Uint8Array {
  const { types = [[[], []]], imports = [], functions } = parts
  const out = new ByteWriter(65_536).u8(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)
  const first = imports.length
  const exports = parts.exports ?? [
    ["construct", FUNCTION, first + functions.length - 2],
    ["call", FUNCTION, first + functions.length - 1],
  ]
  const name = (w: ByteWriter, value: string): ByteWriter => w.sized(text.encode(value))
  const sections: (readonly [number, (w: ByteWriter) => unknown])[] = [
    [1, (w) => writeTypes(w, types)],
    [
      2,
      (w) => {
        w.u32(imports.length)
        for (const [from, what, type] of imports) name(name(w, from), what).u8(FUNCTION).u32(type)
      },
    ],
    [
      3,
      (w) => {
        w.u32(functions.length)
        for (const { type = 0 } of functions) w.u32(type)
      },
    ],
    [4, (w) => parts.table && w.u8(1, ...parts.table)],
    [5, (w) => parts.memory && w.u8(1, ...parts.memory)],
    [
      7,
      (w) => {
        w.u32(exports.length)
        for (const [what, kind, index] of exports) name(w, what).u8(kind).u32(index)
      },
    ],
    [8, (w) => parts.start !== undefined && w.u32(parts.start)],
    [
      9,
      (w) => {
        if (parts.elements) {
          w.u8(1, 0, 0x41, 0, 0x0b).u32(parts.elements.length)
          for (const f of parts.elements) w.u32(f)
        }
      },
    ],
    [
      10,
      (w) => {
        w.u32(functions.length)
        for (const f of functions) w.sized(bodyOf(f))
      },
    ],
  ]
  let done = 0
  const raw = (upTo: number): void => {
    for (const [id, bytes] of parts.raw ?? []) if (id > done && id <= upTo) out.u8(id).sized(Uint8Array.from(bytes))
    done = Math.max(done, upTo)
  }
  for (const [id, write] of sections) {
    raw(id)
    const content = new ByteWriter(1_024)
    write(content)
    if (content.length > 0) out.u8(id).sized(content.done())
  }
  raw(255)
  for (const [id, bytes] of parts.raw ?? []) if (id === 0) out.u8(0).sized(Uint8Array.from(bytes))
  return out.done().slice()
}

function writeTypes(w: ByteWriter, types: NonNullable<ModuleParts["types"]>): void {
  w.u32(types.length)
  for (const [params, results] of types) {
    w.u8(0x60).u32(params.length)
    for (const type of params) w.u8(type)
    w.u32(results.length)
    for (const type of results) w.u8(type)
  }
}

function bodyOf({ locals = [], code }: FunctionParts): Uint8Array {
  const w = new ByteWriter(code.length + 64).u32(locals.length)
  for (const [count, type] of locals) w.u32(count).u8(type)
  return w.raw(Uint8Array.from(code)).u8(0x0b).done().slice()
}

/** Bytes over and over. */
export const times = (n: number, bytes: readonly number[]): number[] => Array.from({ length: n }, () => bytes).flat()

/** LEB128 of an unsigned number. */
export const u32 = (n: number): number[] => [...new ByteWriter(8).u32(n).done()]
export const s64 = (n: number | bigint): number[] => [...new ByteWriter(12).s64(BigInt(n)).done()]
