import { runtimeErrors } from "../errors.ts"

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

type SourceMap = { readonly sources: readonly string[]; readonly mappings: string }

function parse(text: string): SourceMap {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return bad("no JSON")
  }
  const { version, sources, mappings } = (json ?? {}) as Record<string, unknown>
  if (version !== 3) bad("its version is not 3")
  if (!Array.isArray(sources) || typeof mappings !== "string") return bad("sources and mappings are missing")
  return { sources: sources.map((source) => String(source ?? "")), mappings }
}

/**
 * The source of the instruction at an offset: that of the last mapping at or before it. Maps of WebAssembly have one
 * generated line, whose columns are offsets in the file (source map revision 3, ECMA-426). Files are named as `sources`
 * names them: AssemblyScript's `sourceRoot` is no folder.
 * @throws RUNTIME_BAD_SOURCE_MAP
 */
export function sourceLineAt(map: string, offsetBytes: number): SourceLine | undefined {
  const { sources, mappings } = parse(map)
  const at = { column: 0, source: 0, line: 0, sourceColumn: 0 }
  let found: SourceLine | undefined
  for (const segment of mappings.split(";")[0]!.split(",")) {
    if (segment === "") continue
    const [column = 0, source, line = 0, sourceColumn = 0] = numbersOf(segment)
    at.column += column
    if (at.column > offsetBytes) break
    if (source === undefined) {
      found = undefined
      continue
    }
    at.source += source
    at.line += line
    at.sourceColumn += sourceColumn
    found = { file: sources[at.source] ?? "", line: at.line + 1, column: at.sourceColumn + 1 }
  }
  return found
}
