import { readTrapText, type TrapText } from "@enigma-discovery/protocol"
import { knownName } from "./internal/module-info.ts"
import { readModule } from "./internal/read-module.ts"
import { type SourceLine, sourceLineAt } from "./internal/source-map.ts"
import type { CallOutcome } from "./types.ts"

export type { SourceLine }

export type Trap = Extract<CallOutcome, { readonly kind: "trap" }>

/** What a developer kept beside the deployed code. All of it is optional and none of it changes a result or its gas. */
export type DebugFiles = {
  /** Name of the contract; without it the module name of `code` is used. */
  readonly contract?: string | undefined
  /** The same code with its name section, as it was before names were stripped. */
  readonly code?: Uint8Array | undefined
  /** Source map of the code, as JSON. */
  readonly sourceMap?: string | undefined
}

export type TrapExplanation = {
  /** Kind of the trap. */
  readonly trap: string
  readonly contract: string | undefined
  readonly functionName: string | undefined
  readonly source: SourceLine | undefined
  /** All of it in one line: `division-by-zero in Shop.pay (shop.ts:12:9): no stock`. */
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
  const module = files.code === undefined ? undefined : readModule(files.code)
  const contract = files.contract || module?.names.module || undefined
  const named =
    module !== undefined && told.place !== undefined ? knownName(module, told.place.functionIndex) : undefined
  const functionName = named || told.place?.functionName || undefined
  const source =
    files.sourceMap !== undefined && told.place !== undefined
      ? sourceLineAt(files.sourceMap, told.place.offsetBytes)
      : undefined
  return { trap: told.trap, contract, functionName, source, text: lineOf(told, contract, functionName, source) }
}

function lineOf(
  { trap, place, more }: TrapText,
  contract: string | undefined,
  functionName: string | undefined,
  source: SourceLine | undefined,
): string {
  const name = functionName ?? (place === undefined ? undefined : `function ${place.functionIndex}`)
  const where = [contract, name].filter((part) => part !== undefined).join(".")
  const line =
    source !== undefined
      ? ` (${source.file}:${source.line}:${source.column})`
      : place !== undefined
        ? ` (byte ${place.offsetBytes})`
        : ""
  return `${trap}${where === "" ? "" : ` in ${where}`}${line}${more === "" ? "" : `: ${more}`}`
}
