import { runtimeErrors } from "../errors.ts"
import { ByteReader } from "./byte-reader.ts"

/** From `offset` of the code section on, the source is this place; without a file nothing is known of it. */
export type DebugLine = {
  readonly offset: number
  readonly file: string | undefined
  /** From 1; 0 for code that the compiler made. */
  readonly line: number
  readonly column: number
}

export type DebugSections = {
  readonly lines: Uint8Array
  /** `.debug_line_str` and `.debug_str`, to which version 5 refers. */
  readonly lineStrings: Uint8Array
  readonly strings: Uint8Array
}

const utf8 = new TextDecoder()
const SIXTY_FOUR_BITS = 0xffffffff
const MAX_FILES = 100_000

const little = (bytes: Uint8Array): number => bytes.reduceRight((sum, byte) => sum * 256 + byte, 0)
const number = (reader: ByteReader, size: number): number => little(reader.take(size))

function text(reader: ByteReader): string {
  const from = reader.at
  while (reader.u8() !== 0);
  return utf8.decode(reader.bytes.subarray(from, reader.at - 1))
}

/** Forms of DWARF's section 7.5.6 that compilers write into a line table. */
function form(reader: ByteReader, code: number, { lineStrings, strings }: DebugSections): string | number {
  const sizes: Readonly<Record<number, number>> = { 5: 2, 6: 4, 7: 8, 11: 1, 30: 16 }
  const size = sizes[code]
  if (size !== undefined) return number(reader, size)
  if (code === 8) return text(reader)
  if (code === 15) return reader.u32()
  if (code === 14) return text(new ByteReader(strings, number(reader, 4)))
  if (code === 31) return text(new ByteReader(lineStrings, number(reader, 4)))
  return reader.fail(`a line table uses form ${code}`)
}

/** Names of a version 5 table: a description of its columns, then its rows. Column 1 is the path, 2 the folder. */
function entries(reader: ByteReader, sections: DebugSections): { path: string; folder: number }[] {
  const columns = Array.from({ length: reader.u8() }, () => [reader.u32(), reader.u32()] as const)
  const length = reader.u32()
  if (length > MAX_FILES)
    throw runtimeErrors.make("TOO_MANY", { what: "files in a line table", got: length, max: MAX_FILES })
  return Array.from({ length }, () => {
    const entry = { path: "", folder: 0 }
    for (const [content, code] of columns) {
      const value = form(reader, code, sections)
      if (content === 1) entry.path = String(value)
      if (content === 2) entry.folder = Number(value)
    }
    return entry
  })
}

const joined = (folder: string | undefined, path: string): string =>
  folder === undefined || folder === "" || path.startsWith("/") ? path : `${folder}/${path}`

/** Files by their number in the table. The folder the compiler ran in is left off: paths are relative to it. */
function filesOf(reader: ByteReader, version: number, sections: DebugSections): ReadonlyMap<number, string> {
  if (version >= 5) {
    const folders = entries(reader, sections)
    const files = entries(reader, sections)
    return new Map(files.map(({ path, folder }, i) => [i, joined(folder === 0 ? "" : folders[folder]?.path, path)]))
  }
  const folders: string[] = []
  for (let folder = text(reader); folder !== ""; folder = text(reader)) folders.push(folder)
  const files = new Map<number, string>()
  for (let path = text(reader); path !== ""; path = text(reader)) {
    const folder = reader.u32()
    reader.u32()
    reader.u32()
    files.set(files.size + 1, joined(folders[folder - 1], path))
  }
  return files
}

/** One unit's program (section 6.2 of DWARF 2 to 5): a state machine that appends rows. */
function runProgram(
  reader: ByteReader,
  version: number,
  sections: DebugSections,
  isFunction: (offset: number) => boolean,
  rows: DebugLine[],
): void {
  if (version >= 5) reader.take(2)
  const headerBytes = number(reader, 4)
  const programAt = reader.at + headerBytes
  const step = reader.u8()
  if (version >= 4) reader.u8()
  reader.u8()
  const lineBase = (reader.u8() << 24) >> 24
  const lineRange = reader.u8() || reader.fail("a line table has no range of lines")
  const opcodeBase = reader.u8()
  const operands = Array.from({ length: Math.max(0, opcodeBase - 1) }, () => reader.u8())
  const files = filesOf(reader, version, sections)
  if (programAt < reader.at || programAt > reader.end) reader.fail("a line table's header has another length")
  reader.at = programAt

  const start = { offset: 0, file: 1, line: 1, column: 0 }
  let at = { ...start }
  let first = rows.length
  const row = (file: string | undefined) => rows.push({ offset: at.offset, file, line: at.line, column: at.column })
  const advance = (opcode: number) => {
    at.offset += Math.floor((opcode - opcodeBase) / lineRange) * step
  }
  const extended = () => {
    const length = reader.u32()
    const end = reader.at + length
    const opcode = length === 0 ? 0 : reader.u8()
    if (opcode === 1) {
      row(undefined)
      // The linker leaves the lines of functions that it dropped, at an address where no code can be.
      if (rows[first]!.offset === 0 || at.offset >= SIXTY_FOUR_BITS - 1) rows.length = first
      else if (!isFunction(rows[first]!.offset))
        throw runtimeErrors.make("STALE_DEBUG_INFO", { at: rows[first]!.offset })
      first = rows.length
      at = { ...start }
    } else if (opcode === 2) at.offset = number(reader, length - 1)
    if (end < reader.at) reader.fail("an instruction of a line table has another length")
    reader.take(end - reader.at)
  }
  const standard: Readonly<Record<number, () => void>> = {
    0: extended,
    1: () => row(files.get(at.file)),
    2: () => {
      at.offset += reader.u32() * step
    },
    3: () => {
      at.line += reader.s32()
    },
    4: () => {
      at.file = reader.u32()
    },
    5: () => {
      at.column = reader.u32()
    },
    8: () => advance(255),
    9: () => {
      at.offset += number(reader, 2)
    },
  }
  while (reader.at < reader.end) {
    const opcode = reader.u8()
    if (opcode >= opcodeBase && opcode !== 0) {
      advance(opcode)
      at.line += lineBase + ((opcode - opcodeBase) % lineRange)
      row(files.get(at.file))
    } else if (standard[opcode] !== undefined) standard[opcode]()
    else for (let n = operands[opcode - 1] ?? 0; n > 0; n--) reader.u32()
  }
  rows.length = first
}

/**
 * The line table that compilers of C and Rust write with `-g` (section `.debug_line`, DWARF 2 to 5), in the order of the
 * code. Offsets count from the begin of the code section.
 * @param isFunction tells whether a function begins at an offset, as each run of lines must
 * @throws RUNTIME_MALFORMED, RUNTIME_TOO_MANY, RUNTIME_STALE_DEBUG_INFO
 */
export function readDebugLines(sections: DebugSections, isFunction: (offset: number) => boolean): readonly DebugLine[] {
  const rows: DebugLine[] = []
  const outer = new ByteReader(sections.lines)
  while (outer.at < outer.end) {
    const length = number(outer, 4)
    if (length >= SIXTY_FOUR_BITS - 15) outer.fail("a line table is in the 64-bit form")
    const from = outer.at
    outer.take(length)
    const reader = new ByteReader(sections.lines, from, outer.at)
    const version = number(reader, 2)
    if (version < 2 || version > 5) reader.fail(`a line table has version ${version}`)
    runProgram(reader, version, sections, isFunction, rows)
  }
  // Where a function ends and another begins, what begins is what holds.
  return rows.sort((a, b) => a.offset - b.offset || Number(a.file !== undefined) - Number(b.file !== undefined))
}
