import { MAX_TRAP_CALLERS, type TrapCaller, type TrapPlace } from "@enigma-discovery/protocol"
import type { Instrumented } from "./instrument.ts"
import { knownName } from "./module-info.ts"

/** How V8 writes a frame of WebAssembly code: a URL for the module, and the offset of the instruction in it. */
const FRAME = /(wasm:\/\/wasm\/[^\s:]*):wasm-function\[(\d+)\]:0x([0-9a-f]+)/g

/**
 * The innermost of the contract's own instructions that a stack tells of, and the calls that led to it. They are the same on
 * every tier and version of V8 (`npm run test:sameness` compares them); undefined when the stack has no such frame.
 */
export function trapPlace({ module, codeMap }: Instrumented, stack: unknown): TrapPlace | undefined {
  const frames: TrapCaller[] = []
  let own: string | undefined
  for (const [, url, index, offset] of String(stack).matchAll(FRAME)) {
    const functionIndex = Number(index)
    const offsetBytes = codeMap.original(functionIndex, Number.parseInt(offset!, 16))
    if (offsetBytes === undefined) continue
    own ??= url
    // A program for WASI is called by other WebAssembly, wasmer's, whose frames are none of its own.
    if (own === url) frames.push({ functionIndex, offsetBytes })
    if (frames.length > MAX_TRAP_CALLERS) break
  }
  const [innermost, ...callers] = frames
  if (innermost === undefined) return undefined
  return { ...innermost, functionName: knownName(module, innermost.functionIndex) ?? "", callers }
}
