import { HOST_MODULE, hostFunction, hostSignature, MAX_MEMORY_PAGES } from "@enigma-discovery/protocol"
import { MAX_TABLE_ELEMENTS, RESERVED_PREFIX } from "../constants.ts"
import { runtimeErrors } from "../errors.ts"
import type { Profile } from "../types.ts"
import { type FunctionType, functionType, I64, type ModuleInfo } from "./module-info.ts"
import { WASI_MODULE, wasiSignature } from "./wasi-abi.ts"

const typeText = (type: { readonly params: readonly unknown[]; readonly results: readonly unknown[] }): string =>
  `(${type.params.join(", ")}) -> (${type.results.join(", ")})`
const named = (type: FunctionType) => {
  const name = (valueType: number) => (valueType === I64 ? "i64" : "i32")
  return { params: type.params.map(name), results: type.results.map(name) }
}

/** "wasi" when the module imports any function of WASI, else "bare". */
export function profileOf(module: ModuleInfo): Profile {
  return module.imports.some((entry) => entry.module === WASI_MODULE) ? "wasi" : "bare"
}

/**
 * Checks what the sections say about one another: indices, imports against the host ABI, exports, and that everything
 * placed at start fits, so that making an instance can't fail.
 */
export function checkModule(module: ModuleInfo, allowDebug: boolean): void {
  checkIndices(module)
  checkImports(module, allowDebug)
  checkExports(module)
  checkSegments(module)
}

function checkIndices(module: ModuleInfo): void {
  const bad = (what: string): never => {
    throw runtimeErrors.make("MALFORMED", { what, at: 0 })
  }
  const functions = module.imports.length + module.functions.length
  for (const entry of module.imports) if (entry.type >= module.types.length) bad("an import has an unknown type")
  for (const type of module.functions) if (type >= module.types.length) bad("a function has an unknown type")
  for (const element of module.elements)
    for (const f of element.functions) if (f >= functions) bad("a table element is an unknown function")
  const sizes = {
    function: functions,
    table: module.table ? 1 : 0,
    memory: module.memory ? 1 : 0,
    global: module.globals.length,
  }
  for (const entry of module.exports)
    if (entry.index >= sizes[entry.kind]) bad(`export ${entry.name} is an unknown ${entry.kind}`)
  if (module.start !== undefined) {
    if (module.start >= functions) bad("the start function is unknown")
    const type = functionType(module, module.start)
    if (type.params.length + type.results.length > 0) bad("the start function takes or returns values")
  }
}

function checkImports(module: ModuleInfo, allowDebug: boolean): void {
  for (const entry of module.imports) {
    const name = `${entry.module}.${entry.name}`
    const row = entry.module === HOST_MODULE ? hostFunction(entry.name) : undefined
    const want =
      row !== undefined ? hostSignature(row) : entry.module === WASI_MODULE ? wasiSignature(entry.name) : undefined
    if (want === undefined) throw runtimeErrors.make("UNKNOWN_IMPORT", { name })
    const got = named(module.types[entry.type]!)
    if (typeText(got) !== typeText(want))
      throw runtimeErrors.make("WRONG_IMPORT_TYPE", { name, got: typeText(got), want: typeText(want) })
    if (row?.name === "debug_print" && !allowDebug) throw runtimeErrors.make("DEBUG_IMPORT", { name })
  }
}

function checkExports(module: ModuleInfo): void {
  const seen = new Set<string>()
  for (const { name } of module.exports) {
    if (name.startsWith(RESERVED_PREFIX)) throw runtimeErrors.make("RESERVED_NAME", { name, prefix: RESERVED_PREFIX })
    if (seen.has(name)) throw runtimeErrors.make("DUPLICATE_EXPORT", { name })
    seen.add(name)
  }
  for (const name of profileOf(module) === "wasi" ? ["_start"] : ["construct", "call"]) {
    const entry = module.exports.find((e) => e.name === name)
    if (entry === undefined) throw runtimeErrors.make("MISSING_EXPORT", { name })
    const type = entry.kind === "function" ? functionType(module, entry.index) : undefined
    if (type === undefined || type.params.length + type.results.length > 0)
      throw runtimeErrors.make("WRONG_EXPORT_TYPE", { name, want: "function () -> ()" })
  }
  if (profileOf(module) === "wasi" && module.exports.find((e) => e.name === "memory")?.kind !== "memory")
    throw runtimeErrors.make("MISSING_EXPORT", { name: "memory" })
}

function checkSegments(module: ModuleInfo): void {
  const pages = module.memory?.min ?? 0
  if (pages > MAX_MEMORY_PAGES)
    throw runtimeErrors.make("TOO_MANY", { what: "memory pages", got: pages, max: MAX_MEMORY_PAGES })
  module.data.forEach((segment, index) => {
    if (segment.active !== undefined && segment.active + segment.bytes > pages * 65_536)
      throw runtimeErrors.make("SEGMENT_OUT_OF_RANGE", { what: "Data segment", index })
  })
  const elements = module.elements.reduce((sum, segment) => sum + segment.functions.length, 0)
  if (elements > MAX_TABLE_ELEMENTS)
    throw runtimeErrors.make("TOO_MANY", { what: "table elements", got: elements, max: MAX_TABLE_ELEMENTS })
  module.elements.forEach((segment, index) => {
    if (segment.active !== undefined && segment.active + segment.functions.length > (module.table?.min ?? 0))
      throw runtimeErrors.make("SEGMENT_OUT_OF_RANGE", { what: "Element segment", index })
  })
}
