import { MAX_CODE_BYTES } from "@enigma-discovery/protocol"
import {
  MAX_BODY_BYTES,
  MAX_EXPORTS,
  MAX_FUNCTIONS,
  MAX_GLOBALS,
  MAX_IMPORTS,
  MAX_NAME_BYTES,
  MAX_PARAMS,
  MAX_SEGMENTS,
  MAX_TABLE_ELEMENTS,
  MAX_TYPES,
} from "../constants.ts"
import { runtimeErrors } from "../errors.ts"
import { ByteReader } from "./byte-reader.ts"
import {
  type Body,
  type DataSegment,
  type ElementSegment,
  EXPORT_KINDS,
  type Export,
  FUNCREF,
  type FunctionImport,
  type FunctionType,
  type Global,
  I32,
  I64,
  type Limits,
  type ModuleInfo,
  type Section,
} from "./module-info.ts"
import { OP } from "./opcodes.ts"
import { NO_NAMES, readNames } from "./read-names.ts"

const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const
/** Position of each section id in a module; the data count stands before the code. */
const ORDER: Readonly<Record<number, number>> = {
  1: 1,
  2: 2,
  3: 3,
  4: 4,
  5: 5,
  6: 6,
  7: 7,
  8: 8,
  9: 9,
  12: 10,
  10: 11,
  11: 12,
}

const utf8 = new TextDecoder("utf-8", { fatal: true })

function readName(reader: ByteReader): string {
  const at = reader.at
  const length = reader.u32()
  if (length > MAX_NAME_BYTES)
    throw runtimeErrors.make("TOO_MANY", { what: "bytes in a name", got: length, max: MAX_NAME_BYTES })
  const bytes = reader.take(length)
  try {
    return utf8.decode(bytes)
  } catch {
    return reader.fail("a name is not UTF-8", at)
  }
}

function count(reader: ByteReader, what: string, max: number): number {
  const got = reader.u32()
  if (got > max) throw runtimeErrors.make("TOO_MANY", { what, got, max })
  return got
}

function list<T>(reader: ByteReader, what: string, max: number, item: (index: number) => T): T[] {
  const out: T[] = []
  const length = count(reader, what, max)
  for (let i = 0; i < length; i++) out.push(item(i))
  return out
}

export function readValueType(reader: ByteReader): number {
  const at = reader.at
  const type = reader.u8()
  if (type === I32 || type === I64) return type
  const what =
    type === 0x7d || type === 0x7c
      ? "a floating-point type"
      : type === 0x7b
        ? "a SIMD type"
        : type >= 0x63 && type <= 0x74
          ? "a reference type"
          : `unknown type 0x${type.toString(16)}`
  throw runtimeErrors.make("FORBIDDEN_TYPE", { what, at })
}

function readFunctionType(reader: ByteReader): FunctionType {
  const at = reader.at
  if (reader.u8() !== 0x60) throw runtimeErrors.make("FORBIDDEN_TYPE", { what: "a type that is not a function", at })
  const params = list(reader, "parameters", MAX_PARAMS, () => readValueType(reader))
  const results = list(reader, "results", MAX_PARAMS, () => readValueType(reader))
  if (results.length > 1) throw runtimeErrors.make("FORBIDDEN_TYPE", { what: "a function with several results", at })
  return { params, results }
}

function readLimits(reader: ByteReader, what: string): Limits {
  const flags = reader.u8()
  if (flags === 0x00) return { min: reader.u32(), max: undefined }
  if (flags === 0x01) {
    const limits = { min: reader.u32(), max: reader.u32() }
    if (limits.max < limits.min) reader.fail(`the maximum of ${what} is below its minimum`)
    return limits
  }
  throw runtimeErrors.make("FORBIDDEN_SECTION", { what: `a shared or 64-bit ${what}` })
}

/** `i32.const n end`: the only way a segment may say where it goes. */
function readOffset(reader: ByteReader): number {
  const at = reader.at
  if (reader.u8() !== OP.i32Const) reader.fail("a segment's offset is not a constant", at)
  const offset = reader.s32() >>> 0
  if (reader.u8() !== OP.end) reader.fail("a segment's offset is not one constant", at)
  return offset
}

function readGlobal(reader: ByteReader): Global {
  const type = readValueType(reader)
  const mutable = reader.u8()
  if (mutable > 1) reader.fail("a global is neither constant nor variable")
  const op = reader.u8()
  if (op === OP.i32Const) reader.s32()
  else if (op === OP.i64Const) reader.skipS64()
  else reader.fail("a global does not start from a constant", reader.at - 1)
  if (op !== (type === I32 ? OP.i32Const : OP.i64Const)) reader.fail("a global starts from a constant of another type")
  if (reader.u8() !== OP.end) reader.fail("a global starts from more than one constant", reader.at - 1)
  return { type, mutable: mutable === 1 }
}

function readImport(reader: ByteReader): FunctionImport {
  const module = readName(reader)
  const name = readName(reader)
  const kind = reader.u8()
  if (kind !== 0x00)
    throw runtimeErrors.make("FORBIDDEN_SECTION", { what: `an import that is not a function (${module}.${name})` })
  return { module, name, type: reader.u32() }
}

