import type { ModuleNames } from "./read-names.ts"

/** What the pass knows of a module after reading its sections. Offsets are into the original bytes. */
export const I32 = 0x7f
export const I64 = 0x7e
export const FUNCREF = 0x70
export const EMPTY_BLOCK = 0x40

export type FunctionType = { readonly params: readonly number[]; readonly results: readonly number[] }
export type FunctionImport = { readonly module: string; readonly name: string; readonly type: number }
export type Limits = { readonly min: number; readonly max: number | undefined }
export type Global = { readonly type: number; readonly mutable: boolean }
export const EXPORT_KINDS = ["function", "table", "memory", "global"] as const
export type Export = { readonly name: string; readonly kind: (typeof EXPORT_KINDS)[number]; readonly index: number }
export type ElementSegment = { readonly active: number | undefined; readonly functions: readonly number[] }
export type DataSegment = { readonly active: number | undefined; readonly bytes: number }
export type Body = { readonly start: number; readonly end: number }
export type Section = { readonly id: number; readonly start: number; readonly end: number }

export type ModuleInfo = {
  readonly code: Uint8Array
  readonly sections: readonly Section[]
  readonly types: readonly FunctionType[]
  readonly imports: readonly FunctionImport[]
  /** Type index of every defined function; its function index is imports.length + position. */
  readonly functions: readonly number[]
  readonly table: Limits | undefined
  readonly memory: Limits | undefined
  readonly globals: readonly Global[]
  readonly exports: readonly Export[]
  readonly start: number | undefined
  readonly elements: readonly ElementSegment[]
  readonly data: readonly DataSegment[]
  readonly hasDataCount: boolean
  readonly bodies: readonly Body[]
  /** From the name section, when there is a readable one. */
  readonly names: ModuleNames
}

/** Type of any function, imported or defined. */
export function functionType(module: ModuleInfo, index: number): FunctionType {
  const imported = module.imports[index]
  return module.types[imported !== undefined ? imported.type : module.functions[index - module.imports.length]!]!
}

/** Name of a function in the name section or, without one, among the exports. */
export function knownName(module: ModuleInfo, index: number): string | undefined {
  return (
    module.names.functions.get(index) ?? module.exports.find((e) => e.kind === "function" && e.index === index)?.name
  )
}

export const functionName = (module: ModuleInfo, index: number): string =>
  knownName(module, index) ?? `function ${index}`

/** Exports by which the runtime enters a module; all others are left out of what runs. */
const KEPT_EXPORTS: ReadonlySet<string> = new Set(["construct", "call", "_start", "memory"])

export function keptExports(module: ModuleInfo): readonly Export[] {
  return module.exports.filter((entry) => KEPT_EXPORTS.has(entry.name))
}
