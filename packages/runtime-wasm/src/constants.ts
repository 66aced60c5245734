/**
 * Limits of a module's shape. They bound what the linear pass and V8 may spend on a module before a single unit of gas
 * is charged, and keep every number the pass computes far from overflow. Compilers stay far below them.
 */
export const MAX_TYPES = 1_000
export const MAX_PARAMS = 64
export const MAX_IMPORTS = 128
export const MAX_FUNCTIONS = 10_000
export const MAX_GLOBALS = 1_000
export const MAX_EXPORTS = 1_000
export const MAX_NAME_BYTES = 256
export const MAX_TABLE_ELEMENTS = 16_384
export const MAX_SEGMENTS = 4_096
export const MAX_LOCALS = 2_000
/** One function's code: bounds how far a straight line can run past the limit before the next check. */
export const MAX_BODY_BYTES = 131_072
export const MAX_NESTING = 512
/**
 * Locals of a function times its jumps, blocks and calls, and the sum over a module. 2,000 locals in 8,000 arms took V8 6 s
 * and 400 MB; a Rust program of 95 KB has 25,000 in one function and 76,000 in all.
 */
export const MAX_LOCALS_TIMES_JUMPS = 1_000_000
export const MAX_ALL_LOCALS_TIMES_JUMPS = 4_000_000
export const MAX_BR_TABLE_TARGETS = 4_096

/**
 * Stack of one call, in slots of 8 bytes as V8 spends them: about 340 KB of the 984 KB V8 gives a thread by default.
 * Native frames measure 56 to 64 bytes plus 8.0 to 8.4 bytes a local in every tier, hence FRAME_SLOTS.
 */
export const MAX_STACK_SLOTS = 40_000
export const FRAME_SLOTS = 8

/** Names the instrumented module exports for the runtime; a contract may not use the prefix. */
export const RESERVED_PREFIX = "__enigma_"
export const GAS_EXPORT = "__enigma_gas"
export const STACK_EXPORT = "__enigma_stack"
export const START_EXPORT = "__enigma_start"
export const MEMORY_EXPORT = "__enigma_memory"

/** Most gas that a region may cost its caller for calls without a test, so that calls in a row cannot run far. */
export const MAX_UNTESTED_COST = 1_000
