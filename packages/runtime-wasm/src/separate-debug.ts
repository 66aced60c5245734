import { concatBytes } from "@enigma-discovery/protocol"
import { runtimeErrors } from "./errors.ts"
import { ByteReader } from "./internal/byte-reader.ts"
import { readDebugLines } from "./internal/debug-lines.ts"
import { knownName, type ModuleInfo } from "./internal/module-info.ts"
import { readModule } from "./internal/read-module.ts"
import { withFunctions, writeSourceMap } from "./internal/source-map.ts"

export type SeparatedCode = {
  /** What is deployed: code only. */
  readonly code: Uint8Array
  /** What is kept beside it for `explainTrap`: lines of the source and names of functions, as a source map in JSON. */
  readonly sourceMap: string
}

/** Debug information of C and Rust is many times the code. */
const MAX_INPUT_BYTES = 67_108_864
const HEADER_BYTES = 8
const CUSTOM = 0
const CODE = 10

/**
 * Separates what explains a program from what it is: takes off every custom section (names, DWARF, producers), and makes
 * a source map of them. What is deployed is the code that is left: compilers may write other code, by a few bytes, when they
 * are not asked for debug information.
 *
 *   const { code, sourceMap } = separateDebug(await readFile("shop.wasm"))   // clang -g, rustc -g
 *
 * @param module a module as its compiler wrote it
 * @param sourceMap the compiler's own map, where it wrote one (AssemblyScript); else lines come from DWARF 2 to 5, if any
 * @throws RUNTIME_CODE_TOO_LARGE, NOT_WASM, MALFORMED, TOO_MANY, FORBIDDEN_TYPE, FORBIDDEN_SECTION, BAD_SOURCE_MAP, STALE_DEBUG_INFO
 */
export function separateDebug(module: Uint8Array, sourceMap?: string): SeparatedCode {
  const before = readModule(module, MAX_INPUT_BYTES)
  const { kept, custom } = sectionsOf(module)
  const code = concatBytes(module.subarray(0, HEADER_BYTES), ...kept)
  const after = readModule(code)
  const functions = after.bodies.map(({ start }, i) => {
    const index = after.imports.length + i
    return [index, start, knownName(before, index) ?? ""] as const
  })
  const lines = sourceMap === undefined ? mapOf(after, custom) : moved(sourceMap, before, after)
  return { code, sourceMap: withFunctions(lines, before.names.module, functions) }
}

/** Sections with their headers, and contents of custom sections by name. */
function sectionsOf(module: Uint8Array) {
  const kept: Uint8Array[] = []
  const custom = new Map<string, Uint8Array>()
  const reader = new ByteReader(module, HEADER_BYTES)
  while (reader.at < reader.end) {
    const start = reader.at
    const id = reader.u8()
    const content = new ByteReader(reader.take(reader.u32()))
    if (id !== CUSTOM) kept.push(module.subarray(start, reader.at))
    else custom.set(new TextDecoder().decode(content.take(content.u32())), content.take(content.end - content.at))
  }
  return { kept, custom }
}

const codeStart = ({ sections }: ModuleInfo): number => sections.find(({ id }) => id === CODE)?.start ?? 0

function mapOf(after: ModuleInfo, custom: ReadonlyMap<string, Uint8Array>): string {
  const section = (name: string) => custom.get(name) ?? new Uint8Array(0)
  const sections = {
    lines: section(".debug_line"),
    lineStrings: section(".debug_line_str"),
    strings: section(".debug_str"),
  }
  const start = codeStart(after)
  const functions = new Set(after.bodies.map((body) => body.start - start))
  return writeSourceMap(
    readDebugLines(sections, (offset) => functions.has(offset)),
    start,
  )
}

/** A compiler's map holds for the code that is left when nothing was taken off before it. */
function moved(sourceMap: string, before: ModuleInfo, after: ModuleInfo): string {
  if (codeStart(before) === codeStart(after)) return sourceMap
  throw runtimeErrors.make("BAD_SOURCE_MAP", { what: "custom sections stand before the code it maps" })
}
