import { runtimeErrors } from "../errors.ts"
import type { DebugLine } from "./debug-lines.ts"

/** A place in a source file; line and column from 1. */
export type SourceLine = { readonly file: string; readonly line: number; readonly column: number }

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
const DIGITS: ReadonlyMap<string, number> = new Map([...BASE64].map((digit, value) => [digit, value]))

const bad = (what: string): never => {
  throw runtimeErrors.make("BAD_SOURCE_MAP", { what })
}

/** The numbers of one segment: base 64 digits of 5 bits, the least first; the lowest bit of a number is its sign. */
function numbersOf(segment: string): number[] {
  const out: number[] = []
  let value = 0
  let shift = 0
  for (const character of segment) {
    const digit = DIGITS.get(character) ?? bad(`"${character}" among the mappings`)
    if (shift > 30) bad("a number above 32 bits")
    value += (digit & 31) * 2 ** shift
    shift += 5
    if (digit & 32) continue
    out.push(value % 2 === 1 ? -Math.floor(value / 2) : value / 2)
    value = shift = 0
  }
  return shift === 0 ? out : bad("a segment that ends within a number")
}

type Segment = { readonly offset: number; readonly place: SourceLine | undefined }

/**
 * Maps of WebAssembly have one generated line, whose columns are offsets in the file (source map revision 3, ECMA-426).
 * Files are named as `sources` names them: AssemblyScript's `sourceRoot` is no folder.
 */
function segmentsOf(sources: readonly string[], mappings: string): Segment[] {
  const at = { offset: 0, source: 0, line: 0, column: 0 }
  const out: Segment[] = []
  for (const text of mappings.split(";")[0]!.split(",")) {
    if (text === "") continue
    const [offset = 0, source, line = 0, column = 0] = numbersOf(text)
    at.offset += offset
    if (source !== undefined) {
      at.source += source
      at.line += line
      at.column += column
    }
    const file = sources[at.source] ?? ""
    const place = source === undefined ? undefined : { file, line: at.line + 1, column: at.column + 1 }
    out.push({ offset: at.offset, place })
  }
  return out
}

/** A function of the module: where its body begins in the file, and its name, "" when it has none. */
export type MappedFunction = { readonly start: number; readonly name: string }

/** Field of the map that holds names beside lines; fields that begin with `x_` are free (ECMA-426 §9). */
const NAMES = "x_enigma"

function functionsOf(rows: unknown): Map<number, MappedFunction> {
  if (!Array.isArray(rows)) return bad(`${NAMES} has no functions`)
  return new Map(
    rows.map((row: unknown) => {
      const [index, start, name] = Array.isArray(row) ? row : []
      if (!Number.isSafeInteger(index) || !Number.isSafeInteger(start) || typeof name !== "string")
        return bad(`${NAMES} has a function without index, start and name`)
      return [index as number, { start: start as number, name }]
    }),
  )
}

/** Code of libraries, by the names that AssemblyScript, rustc and Debian's rustc give their files. */
const LIBRARY = /^(~lib|\/rustc|\/usr\/src\/rustc-[^/]*)\//

/** A source map that was read: lines by offset in the code and, where `separateDebug` wrote it, functions. */
export class SourceMap {
  readonly #segments: readonly Segment[]
  /** Name of the module; "" when the map does not tell it. */
  readonly module: string
  /** By index, imports counted first. */
  readonly functions: ReadonlyMap<number, MappedFunction>

  /** @throws RUNTIME_BAD_SOURCE_MAP */
  constructor(text: string) {
    const { sources, mappings, [NAMES]: names } = parse(text)
    this.#segments = segmentsOf(sources, mappings)
    const { module = "", functions = [] } = (names ?? {}) as Record<string, unknown>
    this.module = String(module)
    this.functions = functionsOf(functions)
  }

  /** The source of the instruction at an offset: that of the last mapping at or before it. */
  lineAt(offset: number): SourceLine | undefined {
    return this.#segments.findLast((segment) => segment.offset <= offset)?.place
  }

  /**
   * The author's own line at an offset. Library code is mostly inlined: then it is the last own line before it in the same
   * function, or the one before that when a line has no code of its own.
   */
  ownLineAt(offset: number, functionStart: number): SourceLine | undefined {
    const line = this.lineAt(offset)
    if (line === undefined || !LIBRARY.test(line.file)) return line
    return this.#segments.findLast(
      (segment) =>
        segment.offset <= offset &&
        segment.offset >= functionStart &&
        segment.place !== undefined &&
        !LIBRARY.test(segment.place.file),
    )?.place
  }
}

function parse(text: string): { sources: readonly string[]; mappings: string; [NAMES]?: unknown } {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return bad("no JSON")
  }
  const { version, sources, mappings, [NAMES]: names } = (json ?? {}) as Record<string, unknown>
  if (version !== 3) bad("its version is not 3")
  if (!Array.isArray(sources) || typeof mappings !== "string") return bad("sources and mappings are missing")
  return { sources: sources.map((source) => String(source ?? "")), mappings, [NAMES]: names }
}

/** Adds functions to a map. */
export function withFunctions(
  text: string,
  module: string,
  functions: readonly (readonly [index: number, start: number, name: string])[],
): string {
  parse(text)
  return JSON.stringify({ ...JSON.parse(text), [NAMES]: { module, functions } })
}

function digitsOf(value: number): string {
  let rest = value < 0 ? -value * 2 + 1 : value * 2
  let out = ""
  do {
    const digit = rest % 32
    rest = Math.floor(rest / 32)
    out += BASE64[digit + (rest > 0 ? 32 : 0)]
  } while (rest > 0)
  return out
}

/** The map of lines in the order of their offsets. */
export function writeSourceMap(lines: readonly DebugLine[], firstOffset: number): string {
  const sources: string[] = []
  const numbers = new Map<string, number>()
  const last = { offset: 0, source: 0, line: 0, column: 0 }
  const segments: string[] = []
  for (const { offset, file, line, column } of lines) {
    const at = firstOffset + offset
    let segment = digitsOf(at - last.offset)
    last.offset = at
    if (file !== undefined && line > 0) {
      if (!numbers.has(file)) numbers.set(file, sources.push(file) - 1)
      const next = { source: numbers.get(file)!, line: line - 1, column: Math.max(0, column - 1) }
      for (const field of ["source", "line", "column"] as const) {
        segment += digitsOf(next[field] - last[field])
        last[field] = next[field]
      }
    }
    segments.push(segment)
  }
  return JSON.stringify({ version: 3, sources, names: [], mappings: segments.join(",") })
}
