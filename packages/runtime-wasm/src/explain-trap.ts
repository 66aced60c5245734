import { readTrapText, type TrapPlace, type TrapText } from "@enigma-discovery/protocol"
import { knownName, type ModuleInfo } from "./internal/module-info.ts"
import { readModule } from "./internal/read-module.ts"
import { type SourceLine, SourceMap } from "./internal/source-map.ts"
import type { CallOutcome } from "./types.ts"

export type { SourceLine }

export type Trap = Extract<CallOutcome, { readonly kind: "trap" }>

/** What a developer kept beside the deployed code. All of it is optional and none of it changes a result or its gas. */
export type DebugFiles = {
  /** Name of the contract; without it the module name of `code` is used. */
  readonly contract?: string | undefined
  /** The same code with its name section, as it was before names were stripped. A map of `separateDebug` has them, too. */
  readonly code?: Uint8Array | undefined
  /** Source map of the code, as JSON: from AssemblyScript's compiler or from `separateDebug`. */
  readonly sourceMap?: string | undefined
}

export type TrapExplanation = {
  /** Kind of the trap. */
  readonly trap: string
  readonly contract: string | undefined
  readonly functionName: string | undefined
  readonly source: SourceLine | undefined
  /**
   * The author's own line: `source`, or where that is in a library the last one before it in the same function, or else the
   * innermost call out of the author's own code.
   */
  readonly own: SourceLine | undefined
  /**
   * All of it in one line: `division-by-zero in Shop.pay (shop.ts:12:9): no stock`; in a library
   * `unreachable in ~lib/array/Array<u64>#__get (~lib/array.ts:114:42, near shop.ts:20)`.
   */
  readonly text: string
}

/**
 * Tells where a call trapped, in the author's terms.
 *
 *   const outcome = call(module, context, state, crypto, gasLimit)
 *   if (outcome.kind === "trap") console.error(explainTrap(outcome, { contract: "Shop", sourceMap }).text)
 *
 * @param trap the outcome; or the message of a trapped task's opened output, which says the same
 * @throws RUNTIME_BAD_SOURCE_MAP, and what `prepare` throws about the form of `code`
 */
export function explainTrap(trap: Pick<Trap, "trap" | "detail"> | string, files: DebugFiles = {}): TrapExplanation {
  const message = typeof trap === "string" ? trap : `${trap.trap}: ${trap.detail}`
  const told = readTrapText(message) ?? { trap: message, place: undefined, more: "" }
  const { place } = told
  const module = files.code === undefined ? undefined : readModule(files.code)
  const map = files.sourceMap === undefined ? undefined : new SourceMap(files.sourceMap)
  const contract = files.contract || module?.names.module || map?.module || undefined
  const mapped = place === undefined ? undefined : map?.functions.get(place.functionIndex)
  const named = module !== undefined && place !== undefined ? knownName(module, place.functionIndex) : undefined
  const functionName = named || mapped?.name || place?.functionName || undefined
  const source = place === undefined ? undefined : map?.lineAt(place.offsetBytes)
  const own = place === undefined ? undefined : ownLine(place, map, module)
  const text = lineOf(told, contract, functionName, source, own)
  return { trap: told.trap, contract, functionName, source, own, text }
}

/** How names of AssemblyScript's libraries begin. */
const LIBRARY_NAME = "~lib/"

/** The first of the author's own lines from where it trapped outwards. */
function ownLine(
  { callers, ...innermost }: TrapPlace,
  map: SourceMap | undefined,
  module: ModuleInfo | undefined,
): SourceLine | undefined {
  for (const { functionIndex, offsetBytes } of [innermost, ...callers]) {
    const start =
      map?.functions.get(functionIndex)?.start ?? module?.bodies[functionIndex - module.imports.length]?.start
    const line = map?.ownLineAt(offsetBytes, start ?? offsetBytes)
    if (line !== undefined) return line
  }
  return undefined
}

/** AssemblyScript's `shop/Shop#pay` is `pay` of contract Shop; names of a library keep their path. */
function shortName(name: string | undefined, contract: string | undefined): string | undefined {
  if (name === undefined || name.startsWith(LIBRARY_NAME)) return name
  const local = name.replace(/^[^<]*\//, "")
  const method = contract === undefined || !local.startsWith(contract) ? local : local.slice(contract.length)
  return method === local ? local : method.replace(/^[#.]/, "") || local
}

const isSame = (a: SourceLine, b: SourceLine | undefined): boolean =>
  a.file === b?.file && a.line === b.line && a.column === b.column

function lineOf(
  { trap, place, more }: TrapText,
  contract: string | undefined,
  functionName: string | undefined,
  source: SourceLine | undefined,
  own: SourceLine | undefined,
): string {
  const name =
    shortName(functionName, contract) ?? (place === undefined ? undefined : `function ${place.functionIndex}`)
  const isLibrary = name?.startsWith(LIBRARY_NAME) ?? false
  const where = [isLibrary ? undefined : contract, name].filter((part) => part !== undefined).join(".")
  const near = own === undefined || isSame(own, source) ? "" : `, near ${own.file}:${own.line}`
  const line =
    source !== undefined
      ? ` (${source.file}:${source.line}:${source.column}${near})`
      : place !== undefined
        ? ` (byte ${place.offsetBytes}${near})`
        : ""
  return `${trap}${where === "" ? "" : ` in ${where}`}${line}${more === "" ? "" : `: ${more}`}`
}
