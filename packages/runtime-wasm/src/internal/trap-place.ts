import type { TrapPlace } from "@enigma-discovery/protocol"
import type { Instrumented } from "./instrument.ts"
import { knownName } from "./module-info.ts"

/** How V8 writes a frame of WebAssembly code; the offset is that of the instruction in the module. */
const FRAME = /wasm-function\[(\d+)\]:0x([0-9a-f]+)/g

/**
 * The innermost of the contract's own instructions that a stack tells of. It is the same on every tier and version of V8
 * (`npm run test:sameness` compares it); undefined when the stack has no such frame.
 */
export function trapPlace({ module, codeMap }: Instrumented, stack: unknown): TrapPlace | undefined {
  for (const [, index, offset] of String(stack).matchAll(FRAME)) {
    const functionIndex = Number(index)
    const offsetBytes = codeMap.original(functionIndex, Number.parseInt(offset!, 16))
    if (offsetBytes === undefined) continue
    return { functionIndex, offsetBytes, functionName: knownName(module, functionIndex) ?? "" }
  }
  return undefined
}
