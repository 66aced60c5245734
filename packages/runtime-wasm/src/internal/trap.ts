import type { TrapKind } from "../types.ts"

/**
 * V8's words for each trap, as in src/common/message-template.h (kTrap…), unchanged since V8 9. A text that is not here
 * makes `trapKindOf` answer undefined, which the caller treats as a fault of the engine and not of the contract.
 */
const MESSAGES: readonly (readonly [RegExp, TrapKind])[] = [
  [/^unreachable$/, "unreachable"],
  [/^memory access out of bounds$/, "memory-out-of-bounds"],
  [/^data segment out of bounds/, "memory-out-of-bounds"],
  [/^divide by zero$|^remainder by zero$/, "division-by-zero"],
  [/^divide result unrepresentable$/, "integer-overflow"],
  [
    /^table index is out of bounds$|^table access out of bounds$|^table or element segment index out of bounds|^element segment (out of bounds|has been dropped)/,
    "table-out-of-bounds",
  ],
  [
    /^null function or function signature mismatch$|^function signature mismatch$|^dereferencing a null pointer$/,
    "bad-indirect-call",
  ],
]

export function trapKindOf(message: string): TrapKind | undefined {
  return MESSAGES.find(([pattern]) => pattern.test(message))?.[1]
}