function readElement(reader: ByteReader): ElementSegment {
  const at = reader.at
  const flags = reader.u32()
  if (flags > 2)
    throw runtimeErrors.make("FORBIDDEN_SECTION", {
      what: `an element segment of form ${flags} at byte ${at} (reference types)`,
    })
  if (flags === 2 && reader.u32() !== 0) reader.fail("an element segment names a table that is not there")
  const active = flags === 1 ? undefined : readOffset(reader)
  if (flags !== 0 && reader.u8() !== 0x00) reader.fail("an element segment does not hold functions")
  return { active, functions: list(reader, "table elements", MAX_TABLE_ELEMENTS, () => reader.u32()) }
}

function readData(reader: ByteReader): DataSegment {
  const flags = reader.u32()
  if (flags > 2) reader.fail(`a data segment has form ${flags}`)
  if (flags === 2 && reader.u32() !== 0) reader.fail("a data segment names a memory that is not there")
  const active = flags === 1 ? undefined : readOffset(reader)
  return { active, bytes: reader.take(reader.u32()).length }
}

function readBody(reader: ByteReader): Body {
  const length = reader.u32()
  if (length > MAX_BODY_BYTES)
    throw runtimeErrors.make("TOO_MANY", { what: "bytes in a function", got: length, max: MAX_BODY_BYTES })
  const start = reader.at
  reader.take(length)
  return { start, end: reader.at }
}

function readTable(reader: ByteReader): Limits {
  const at = reader.at
  if (reader.u8() !== FUNCREF)
    throw runtimeErrors.make("FORBIDDEN_TYPE", { what: "a table that does not hold functions", at })
  const limits = readLimits(reader, "table")
  if (limits.min > MAX_TABLE_ELEMENTS)
    throw runtimeErrors.make("TOO_MANY", { what: "table elements", got: limits.min, max: MAX_TABLE_ELEMENTS })
  return limits
}

/**
 * Reads the sections of a module: their order, counts and shapes. Function bodies are only located here.
 * @throws RUNTIME_CODE_TOO_LARGE, NOT_WASM, MALFORMED, TOO_MANY, FORBIDDEN_TYPE, FORBIDDEN_SECTION
 */
export function readModule(code: Uint8Array, maxBytes: number = MAX_CODE_BYTES): ModuleInfo {
  if (code.length > maxBytes) throw runtimeErrors.make("CODE_TOO_LARGE", { got: code.length, max: maxBytes })
  const magic = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]
  if (magic.some((byte, i) => code[i] !== byte)) throw runtimeErrors.make("NOT_WASM")

  const sections: Section[] = []
  let types: FunctionType[] = []
  let imports: FunctionImport[] = []
  let functions: number[] = []
  let tables: Limits[] = []
  let memories: Limits[] = []
  let globals: Global[] = []
  let exports: Export[] = []
  let start: number | undefined
  let elements: ElementSegment[] = []
  let bodies: Body[] = []
  let data: DataSegment[] = []
  let dataCount: number | undefined
  let names = NO_NAMES

  const outer = new ByteReader(code, 8)
  let last = 0
  while (outer.at < outer.end) {
    const id = outer.u8()
    const length = outer.u32()
    const from = outer.at
    outer.take(length)
    const reader = new ByteReader(code, from, outer.at)
    if (id === SECTION.custom) {
      if (readName(reader) === "name") names = readNames(reader)
      continue
    }
    const order = ORDER[id]
    if (order === undefined)
      throw runtimeErrors.make("FORBIDDEN_SECTION", {
        what: id === SECTION.tag ? "exception tags" : `unknown section ${id}`,
      })
    if (order <= last) reader.fail(`section ${id} is out of order or there twice`, from)
    last = order
    sections.push({ id, start: from, end: outer.at })
    if (id === SECTION.type) types = list(reader, "types", MAX_TYPES, () => readFunctionType(reader))
    else if (id === SECTION.import) imports = list(reader, "imports", MAX_IMPORTS, () => readImport(reader))
    else if (id === SECTION.function) functions = list(reader, "functions", MAX_FUNCTIONS, () => reader.u32())
    else if (id === SECTION.table) tables = list(reader, "tables", 1, () => readTable(reader))
    else if (id === SECTION.memory) memories = list(reader, "memories", 1, () => readLimits(reader, "memory"))
    else if (id === SECTION.global) globals = list(reader, "globals", MAX_GLOBALS, () => readGlobal(reader))
    else if (id === SECTION.export) exports = list(reader, "exports", MAX_EXPORTS, () => readExport(reader))
    else if (id === SECTION.start) start = reader.u32()
    else if (id === SECTION.element)
      elements = list(reader, "element segments", MAX_SEGMENTS, () => readElement(reader))
    else if (id === SECTION.dataCount) dataCount = reader.u32()
    else if (id === SECTION.code) bodies = list(reader, "functions", MAX_FUNCTIONS, () => readBody(reader))
    else data = list(reader, "data segments", MAX_SEGMENTS, () => readData(reader))
    if (reader.at !== reader.end) reader.fail(`section ${id} has bytes after its end`)
  }
  if (bodies.length !== functions.length) outer.fail("functions and their code differ in number")
  if (dataCount !== undefined && dataCount !== data.length) outer.fail("the data count is wrong")
  return {
    code,
    sections,
    types,
    imports,
    functions,
    table: tables[0],
    memory: memories[0],
    globals,
    exports,
    start,
    elements,
    data,
    hasDataCount: dataCount !== undefined,
    bodies,
    names,
  }
}

function readExport(reader: ByteReader): Export {
  const name = readName(reader)
  const kind = EXPORT_KINDS[reader.u8()]
  if (kind === undefined) throw runtimeErrors.make("FORBIDDEN_SECTION", { what: `an export of unknown kind (${name})` })
  return { name, kind, index: reader.u32() }
}
