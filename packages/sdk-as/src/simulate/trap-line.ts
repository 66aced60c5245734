import { readTrapText, trapDetail } from "@enigma-discovery/protocol"
import { explainTrap, type SourceLine, type TrapExplanation } from "@enigma-discovery/runtime-wasm"
import type { CompiledContract } from "../compile.ts"
import { bodyStart } from "../wasm-sections.ts"

const LIBRARY = "~lib/"

/** Where a call trapped; in a library, also the contract's own line near it, as far as the code tells. */
export function trapLine(compiled: CompiledContract, message: string): TrapExplanation & { readonly own?: SourceLine } {
  const explained = explainTrap(message, { code: compiled.namedWasm, sourceMap: compiled.sourceMap })
  if (explained.source === undefined) return explained
  const own = explained.source.file.startsWith(LIBRARY) ? ownLineBefore(compiled, message) : explained.source
  return own === undefined ? explained : { ...explained, own }
}

/**
 * Library code is mostly inlined: the contract's line is the last one before it in the same function, or the one before
 * that when a line has no code of its own.
 */
function ownLineBefore({ wasm, sourceMap }: CompiledContract, message: string): SourceLine | undefined {
  const told = readTrapText(message)
  if (told?.place === undefined) return undefined
  const { place, trap } = told
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(wasm as BufferSource))
  const functions = imports.filter(({ kind }) => kind === "function").length
  const start = bodyStart(wasm, place.functionIndex - functions) ?? place.offsetBytes
  for (let offsetBytes = place.offsetBytes; offsetBytes >= start; offsetBytes--) {
    const { source } = explainTrap(`${trap}: ${trapDetail({ ...place, offsetBytes }, "")}`, { sourceMap })
    if (source !== undefined && !source.file.startsWith(LIBRARY)) return source
  }
  return undefined
}
